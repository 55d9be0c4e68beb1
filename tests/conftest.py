import importlib
import sys

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import connection
from django.test import Client
from django.utils import translation

from config.environment import environment as declared
from markets.accounts.sessions import ACTIVE_AT, SIGNED_IN_AT
from tests import factories, promises, thorough
from tests.promises import figure as figure


def pytest_addoption(parser):
    promises.add_options(parser)
    thorough.add_options(parser)


def pytest_configure(config):
    """Creates the tables on SQLite without migrations, which are slow there. PostgreSQL, and a step of CI, migrate."""
    if connection.vendor == "sqlite":
        config.option.nomigrations = True
    promises.configure(config)


def pytest_ignore_collect(collection_path, config):
    return promises.ignore(collection_path, config)


def pytest_collection_modifyitems(config, items):
    promises.select(config, items)
    thorough.select(config, items)


def pytest_terminal_summary(terminalreporter):
    """Prints the totals of the hostile files and the table of the promises at the end."""
    promises.print_table(terminalreporter)
    reports = [each for kind in ("passed", "failed") for each in terminalreporter.stats.get(kind, [])]
    figures = [value for each in reports for name, value in each.user_properties if name == "hostile file"]
    if figures:
        failures, lost, seconds, megabytes = zip(*figures, strict=True)
        terminalreporter.write_line(
            f"{sum(failures)} x 5xx, {sum(lost)} silent losses in {len(figures)} files; "
            f"slowest {max(seconds):.1f} s, most {max(megabytes):.0f} MB"
        )


@pytest.fixture
def settings_with(monkeypatch):
    """Reads the settings anew, with these variables in the environment and none besides."""

    def read(**environment):
        for name in ("SERVES_PAGES", *declared.settings):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        for name in [each for each in sys.modules if each.startswith("config.settings")]:
            monkeypatch.delitem(sys.modules, name)
        return vars(importlib.import_module("config.settings"))

    return read


FAR_FUTURE = 10_000_000_000


class PortalClient(Client):
    """A browser whose session is neither due to be recorded nor to end, also for tests that travel in time."""

    def force_login(self, *args, **kwargs):
        super().force_login(*args, **kwargs)
        session = self.session
        session[SIGNED_IN_AT] = session[ACTIVE_AT] = FAR_FUTURE
        session.save()


@pytest.fixture(autouse=True, scope="module")
def true_row_counts(django_db_blocker):
    """PostgreSQL keeps the row counts of an ANALYZE even if the transaction is rolled back, and would then plan for the
    few rows of one test in the next."""
    yield
    if connection.vendor != "postgresql" or connection.connection is None:
        return
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' "
            "AND reltuples >= 0 AND relpages > 0"
        )
        if analyzed := [table for (table,) in cursor.fetchall()]:
            cursor.execute(f"VACUUM {', '.join(analyzed)}")


@pytest.fixture(autouse=True)
def english():
    """A request in another language leaves it active."""
    yield
    translation.activate("en")


@pytest.fixture(scope="session")
def live_server(django_db_setup, live_server):
    """Starts after the test database exists. Otherwise its threads would open connections of their own to a database in
    memory, and never close them."""
    return live_server


@pytest.fixture
def client():
    return PortalClient()


@pytest.fixture
def workspace(db):
    return factories.WorkspaceFactory(name="Acme", slug="acme")


@pytest.fixture
def market(workspace):
    return factories.MarketFactory(workspace=workspace, practice_area="M&A", geography="New York")


@pytest.fixture
def campaign(market):
    """Active for over a year, with three members."""
    return factories.active_campaign(3, market=market, name="Ongoing coverage")


def user_with(workspace, role):
    return factories.MembershipFactory(workspace=workspace, role=role, user__first_name=role.title()).user


@pytest.fixture
def viewer(workspace):
    return user_with(workspace, "viewer")


@pytest.fixture
def caller(workspace):
    return user_with(workspace, "caller")


@pytest.fixture
def manager(workspace):
    return user_with(workspace, "manager")


@pytest.fixture
def outsider(db):
    return factories.MembershipFactory(workspace__name="Other firm").user


@pytest.fixture
def as_manager(client, manager):
    client.force_login(manager)
    return client


@pytest.fixture
def as_caller(client, caller):
    client.force_login(caller)
    return client


@pytest.fixture
def as_viewer(client, viewer):
    client.force_login(viewer)
    return client


@pytest.fixture
def ops(db):
    """Ops staff with a second factor."""
    user = factories.UserFactory(first_name="Ops", is_staff=True)
    TOTP.activate(user, generate_totp_secret())
    return user


@pytest.fixture
def as_ops(client, ops):
    client.force_login(ops)
    return client


@pytest.fixture
def browse(django_db_setup, live_server, tmp_path):  # in this order: the server must find the database of the tests
    from tests.browsers import browser_on

    return browser_on(live_server.url, tmp_path / "profile")
