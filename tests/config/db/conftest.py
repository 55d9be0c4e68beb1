import pytest
from django.core.management import call_command
from django.db import connections, transaction
from django.test import override_settings

from tests.config.db.catalogue import Catalogue


@pytest.fixture(scope="session")
def migrated(django_db_setup, django_db_blocker, tmp_path_factory):
    """A database that was migrated from empty. On PostgreSQL that is the test database; on SQLite the tests make theirs
    from the models, which is faster."""
    with django_db_blocker.unblock():
        if connections["default"].vendor == "postgresql":
            yield connections["default"]
            return
        path = tmp_path_factory.mktemp("migrated") / "db.sqlite3"
        connections.settings["migrated"] = {**connections.settings["default"], "NAME": str(path)}
        with override_settings(MIGRATION_MODULES={}):
            call_command("migrate", database="migrated", verbosity=0)
        yield connections["migrated"]
        connections["migrated"].close()
        del connections["migrated"], connections.settings["migrated"]


@pytest.fixture
def catalogue(migrated):
    """The catalogue of the migrated database. What a test changes in it is rolled back."""
    with transaction.atomic(using=migrated.alias):
        yield Catalogue(migrated)
        transaction.set_rollback(True, using=migrated.alias)
