"""Reads of a page go to the standby, and what must not be out of date, what is written and transactions do not."""

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from config.db.replicas import STANDBY
from config.db.replicas.routing import Reads, StandbyRouter, alias_for_reading, current
from markets.models import ApiToken, Contact, Membership, User

router = StandbyRouter()
POSTGRESQL = "postgres://portal:secret@one/portal"


@pytest.fixture
def reads():
    current.set(Reads(STANDBY))
    yield current.get()
    current.set(None)


def test_outside_of_requests_everything_goes_to_the_primary():
    assert router.db_for_read(Contact) == router.db_for_write(Contact) == alias_for_reading() == "default"


def test_a_page_is_read_from_the_standby_and_writes_to_the_primary(reads):
    assert router.db_for_read(Contact) == alias_for_reading() == STANDBY
    assert router.db_for_write(Contact) == "default"


def test_what_has_written_reads_that_from_the_primary(reads):
    router.db_for_write(Contact)

    assert router.db_for_read(Contact) == alias_for_reading() == "default"
    assert reads.has_written


@pytest.mark.parametrize("model", [Session, User, Membership, ApiToken])
def test_who_somebody_is_and_may_see_is_never_out_of_date(reads, model):
    assert router.db_for_read(model) == router.db_for_write(model) == "default"
    assert router.db_for_read(Contact) == STANDBY
    assert not reads.has_written


@pytest.mark.django_db
def test_a_transaction_reads_what_it_has_written_itself(reads):
    with transaction.atomic():
        assert router.db_for_read(Contact) == alias_for_reading() == "default"


def test_what_is_read_from_the_primary_exists():
    labels = {model._meta.label_lower for model in apps.get_models()} | set(apps.app_configs)

    assert settings.READ_FROM_PRIMARY - labels == {"django_cache"}


class TestSettings:
    def test_without_an_address_there_is_no_second_database(self, settings_with):
        found = settings_with(DATABASE_URL=POSTGRESQL, LOCAL="1")

        assert STANDBY not in found["DATABASES"]
        assert "DATABASE_ROUTERS" not in found

    def test_the_standby_has_the_limits_of_the_primary_and_nobody_waits_long_for_it(self, settings_with):
        url = "postgres://reader:other@two:5433/portal?sslmode=require"
        found = settings_with(DATABASE_URL=POSTGRESQL, DATABASE_REPLICA_URL=url, SERVES_PAGES="1", LOCAL="1")

        primary, standby = found["DATABASES"]["default"], found["DATABASES"][STANDBY]
        assert (standby["HOST"], standby["PORT"], standby["USER"]) == ("two", 5433, "reader")
        assert standby["OPTIONS"]["options"] == primary["OPTIONS"]["options"]
        assert "statement_timeout" in standby["OPTIONS"]["options"]
        assert standby["OPTIONS"]["sslmode"] == "require"
        assert standby["OPTIONS"]["pool"]["timeout"] < primary["OPTIONS"]["pool"]["timeout"]

    def test_sqlite_has_no_standby(self, settings_with):
        with pytest.raises(ImproperlyConfigured, match="needs PostgreSQL"):
            settings_with(DATABASE_REPLICA_URL=POSTGRESQL, LOCAL="1")
