import logging
import signal
import time
from types import FrameType
from typing import Any

from django.core.management.base import CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections

from calls.callbacks.due_events import publish_due_callbacks
from campaigns.living.nightly import Nightly
from markets.imports import jobs
from markets.imports.files import cleanup, expiry
from markets.imports.perform import Interrupted, work_once
from markets.management.command import BackgroundCommand
from markets.models import ImportJob
from markets.operations.health import WORKER
from markets.operations.heartbeats import Heart
from markets.webhooks.courier import Courier
from signals.portability.requests import clean_up_exports, make_next_export

logger = logging.getLogger(__name__)
POLL_SECONDS = 1.0
"""Between checks for a waiting import, while there is none."""
CLEANUP_SECONDS = 3600.0
"""Between deletions of files that no import needs."""


class Command(BackgroundCommand):
    help = (
        "Runs the imports that were started in the browser, and resumes those of killed processes. Meanwhile it "
        "delivers events to webhooks. It also makes the files with everything of a workspace that managers ask for "
        "and, every night, proposes who should join and leave the campaigns with a living audience. Several workers "
        "may run at the same time. Runs until it is stopped, and finishes its current chunk first."
    )
    examples = """
        import_worker
        import_worker --once
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="run the waiting imports, deliver the waiting events, then exit"
        )

    def handle(self, *args: object, **options: Any) -> None:
        self.is_stopped, self.cleaned_up_at, self.nightly = False, -CLEANUP_SECONDS, Nightly()
        if not options["once"]:
            signal.signal(signal.SIGTERM, self._stop)
        worker, completed, self.heart = jobs.worker_name(), 0, Heart(WORKER)
        courier = Courier(tasks=[publish_due_callbacks])
        self.stdout.write(f"Waiting for imports as {worker}.")
        if not options["once"]:
            self.heart.start()
            courier.start()
        try:
            while not self.is_stopped:
                worked = self._work(worker)
                completed += worked
                if options["once"] and not worked:
                    courier.run_once()
                    break
                if not worked:
                    time.sleep(POLL_SECONDS)
        except KeyboardInterrupt:
            pass
        finally:
            if not options["once"]:
                courier.stop()
                self.heart.stop()
        self.report(f"{completed:,} done.", options, done=completed)

    def _work(self, worker: str) -> bool:
        """Runs one waiting import or, if there is none, makes one waiting export. Waits for a database that is being
        restarted."""
        close_old_connections()
        self.heart.doing = ""
        try:
            self._clean_up(worker)
            for problem in self.nightly.propose_audiences():
                self.stderr.write(problem)
            if work_once(worker=worker, progress=self._raise_if_stopped, counted=self._count):
                return True
            return make_next_export(worker=worker, progress=self._raise_if_stopped)
        except Interrupted:
            return False
        except (OperationalError, InterfaceError) as error:
            logger.warning("The database cannot be reached (%s); trying again.", error)
            time.sleep(POLL_SECONDS)
            return False

    def _clean_up(self, worker: str) -> None:
        """Frees the leases of killed processes every time; once in a while ends old Drafts and deletes files."""
        cleanup.release_dead_leases(worker=worker)
        if time.monotonic() - self.cleaned_up_at >= CLEANUP_SECONDS:
            self.cleaned_up_at = time.monotonic()
            expiry.expire_drafts()
            cleanup.delete_unneeded_files()
            clean_up_exports()

    def _count(self, job: ImportJob, rows: int) -> None:
        if job.is_running:
            self.heart.rows[job.kind] += rows
        self.heart.doing = f"import {job.pk}"

    def _raise_if_stopped(self, rows: int) -> None:
        if self.is_stopped:
            raise Interrupted

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.is_stopped = True
