import time
from typing import Any

from django.core.management.commands import migrate
from django.db import OperationalError

from config.db.lock_timeout import LONGEST_WAIT, is_lock_timeout, limit_lock_waits

PAUSES = (1, 2, 4, 8, 15, 30)
"""Seconds between attempts, in which those who waited get their turn."""


class Command(migrate.Command):
    """Django's, which never holds up the portal for longer than `LONGEST_WAIT`: it gives up and tries again."""

    def handle(self, *args: Any, **options: Any) -> None:
        for pause in (*PAUSES, None):
            try:
                super().handle(*args, **options)
                return
            except OperationalError as error:
                if pause is None or not is_lock_timeout(error):
                    raise
                self.stderr.write(f"A transaction holds a table that the migration changes. Next attempt in {pause} s.")
                time.sleep(pause)
            finally:
                limit_lock_waits("0")

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
        """Limits the waits of migrations in a transaction. Others create indexes concurrently, which blocks nobody."""
        if action in ("apply_start", "unapply_start"):
            limit_lock_waits(LONGEST_WAIT if migration.atomic else "0")
        super().migration_progress_callback(action, migration, fake)
