from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.db import OperationalError

from calls.backups.create import Backup, create_backup
from calls.backups.folders import find_backup
from calls.backups.parts import BackupFailed
from calls.backups.restore import verify
from markets.management.command import PortalCommand, readable_errors
from markets.models import OperatorTask
from markets.operations.task_runs import recorded_run


class Command(PortalCommand):
    help = (
        "Backs up the database and the uploaded files into a new folder of BACKUP_ROOT, while the portal is in use, "
        "and deletes backups that are not kept any more. See docs/operations/backup-and-restore.md."
    )
    examples = """
        backup
        backup --format json
        BACKUP_AGE_RECIPIENTS=age1... backup         # encrypted
        backup --verify portal-20260301T020000Z      # compares a backup with its checksums
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--verify", metavar="FOLDER", nargs="?", const="", help="only check a backup (default: the newest)"
        )

    def handle(self, *args: object, **options: Any) -> None:
        with readable_errors(BackupFailed, OSError, OperationalError):
            if options["verify"] is not None:
                folder = find_backup(settings.BACKUP_ROOT, options["verify"])
                manifest = verify(folder)
                self.report(f"{folder.name} is as it was written.", options, backup=folder, made_at=manifest.made_at)
                return
            with recorded_run(OperatorTask.BACKUP) as figures:
                backup = create_backup()
                figures |= {
                    "bytes": backup.bytes,
                    "seconds": backup.seconds,
                    "rows": backup.rows,
                    "files": backup.files,
                }
        self.report(_sentence(backup), options, **vars(backup))


def _sentence(backup: Backup) -> str:
    sentence = (
        f"Backed up {backup.rows:,} rows and {backup.files:,} uploaded files to {backup.folder}: "
        f"{backup.bytes:,} bytes in {backup.seconds} s."
    )
    if backup.missing_files:
        sentence += f" {backup.missing_files:,} uploaded files that the database names are not in IMPORTS_ROOT."
    if backup.deleted:
        sentence += f" Deleted {len(backup.deleted):,} older backups."
    return sentence
