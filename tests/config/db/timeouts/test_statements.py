"""How long a page keeps the database busy or waits for it, and what it says then."""

import os
import subprocess
import sys
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models import CharField, Func, Value
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime, now

from calls.models import Call
from config.db.timeouts.statements import without_statement_timeout
from config.ui.lists.exports import csv_response
from markets.tables import ContactTable
from tests.factories import ContactFactory, MembershipFactory, active_campaign

postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL keeps these limits")
has_a_session = pytest.mark.skipif(settings.DATABASE_POOLER, reason="Behind a pooler nothing is set for a session")
SHOW = (
    "from django.db import connection as c; k = c.cursor(); "
    "print([k.execute(f'SHOW {each}') and k.fetchone()[0] "
    "for each in ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout')])"
)


def statement_limits(*, serving):
    """The limits of a process that serves pages, or of a command."""
    how = "import config.wsgi" if serving else "import django; django.setup()"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "DEBUG": "1"}
    code = f"{how}; {SHOW}"
    command = [sys.executable, "-c", code]
    output = subprocess.check_output(command, env=environment, text=True, cwd=settings.BASE_DIR)  # noqa: S603 - ours
    return output.strip()


def limit(value):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, false)", [value])


def limits():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('statement_timeout'), current_setting('idle_in_transaction_session_timeout')"
        )
        return cursor.fetchone()


def sleeps(rows):
    """Each row takes the database longer than the limit."""
    return rows.annotate(slept=Func(Value(0.6), function="pg_sleep", output_field=CharField()))


@pytest.fixture
def half_second_limit():
    limit("500ms")
    yield
    limit("0")


@postgresql
@pytest.mark.skipif(settings.DATABASE_POOLER, reason="Behind a pooler the roles have the limits")
@pytest.mark.promise("P11")
def test_whoever_serves_pages_is_held_to_limits_and_a_command_is_not(figure):
    of_pages, of_commands = statement_limits(serving=True), statement_limits(serving=False)

    assert of_pages == "['5s', '2s', '15s']"
    assert of_commands == "['0', '0', '0']"
    figure(
        "Statements of pages are ended after 5 s, waits for a lock after 2 s, idle transactions after 15 s",
        control="a process that serves no pages has no limit",
    )


@postgresql
def test_an_export_takes_its_time_and_what_comes_after_does_not(workspace, half_second_limit):
    ContactFactory.create_batch(2, workspace=workspace)
    table = ContactTable(sleeps(workspace.contacts.order_by("pk")), workspace=workspace)

    with pytest.raises(OperationalError, match="statement timeout"), transaction.atomic():
        list(sleeps(workspace.contacts.all()))
    assert len(list(csv_response(table).streaming_content)) == 3
    with pytest.raises(OperationalError, match="statement timeout"), transaction.atomic():
        list(sleeps(workspace.contacts.all()))


@postgresql
@has_a_session
def test_limits_are_lifted_for_a_transaction_and_never_for_the_session(transactional_db):
    """A connection may be a pooler's, which gives it to others after each transaction."""
    limit("500ms")
    with without_statement_timeout():
        inside = limits()
    after = limits()
    with transaction.atomic():
        with without_statement_timeout():
            pass
        nested = limits()
    with pytest.raises(ZeroDivisionError), without_statement_timeout():
        _ = 1 / 0
    failed = limits()
    limit("0")

    assert inside == ("0", "5min")
    assert after == nested == failed == ("500ms", "0")


@postgresql
def test_a_connection_that_was_lost_in_the_middle_is_said_by_its_own_error(transactional_db):
    with pytest.raises(DatabaseError), without_statement_timeout(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    connection.close()


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (OperationalError("database is locked"), 503, "Try again in a moment"),
        (OperationalError("no such table: nothing"), 500, "Something went wrong on our side"),
        (ValueError("locked"), 500, "Something went wrong on our side"),
    ],
)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="so SQLite says it")
def test_what_passes_is_told_from_what_is_our_fault_on_sqlite(as_viewer, error, status, words):
    assert answer(as_viewer, error) == (status, True, words)


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (OperationalError("canceling statement due to statement timeout"), 503, "Try again in a moment"),
        (InterfaceError("connection already closed"), 503, "Try again in a moment"),
        (DatabaseError("syntax error"), 500, "Something went wrong on our side"),
    ],
)
@postgresql
def test_what_passes_is_told_from_what_is_our_fault(as_viewer, error, status, words):
    assert answer(as_viewer, error) == (status, True, words)


def answer(client, error):
    """Status of a page whose first statement ends so, whether it is one, and which of the sentences it has."""

    def fail(execute, sql, *rest):
        raise error

    client.raise_request_exception = False
    with connection.execute_wrapper(fail):
        page = client.get(reverse("contacts:list", args=["acme"]))
    text = page.content.decode()
    found = [each for each in ("Try again in a moment", "Something went wrong on our side") if each in text]
    assert page.get("Retry-After") == ("5" if page.status_code == 503 else None)
    return page.status_code, text.startswith("<!doctype html>"), *found


@postgresql
@has_a_session
def test_a_call_that_waits_for_somebody_else_is_not_kept_and_can_be_sent_again(transactional_db):
    campaign = active_campaign(1)
    contact = campaign.members.get().contact
    client = Client(raise_request_exception=False)
    client.force_login(MembershipFactory(workspace=campaign.workspace, role="caller").user)
    url = reverse("campaigns:call", args=[campaign.workspace.slug, campaign.pk, contact.pk])
    started = localtime(now() - timedelta(minutes=5), campaign.workspace.zone)
    typed = {
        "disposition": "no_answer",
        "started_at": started.strftime("%Y-%m-%dT%H:%M"),
        "direction": "outbound",
        "request_key": str(uuid4()),
        "outside_hours_reason": "Whenever this runs",
    }
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '100ms'")

    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as other:
        other.execute("SELECT 1 FROM campaigns_campaign WHERE id = %s FOR UPDATE", [campaign.pk])
        refused = client.post(url, typed)
        kept = Call.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")

    assert (refused.status_code, kept) == (503, 0)
    assert client.post(url, typed).status_code == 302
    assert Call.objects.count() == 1
