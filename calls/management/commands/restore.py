from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.db import OperationalError

from calls.backups.folders import find_backup
from calls.backups.parts import BackupFailed
from calls.backups.restore import Restored, restore
from markets.management.command import PortalCommand, readable_errors

SHOWN = 20


class Command(PortalCommand):
    help = (
        "Restores a backup into the empty database that DATABASE_URL names, its uploads into IMPORTS_ROOT, brings an "
        "older one up to date, and compares all rows and numbers with the backup. Exits with 1 if anything differs."
    )
    examples = """
        DATABASE_URL=postgres://portal@127.0.0.1/restored restore portal-20260301T020000Z
        restore /mnt/backups/portal-20260301T020000Z --identity key.txt
        restore                                      # the newest in BACKUP_ROOT
    """
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", default="", metavar="FOLDER", help="default: the newest backup")
        parser.add_argument("--identity", default="", metavar="FILE", help="the private key of age")

    def handle(self, *args: object, **options: Any) -> None:
        with readable_errors(BackupFailed, OSError, OperationalError):
            restored = restore(find_backup(settings.BACKUP_ROOT, options["folder"]), identity=options["identity"])
        for difference in restored.differences[:SHOWN]:
            self.stderr.write(difference)
        self.report(_sentence(restored), options, **vars(restored))
        if restored.differences:
            raise SystemExit(1)


def _sentence(restored: Restored) -> str:
    what = f"Restored {restored.rows:,} rows and {restored.files:,} uploaded files in {restored.seconds} s"
    if restored.is_migrated:
        what += ", and migrated them to this version"
    if restored.differences:
        return f"{what}. {len(restored.differences):,} differences from the backup: do not use this database yet."
    return f"{what}. All rows, the numbers of {restored.workspaces:,} workspaces and a recount are as in the backup."
