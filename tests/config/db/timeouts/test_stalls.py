"""A request whose database hangs ends with a sentence, and nothing else is cut short."""

import threading
import time

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.http import HttpResponse

from config.db.timeouts import stalls
from config.db.timeouts.stalls import StalledDatabase, Watch, check_idle, unlimited, watchdog

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="a server that can hang")


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(stalls, "LIMIT", 0.6)
    monkeypatch.setattr(stalls, "LOOKS_EVERY", 0.1)


def run(watch, *statements):
    with watchdog.watching(watch), connection.execute_wrapper(watch), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def test_a_command_that_is_not_answered_ends_after_the_limit(quick, transactional_db):
    began = time.monotonic()

    with pytest.raises(OperationalError):
        run(Watch(), "SELECT pg_sleep(4)")

    assert time.monotonic() - began < 3
    connection.close()
    run(Watch(), "SELECT 1")  # with a new connection


def test_a_request_that_has_waited_in_vain_does_not_wait_again(quick, transactional_db):
    watch = Watch()
    with pytest.raises(OperationalError):
        run(watch, "SELECT pg_sleep(4)")
    connection.close()
    began = time.monotonic()

    with pytest.raises(OperationalError, match="did not answer just now"):
        run(watch, "SELECT pg_sleep(4)")

    assert time.monotonic() - began < 0.4


def test_many_short_statements_are_not_one_long_one(quick, transactional_db):
    run(Watch(), *["SELECT pg_sleep(0.3)"] * 5)


def test_an_export_may_take_longer(quick, transactional_db):
    watch = Watch()
    stalls.current.set(watch)

    with unlimited():
        run(watch, "SELECT pg_sleep(1.5)")

    assert not watch.is_unlimited
    stalls.current.set(None)


def test_a_request_that_does_something_else_for_long_keeps_its_connection(quick, transactional_db):
    watch = Watch()
    with watchdog.watching(watch), connection.execute_wrapper(watch), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        time.sleep(1)
        cursor.execute("SELECT 2")


def test_without_it_a_request_would_wait(quick, transactional_db):
    """The control: the same statement, not watched."""
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as other:
        began = time.monotonic()
        other.execute("SELECT pg_sleep(1.5)")

    assert time.monotonic() - began >= 1.5


@pytest.mark.skipif(settings.DATABASE_POOLER, reason="A pooler ends connections in other ways")
def test_a_connection_that_was_ended_is_not_used_again(db):
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as idle:
        check_idle(idle)
        connection.cursor().execute("SELECT pg_terminate_backend(%s)", [idle.info.backend_pid])
        time.sleep(0.3)

        with pytest.raises(psycopg.OperationalError, match="has ended"):
            check_idle(idle)
        assert idle.closed


def test_after_a_request_that_waited_in_vain_others_are_refused_at_once(quick, transactional_db, settings, rf):
    settings.SERVES_PAGES = True
    heard = []

    def page(statement):
        def get_response(request):
            try:
                with connection.cursor() as cursor:
                    cursor.execute(statement)
                heard.append(200)
            except OperationalError:
                connection.close()
                heard.append(503)
            return HttpResponse(status=heard[-1])

        middleware.get_response = get_response
        return middleware(rf.get("/"))

    middleware = StalledDatabase(lambda request: HttpResponse())
    page("SELECT 1")
    page("SELECT pg_sleep(4)")
    began = time.monotonic()
    page("SELECT 1")
    seconds = time.monotonic() - began
    middleware.refuses_until = 0
    page("SELECT 1")

    assert heard == [200, 503, 503, 200]
    assert seconds < 0.3


def test_the_thread_is_started_once(quick):
    for _ in range(3):
        with watchdog.watching(Watch()):
            pass

    assert sum(thread.name == "stalled database" for thread in threading.enumerate()) == 1
