import signal
import time
from types import FrameType
from typing import Any

from django.core.management.base import CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections

from markets.imports import cleanup, jobs
from markets.imports.perform import Interrupted, work_once
from markets.management.command import GuestCommand

IDLE = 1.0
"""Seconds between two looks for work."""
TIDYING = 3600.0
"""Seconds between two looks for files that nobody needs."""


class Command(GuestCommand):
    help = (
        "Does the imports that were started in the browser, and goes on with any that a killed process left behind. "
        "Several may run side by side. Runs until it is stopped, and then ends its chunk first."
    )
    examples = """
        import_worker
        import_worker --once
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what waits now, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        self.is_stopped, self.tidied_at = False, -TIDYING
        if not options["once"]:
            signal.signal(signal.SIGTERM, self._stop)
        worker, done = jobs.me(), 0
        self.stdout.write(f"Waiting for imports as {worker}.")
        try:
            while not self.is_stopped:
                worked = self._work(worker)
                done += worked
                if options["once"] and not worked:
                    break
                if not worked:
                    time.sleep(IDLE)
        except KeyboardInterrupt:
            pass
        self.report(f"{done:,} done.", options, done=done)

    def _work(self, worker: str) -> bool:
        """A database that is restarted meanwhile is waited for."""
        close_old_connections()
        try:
            self._tidy(worker)
            return work_once(worker=worker, progress=self._go_on_unless_stopped)
        except Interrupted:
            return False
        except (OperationalError, InterfaceError) as error:
            self.stderr.write(f"The database cannot be reached ({type(error).__name__}); trying again.")
            time.sleep(IDLE)
            return False

    def _tidy(self, worker: str) -> None:
        """What was left behind by processes that were killed: leases always, files now and then."""
        cleanup.free_leases(worker=worker)
        if time.monotonic() - self.tidied_at >= TIDYING:
            self.tidied_at = time.monotonic()
            cleanup.delete_files()

    def _go_on_unless_stopped(self, rows: int) -> None:
        if self.is_stopped:
            raise Interrupted

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.is_stopped = True
