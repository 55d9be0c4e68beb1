from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.db import OperationalError

from calls.backups.folders import find_backup
from calls.backups.parts import BackupFailed
from calls.backups.scratch import drill
from markets.management.command import PortalCommand, readable_errors
from markets.models import OperatorTask
from markets.operations.task_runs import recorded_run


class Command(PortalCommand):
    help = (
        "Restores a backup into a database of its own, compares it, and drops it again. On PostgreSQL the user of "
        "DATABASE_URL must be allowed to create databases, or --into names an empty one."
    )
    examples = """
        restore_drill
        restore_drill portal-20260301T020000Z --into postgres://portal@127.0.0.1/scratch
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", default="", metavar="FOLDER", help="default: the newest backup")
        parser.add_argument("--into", default="", metavar="URL", help="an empty database; it is left as it becomes")
        parser.add_argument("--identity", default="", metavar="FILE", help="the private key of age")

    def handle(self, *args: object, **options: Any) -> None:
        with (
            readable_errors(BackupFailed, OSError, OperationalError),
            recorded_run(OperatorTask.RESTORE_DRILL) as figures,
        ):
            folder = find_backup(settings.BACKUP_ROOT, options["folder"])
            found = drill(folder.absolute(), database_url=options["into"], identity=options["identity"])
            figures |= {name: found[name] for name in ("rows", "files", "seconds")}
            figures["differences"] = len(found["differences"])
            if found["differences"]:
                raise BackupFailed(f"{folder.name} restores with differences: {' '.join(found['differences'][:5])}")
        sentence = f"{folder.name} can be restored: {found['rows']:,} rows in {found['seconds']} s, nothing differs."
        self.report(sentence, options, **found)
