import gc
import time
from typing import Any

from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from config.db.timeouts.locks import is_lock_timeout, limit_lock_waits
from signals.reporting import schema

PAUSES = (1, 2, 4, 8, 15, 30)
"""Seconds between attempts, in which those who waited get their turn."""
APPS = ("markets", "campaigns", "calls", "signals")
"""Whose tables the views for reporting read: they are dropped before such a migration and created after the last."""


class Command(migrate.Command):
    """Django's, which never holds up the portal for longer than 2 s: it gives up and tries again. Indexes are created
    concurrently, outside a transaction, where waiting holds up nobody."""

    def handle(self, *args: Any, **options: Any) -> None:
        for pause in (*PAUSES, None):
            try:
                with connection.execute_wrapper(limit_lock_waits):
                    super().handle(*args, **options)
                    self.create_views(options)
                return
            except OperationalError as error:
                if pause is None or not is_lock_timeout(error):
                    raise
                self.stderr.write(f"A transaction holds a table that the migration changes. Next attempt in {pause} s.")
                time.sleep(pause)
            finally:
                gc.enable()

    def create_views(self, options: dict[str, Any]) -> None:
        """Creates the views for reporting on the newest tables; on those of an earlier version there are none."""
        if options["plan"] or options["check_unapplied"] or options["database"] != DEFAULT_DB_ALIAS:
            return
        executor = MigrationExecutor(connection)
        newest = [key for key in executor.loader.graph.leaf_nodes() if key[0] in APPS]
        if not executor.migration_plan(newest):
            schema.create_views()

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
        """Django renders all models anew for each operation. Collecting the old ones meanwhile took 0.2 s each time, in
        which the tables stayed locked: 2.3 s in all for seven operations, 0.2 s without.
        """
        if action in ("apply_start", "unapply_start"):
            if migration.app_label in APPS:
                schema.drop_views()
            gc.collect()
            gc.disable()
        elif action in ("apply_success", "unapply_success"):
            gc.enable()
        super().migration_progress_callback(action, migration, fake)
