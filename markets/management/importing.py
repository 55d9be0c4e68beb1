"""What the commands that import a file share: its options, its progress, and the report at the end."""

from argparse import ArgumentTypeError
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from markets.chunks import Tally
from markets.management.command import PortalCommand
from markets.mapping import Columns
from markets.models.workspaces import validate_timezone
from markets.reading import FileRefused, Table
from markets.rejects import Rejection, RejectsFile

SHOWN = 5


class ImportCommand(PortalCommand):
    """A command that imports a file: `run` reads, `finish` reports and exits with 1 if rows were refused."""

    def add_file_arguments(self, parser: CommandParser, fields: Sequence[str]) -> None:
        parser.add_argument(
            "file", metavar="FILE", type=Path, help="a CSV or XLSX file whose first line names the columns"
        )
        parser.add_argument("--workspace", required=True, metavar="SLUG", help="the client the file belongs to")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="HEADER=FIELD",
            help="which column is which field, where the header does not say it; “HEADER=” leaves a column out; "
            f"fields: {', '.join(fields)}",
        )
        parser.add_argument("--dry-run", action="store_true", help="report what would be done and change nothing")
        parser.add_argument(
            "--rejects",
            type=Path,
            metavar="FILE",
            help="write refused rows there, as they were, then line, code and why",
        )

    def columns(
        self, table: Table, names: Mapping[str, Sequence[str]], options: dict[str, Any], **ranked: Any
    ) -> Columns:
        columns = Columns(table.header, names, explicit=options["map"], **ranked)
        self.stdout.write(f"{table.name}: {len(table):,} rows, {table.described}")
        self.stdout.write("Read: " + ", ".join(f"{name} as {field}" for name, field in columns.used.items()))
        if columns.unused:
            self.stdout.write("Not read: " + ", ".join(columns.unused))
        return columns

    @contextmanager
    def refusals(self, table: Table, options: dict[str, Any]) -> Iterator["Refusals"]:
        with RejectsFile(options["rejects"], table) as file:
            yield Refusals(file)

    def finish(self, tally: Tally, refusals: "Refusals", options: dict[str, Any], keys: Sequence[str]) -> None:
        for rejection in refusals.first:
            self.stdout.write(f"Line {rejection.line} ({rejection.code}): {rejection.message}")
        if more := tally.rejected - len(refusals.first):
            self.stdout.write(f"... and {more:,} more.")
        if tally.rejected:
            path = options["rejects"]
            self.stdout.write(f"All refused rows: {path}" if path else "--rejects FILE writes all refused rows there.")
        result = {key: getattr(tally, key) for key in keys}
        figures = ", ".join(f"{count:,} {key}" for key, count in result.items())
        self.report(("Dry run, nothing is changed: " if options["dry_run"] else "") + figures + ".", options, **result)
        if tally.rejected:
            rows = "1 row was" if tally.rejected == 1 else f"{tally.rejected:,} rows were"
            raise CommandError(f"{rows} refused; the others are {'fine' if options['dry_run'] else 'in'}.")


class Refusals:
    """Keeps the first refused rows for the screen and hands all of them to the file."""

    def __init__(self, file: RejectsFile):
        self.file = file
        self.first: list[Rejection] = []

    def __call__(self, rejections: Sequence[Rejection]) -> None:
        self.first += rejections[: SHOWN - len(self.first)]
        self.file.add(rejections)


def with_progress(table: Table) -> Any:
    """The rows, with a bar on a terminal and in silence elsewhere."""
    return tqdm(table, total=len(table), unit=" rows", disable=None, leave=False)


def timezone(name: str) -> str:
    """The type of an argument that names a time zone."""
    try:
        validate_timezone(name)
    except ValidationError as error:
        raise ArgumentTypeError(error.messages[0]) from None
    return name


@contextmanager
def readable_errors(*kinds: type[Exception]) -> Iterator[None]:
    """Turns what a domain function refuses into a sentence and exit code 1."""
    try:
        yield
    except ValidationError as error:
        raise CommandError(_in_words(error)) from None
    except (FileRefused, *kinds) as error:
        raise CommandError(str(error)) from None


def _in_words(error: ValidationError) -> str:
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    return " ".join(
        " ".join(messages) if field == "__all__" else f"{field.replace('_', ' ')}: {' '.join(messages)}"
        for field, messages in error.message_dict.items()
    )
