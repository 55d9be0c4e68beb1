"""A background process says that it is alive, also while it is busy with a long statement."""

import logging
import os
import socket
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import QuerySet
from django.utils.timezone import now

from markets.imports.jobs import is_alive
from markets.models import Heartbeat

logger = logging.getLogger(__name__)
MOST_SECONDS = 10
BEATS_MISSED = 4
"""After so many it counts as dead."""
FORGOTTEN_AFTER = timedelta(days=1)


class Heart:
    """Beats from `start` to `stop`. A process that was killed leaves its last beat behind, which the next one removes
    on the same machine; elsewhere it is removed after a day."""

    def __init__(self, process: str, seconds: float | None = None):
        self.process = process
        self.seconds = seconds or min(MOST_SECONDS, settings.WORKER_SILENCE_SECONDS / BEATS_MISSED)
        self.machine, self.pid = socket.gethostname()[:60], os.getpid()
        self.rows: Counter[str] = Counter()
        self.doing = ""
        self._stopped = Event()
        self._thread = Thread(target=self._go_on, name="heartbeat", daemon=True)

    def start(self) -> None:
        self._try(self._forget_the_dead)
        self._try(self._beat)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(timeout=self.seconds)
        self._try(self._own.delete)

    @property
    def _own(self) -> QuerySet[Heartbeat]:
        return Heartbeat.objects.filter(process=self.process, machine=self.machine, pid=self.pid)

    def _go_on(self) -> None:
        while not self._stopped.wait(self.seconds):
            self._try(self._beat)
            connection.close()

    def _beat(self) -> None:
        beat = Heartbeat(
            process=self.process, machine=self.machine, pid=self.pid, doing=self.doing[:120], rows=dict(self.rows)
        )
        Heartbeat.objects.bulk_create(
            [beat],
            update_conflicts=True,
            unique_fields=["process", "machine", "pid"],
            update_fields=["beat_at", "doing", "rows"],
        )

    def _forget_the_dead(self) -> None:
        for each in Heartbeat.objects.filter(process=self.process):
            is_dead_here = each.machine == self.machine and not is_alive(each.pid)
            if is_dead_here or each.beat_at < now() - FORGOTTEN_AFTER:
                each.delete()

    def _try(self, action: Callable[[], object]) -> None:
        """A database that is away for a moment must not end the work."""
        try:
            action()
        except (DatabaseError, InterfaceError) as error:
            logger.warning("A heartbeat was not written: %s", error)
