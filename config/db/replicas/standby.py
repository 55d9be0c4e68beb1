"""Whether the standby can answer a request: it is there, follows the primary closely, and has what was written."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum

import psycopg
from django.conf import settings
from django.db import DatabaseError, Error, InterfaceError, OperationalError, connections
from prometheus_client import Counter, Gauge

from config.db.replicas import STANDBY
from config.db.timeouts import stalls

REST = 5.0
"""For how many seconds a process leaves a standby alone that did not answer."""
LONGEST_LOOK = 1.5
"""Seconds after which the standby counts as lost, as far as the connection is alive."""
CANNOT_READ_THERE = {"25006", "40001", "40P01"}
"""A write, and what replaying conflicts with, such as a row that was still needed and is cleaned up."""
# Without a receiver, or with one that is ahead, nobody knows what is missing: so the age of what was last replayed.
LOOK = """
    SELECT pg_is_in_recovery(), coalesce(pg_last_wal_replay_lsn() >= %s::pg_lsn, false),
        CASE WHEN pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn() AND EXISTS (SELECT FROM pg_stat_wal_receiver)
        THEN 0 ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float END
"""
GONE = (InterfaceError, OperationalError, psycopg.InterfaceError, psycopg.OperationalError)


class State(StrEnum):
    USED = "used"
    BEHIND = "behind"
    """It has not replayed yet what this user has written."""
    LAGGING = "lagging"
    """It is further behind than REPLICA_MAX_LAG_SECONDS."""
    LOST = "lost"
    FAILED = "failed"
    """It was lost while it answered; the request was answered by the primary."""
    PROMOTED = "promoted"
    """It is a primary now, of whatever. This process never reads from it again."""


PAGES = Counter(
    "portal_standby_pages_total", "Pages that may be read from the standby, by what it could do.", ["state"]
)
STATEMENTS = Counter("portal_standby_statements_total", "Statements of requests that the standby has answered.")
LAG = Gauge(
    "portal_standby_lag_seconds", "How far the standby is behind, as last seen.", multiprocess_mode="mostrecent"
)


class Standby:
    """One for each process, which remembers what it last saw."""

    def __init__(self) -> None:
        self.state: State | None = None
        self.lag: float | None = None
        self.seen_at = self.rests_until = 0.0

    def look(self, position: str) -> State:
        """Whether a request that needs everything up to this position of the log can be read from the standby."""
        if time.monotonic() < self.rests_until:
            return self.state or State.LOST
        if self.state == State.LOST:
            self.lose()  # this request tries it; others do not wait meanwhile
        try:
            with connections[STANDBY].cursor() as cursor:
                cursor.execute(LOOK, [position])
                is_standby, has_position, self.lag = cursor.fetchone()
        except GONE:
            self.lose()
            return State.LOST
        self.seen_at, self.rests_until = time.monotonic(), 0.0
        if not is_standby:
            self.state, self.lag, self.rests_until = State.PROMOTED, None, float("inf")
            return State.PROMOTED
        if self.lag is not None:
            LAG.set(self.lag)
        is_close = self.lag is not None and self.lag <= settings.REPLICA_MAX_LAG_SECONDS
        self.state = State.USED if is_close else State.LAGGING
        return State.BEHIND if is_close and not has_position else self.state

    def lose(self) -> None:
        self.state, self.lag, self.seen_at = State.LOST, None, time.monotonic()
        self.rests_until = self.seen_at + REST

    @contextmanager
    def watched(self) -> Iterator[stalls.Watch]:
        """Ends a wait for a standby that hangs. Exports lift the limit for their statements, as on the primary."""
        watch = stalls.Watch(on_shut=self.lose, limit=LONGEST_LOOK)
        outer = stalls.current.get()
        stalls.current.set(watch)
        try:
            with stalls.watchdog.watching(watch), connections[STANDBY].execute_wrapper(watch):
                yield watch
        finally:
            stalls.current.set(outer)
            STATEMENTS.inc(watch.commands)

    def has_failed(self, error: BaseException | None = None) -> bool:
        """Whether the connection is lost, or the error is of a kind that the primary does not have. It is closed then:
        the next request gets another one, or hears that there is none."""
        lost = connections[STANDBY].connection
        is_lost = lost is None or lost.closed or lost.broken
        code = getattr(error.__cause__, "sqlstate", None) if isinstance(error, DatabaseError) else None
        if is_lost:
            self.lose()
        if is_lost or code in CANNOT_READ_THERE:
            with suppress(Error, psycopg.Error):
                connections[STANDBY].close()
            return True
        return False

    def description(self) -> dict[str, object]:
        """For /readyz: what this process last saw, and when."""
        if self.state is None:
            return {"status": "unknown"}
        seen = {"status": str(self.state), "seconds_ago": round(time.monotonic() - self.seen_at, 1)}
        return seen if self.lag is None else seen | {"lag_seconds": round(self.lag, 1)}


standby = Standby()
