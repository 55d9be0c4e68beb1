from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from tqdm import tqdm

from markets.management.command import BackgroundCommand, readable_errors
from signals.portability.archive import ArchiveUnreadable
from signals.portability.load import read_workspace


class Command(BackgroundCommand):
    help = (
        "Brings a file of export_workspace into this installation, as a new workspace with the same numbers. Users are "
        "matched by their email address; others are created and need a link to choose a password. All of it is "
        "imported, or nothing. See docs/operations/moving-a-workspace.md."
    )
    examples = """
        manage.py import_workspace acme.zip --dry-run
        manage.py import_workspace acme.zip --slug acme-copy
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="a file of export_workspace")
        parser.add_argument("--slug", default="", metavar="NEW", help="its address here; that of the file unless given")
        parser.add_argument("--dry-run", action="store_true", help="import it and take everything back")

    def handle(self, *args: object, **options: Any) -> None:
        with (
            readable_errors(ArchiveUnreadable),
            tqdm(unit=" rows", disable=None, file=self.stderr) as bar,
        ):
            imported = read_workspace(
                options["file"], slug=options["slug"], is_dry_run=options["dry_run"], progress=bar.update
            )
        for warning in imported.warnings:
            self.stderr.write(warning)
        for email in imported.new_users:
            self.stdout.write(f"New user: {email}")
        done = "Would import" if options["dry_run"] else "Imported"
        rows, workspace = imported.manifest.row_count, imported.workspace
        self.report(
            f"{done} {rows:,} rows as {workspace} ({workspace.slug}), with {len(imported.new_users)} new users.",
            options,
            slug=workspace.slug,
            rows=rows,
            new_users=imported.new_users,
            warnings=imported.warnings,
            is_dry_run=options["dry_run"],
        )
