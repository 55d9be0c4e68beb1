"""Ends a request's wait for a database that does not answer at all.

PostgreSQL ends a statement after its timeout as long as it works. If its machine or its disk hangs, it does not, and
the network notices nothing, because the connection is alive: a page would wait for as long as that lasts. So a thread
looks at the connections of the requests in progress, and shuts one that is busy with one command for too long.
"""

import os
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from http import HTTPStatus
from typing import Any

import psycopg
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from psycopg import Connection, Error
from psycopg.pq import TransactionStatus

LIMIT = 7.0
"""Seconds: the statement timeout of pages, and time for PostgreSQL to keep it."""
LOOKS_EVERY = 0.5
REST = 2.0
"""For how many seconds a process refuses at once after a request has waited in vain: those that queue behind it would
wait for as long again, one after the other."""
WAIT: float = 5
"""How long a request waits for a connection from the pool, in seconds."""
SHORT_WAIT: float = 0.1
"""The same while the process refuses."""


def check_idle(connection: Connection[Any]) -> None:
    """Raises OperationalError for a connection of the pool that the server has ended since it was last used.

    Without a round trip, which would cost every request something, and could hang: an idle connection has nothing to be
    read unless it has ended.
    """
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if poll.poll(0):
        connection.close()  # else the pool takes it back and hands it out again
        raise psycopg.OperationalError("The server has ended the connection.")


class Watch:
    """A request's connection. Called with each statement, as `execute_wrapper` does. Once the connection was shut, the
    request gets no other one: it would wait for that, too."""

    def __init__(self, on_shut: Callable[[], object] = lambda: None, limit: float | None = None) -> None:
        self.on_shut, self.limit = on_shut, limit or LIMIT
        self.connection: Connection[Any] | None = None
        self.commands = 0
        self.is_unlimited = self.is_refusing = self.is_shut = False
        self._busy_with, self._busy_since = 0, 0.0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if self.is_refusing:
            raise OperationalError("The database did not answer just now.")
        self.connection = context["connection"].connection
        self.commands += 1
        return execute(sql, params, many, context)

    def shut_if_stalled(self, moment: float) -> None:
        busy = self.connection
        if busy is None or self.is_unlimited or busy.info.transaction_status != TransactionStatus.ACTIVE:
            self._busy_with = 0
        elif self._busy_with != self.commands:
            self._busy_with, self._busy_since = self.commands, moment
        elif moment - self._busy_since > self.limit:
            with suppress(OSError, Error), socket.socket(fileno=os.dup(busy.fileno())) as shared:
                self.is_shut = self.is_refusing = True
                self.on_shut()
                shared.shutdown(socket.SHUT_RDWR)  # whoever waits for it reads that it has ended


class Watchdog:
    """The thread, started in each process by its first request, and again after a fork."""

    def __init__(self) -> None:
        self._watches: set[Watch] = set()
        self._thread: threading.Thread | None = None

    @contextmanager
    def watching(self, watch: Watch) -> Iterator[None]:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, daemon=True, name="stalled database")
            self._thread.start()
        self._watches.add(watch)
        try:
            yield
        finally:
            self._watches.discard(watch)

    def _run(self) -> None:
        while True:
            time.sleep(LOOKS_EVERY)
            for watch in self._watches.copy():
                watch.shut_if_stalled(time.monotonic())


watchdog = Watchdog()
current: ContextVar[Watch | None] = ContextVar("watch", default=None)


@contextmanager
def unlimited() -> Iterator[None]:
    """For statements that may take long, such as those of exports."""
    watch = current.get()
    if watch:
        watch.is_unlimited = True
    try:
        yield
    finally:
        if watch:
            watch.is_unlimited = False


class StalledDatabase:
    """Watches each request. A response that is streamed is not watched: exports take as long as they take."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        if not settings.SERVES_PAGES or connection.vendor != "postgresql":
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.refuses_until = 0.0

    def __call__(self, request: HttpRequest) -> HttpResponse:
        pool, began = getattr(connection, "pool", None), time.monotonic()

        def refuse() -> None:
            self.refuses_until = time.monotonic() + REST
            if pool:
                pool.timeout = SHORT_WAIT

        watch = Watch(on_shut=refuse)
        watch.is_refusing = began < self.refuses_until
        if pool:
            pool.timeout = SHORT_WAIT if watch.is_refusing else WAIT
        current.set(watch)
        with watchdog.watching(watch), connection.execute_wrapper(watch):
            response = self.get_response(request)
        has_waited = watch.is_shut or (watch.commands == 0 and time.monotonic() - began > WAIT - 1)
        if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE and has_waited:
            refuse()
        return response
