"""Whether the portal can do its work: each check answers with what is wrong, in a few words without personal data."""

import os
import shutil
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from functools import cache
from pathlib import Path
from threading import Lock
from time import monotonic
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache as shared_cache
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.timezone import now

from config.db.session import LIMITS
from config.monitoring.redaction import summary
from markets.models import Heartbeat

WORKER = "import_worker"
DATABASE = "database"
NO_DATABASE = "the database does not answer"
IN_TIME = 3.0
"""Seconds after which the answer is given without waiting for the database any longer."""
KEPT = 1.0
"""Seconds for which an answer is given again, so that probes cost nothing however many there are."""


def database_failure() -> str:
    for is_last in (False, True):
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except (DatabaseError, InterfaceError) as error:
            connection.close()  # one that was open before a restart is dead; a new one may work
            if is_last:
                return summary(error)
        else:
            return ""
    return ""


@cache
def known_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


def pending_migrations() -> list[str]:
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in known_migrations() if (app, name) not in applied)


def migrations_failure() -> str:
    pending = pending_migrations()
    return f"{len(pending)} not applied" if pending else ""


def limits_failure() -> str:
    """Which limits of pages are not in force, as behind a pooler whose roles were not given them."""
    if not settings.SERVES_PAGES or connection.vendor != "postgresql":
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_settings WHERE name = ANY(%s) AND setting = '0' ORDER BY name", [[*LIMITS]])
        missing = [name for (name,) in cursor.fetchall()]
    return f"not in force: {', '.join(missing)}" if missing else ""


def cache_failure() -> str:
    word = uuid4().hex
    try:
        shared_cache.set("readiness", word, 60)
        read = shared_cache.get("readiness")
    except Exception as error:  # each kind of cache has errors of its own
        return summary(error)
    return "" if read else "does not keep what is written"


def worker_failure() -> str:
    if not settings.WORKER_REQUIRED:
        return ""
    newest = Heartbeat.objects.filter(process=WORKER).order_by("-beat_at").values_list("beat_at", flat=True).first()
    if newest is None:
        return "no worker runs"
    silence = now() - newest
    if silence > timedelta(seconds=settings.WORKER_SILENCE_SECONDS):
        return f"no heartbeat for {silence.total_seconds():,.0f} s"
    return ""


def storage_folders() -> dict[str, Path]:
    """The folders that the portal writes to, each as far as it exists: that of uploads is made with the first one."""
    folders = {"uploads": Path(settings.IMPORTS_ROOT)}
    name = str(settings.DATABASES["default"]["NAME"])
    if settings.ON_SQLITE and "memory" not in name:
        folders["database"] = Path(name).resolve().parent
    return {what: next(each for each in (path, *path.parents) if each.exists()) for what, path in folders.items()}


def disk_failure() -> str:
    for what, folder in storage_folders().items():
        if not os.access(folder, os.W_OK):
            return f"the folder of {what} cannot be written to"
        free = shutil.disk_usage(folder).free // 2**20
        if free < settings.DISK_MIN_MB:
            return f"{free:,} MB are free for {what}"
    return ""


CHECKS: dict[str, Callable[[], str]] = {
    DATABASE: database_failure,
    "migrations": migrations_failure,
    "limits": limits_failure,
    "cache": cache_failure,
    "worker": worker_failure,
    "disk": disk_failure,
}
WITHOUT_DATABASE = ("disk",)


def failures() -> dict[str, str]:
    """What is wrong by check, or "". Checks that need the database are not tried without one."""
    found = {DATABASE: database_failure()}
    for name, check in CHECKS.items():
        if name != DATABASE:
            found[name] = NO_DATABASE if found[DATABASE] and name not in WITHOUT_DATABASE else _failure(check)
    return {name: found[name] for name in CHECKS}


def _failure(check: Callable[[], str]) -> str:
    try:
        return check()
    except (DatabaseError, InterfaceError, OSError) as error:
        return summary(error)


class Health:
    """Answers within IN_TIME, and from memory for KEPT. A pool of connections would wait for ten seconds for a database
    that is away; so a thread waits for it, never more than one."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="health")
        self._running: Future[dict[str, str]] | None = None
        self._known: dict[str, str] = {}
        self._known_at = -KEPT

    def failures(self) -> dict[str, str]:
        if "pool" not in settings.DATABASES["default"].get("OPTIONS", {}):
            return failures()
        with self._lock:
            if monotonic() - self._known_at >= KEPT:
                self._known, self._known_at = self._ask(), monotonic()
            return self._known

    def _ask(self) -> dict[str, str]:
        if self._running is None or self._running.done():
            self._running = self._threads.submit(self._failures)
        try:
            return self._running.result(timeout=IN_TIME)
        except TimeoutError:
            waiting = {name: NO_DATABASE for name in CHECKS if name not in WITHOUT_DATABASE}
            return {**waiting, **{name: _failure(CHECKS[name]) for name in WITHOUT_DATABASE}}

    def _failures(self) -> dict[str, str]:
        try:
            return failures()
        finally:
            connection.close()


health = Health()
