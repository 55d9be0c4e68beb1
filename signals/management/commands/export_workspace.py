from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from markets.management.command import BackgroundCommand
from signals.portability.requests import export_to_file


class Command(BackgroundCommand):
    help = (
        "Writes everything of a workspace into one ZIP, as CSV and Parquet with a data dictionary: to read it "
        "elsewhere, or to bring it into another installation by import_workspace. See "
        "docs/operations/moving-a-workspace.md."
    )
    examples = """
        manage.py export_workspace acme /srv/exports/acme.zip
        manage.py export_workspace acme acme.zip --format json
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG", help="the workspace, as in its address")
        parser.add_argument("file", type=Path, metavar="FILE", help="the file to write; it must not exist")

    def handle(self, *args: object, **options: Any) -> None:
        workspace, file = self.workspace(options["slug"]), options["file"]
        if file.exists():
            raise CommandError(f"There is a file {file} already.")
        if not file.parent.is_dir():
            raise CommandError(f"There is no folder {file.parent}.")
        with tqdm(unit=" rows", disable=None, file=self.stderr) as bar:
            manifest = export_to_file(workspace, file, progress=bar.update)
        size = file.stat().st_size
        self.report(
            f"Wrote {manifest.row_count:,} rows of {len(manifest.tables)} tables to {file}, {size:,} bytes.",
            options,
            file=str(file),
            rows=manifest.row_count,
            bytes=size,
            tables={table.name: table.rows for table in manifest.tables},
        )
