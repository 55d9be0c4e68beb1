"""What the commands that import a file share: options, progress, and the report at the end."""

import time
from argparse import ArgumentTypeError
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import batched
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.db import InterfaceError, OperationalError, transaction
from tqdm import tqdm

from campaigns.lookup import NotFound
from campaigns.membership import CampaignClosed
from config.db.timeouts.statements import is_disk_full, is_transient
from markets.custom_fields.inspection import kept_columns
from markets.imports import jobs, notes, runner
from markets.imports.counts import rolled_back
from markets.imports.files.rejects import Rejection, RejectsFile, RowRefused
from markets.imports.perform import inspect, store_table_info, writer_for
from markets.imports.presets import Reading, read_file, remember, source_of
from markets.imports.presets.opening import seen_as
from markets.imports.readers import FileRefused
from markets.imports.readers.rows import ReadOptions
from markets.imports.registry import file_kind
from markets.management.command import BackgroundCommand, readable_errors
from markets.models import ImportJob, ImportKind, ImportNote, ImportState, Suppression, Workspace
from markets.models.imports import WORKER_STATES
from markets.models.workspaces import validate_timezone
from markets.off_limits.services import off_limits_of

POLL_SECONDS = 2
"""Between checks of a job that another process is running."""
SHOWN = 5
"""Rejected rows and suppressed contacts that the report names."""
FORMATS = (*ReadOptions.__annotations__, "date_order")
"""The arguments that say how a file is read."""


@contextmanager
def interruptions() -> Iterator[None]:
    """Says so in a sentence if the database has failed for the time being."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        if not is_transient(error):
            raise
        why = "The server has no space left" if is_disk_full(error) else "The database cannot be reached, or is busy"
        raise CommandError(
            f"{why} ({str(error).splitlines()[0]}). Rows that were done are in; the same command goes on from there."
        ) from None


class ImportCommand(BackgroundCommand):
    """A command that imports a file of one kind. If it was killed, the same command resumes where it stopped."""

    requires_system_checks: list[str] = []
    """None: they are for deployment, and take as long as importing thousands of rows."""
    kind: ImportKind
    reported_counts: Sequence[str] = ("rows", "created", "updated", "unchanged", "rejected")

    def add_file_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", metavar="FILE", type=Path, help="a CSV or XLSX file with column names in the first line"
        )
        parser.add_argument("--workspace", required=True, metavar="SLUG", help="the workspace to import into")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="HEADER=FIELD",
            help="the field of a column, if its name does not say it; “HEADER=” ignores a column; several columns of "
            f"one field are used in that order; fields: {', '.join(file_kind(self.kind).fields)}",
        )
        parser.add_argument(
            "--preset",
            default="",
            metavar="NAME",
            help="a preset by its name, or the path of one as a JSON file; “none” uses none (default: recognised by "
            "the headers). What --map, --result and the formats say is remembered for files with the same headers",
        )
        parser.add_argument("--dry-run", action="store_true", help="report what would change, without changing it")
        parser.add_argument(
            "--rejects",
            type=Path,
            metavar="FILE",
            help="write rejected rows to this file, each with its line, code and message",
        )
        parser.add_argument("--encoding", default="", help="such as utf-8, utf-16 or cp1252 (default: detected)")
        parser.add_argument("--delimiter", default="", help="such as , or ; or tab (default: detected)")
        parser.add_argument("--sheet", default="", metavar="NAME", help="the sheet of a workbook (default: the first)")
        parser.add_argument(
            "--header-line", type=int, metavar="N", help="the line with the column names (default: found by content)"
        )
        parser.add_argument("--header-lines", type=int, metavar="N", help="the lines that the column names take")
        parser.add_argument(
            "--no-header", action="store_true", help="the first line is data; columns are called “Column 1” and so on"
        )
        parser.add_argument("--last-line", type=int, metavar="N", help="the last line of the table; never remembered")
        parser.add_argument(
            "--fill-merged", action="store_true", help="the value of a merged cell holds for all of its rows"
        )

    def target(self, workspace: Workspace, options: dict[str, Any]) -> dict[str, object]:
        """The options of the job that say where its rows go."""
        return {}

    def said(self, options: dict[str, Any]) -> dict[str, Any]:
        """What the user says about the file, with the keys of ImportJob.options."""
        pairs = [tuple(part.strip() for part in text.rpartition("=")[::2]) for text in options["map"]]
        said = {name: options[name] for name in FORMATS if options.get(name)}
        return said | ({"map": dict(pairs), "map_order": [header for header, _ in pairs]} if pairs else {})

    def handle(self, *args: object, **options: Any) -> None:
        workspace = self.workspace(options["workspace"])
        refusals = readable_errors(FileRefused, NotFound, CampaignClosed, RowRefused)
        with refusals, interruptions(), rolled_back(really=options["dry_run"]):
            reading = self._read(workspace, options)
            with RejectsFile(options["rejects"], reading.table) as rejects:
                job = self._job(workspace, reading, options)
                if not job.is_ended:
                    self._run(job, reading, options)
                with transaction.atomic():  # in which the rows are read a part at a time
                    for batch in batched(job.rejections.iterator(), 1000):
                        rejects.add([Rejection(row.line, row.code, row.message, row.cells) for row in batch])
            self._report(job, options)
        if job.rejected:
            rows = "1 row was" if job.rejected == 1 else f"{job.rejected:,} rows were"
            raise CommandError(f"{rows} refused; the others are {'fine' if options['dry_run'] else 'in'}.")

    def _read(self, workspace: Workspace, options: dict[str, Any]) -> Reading:
        reading = read_file(
            options["file"], workspace=workspace, kind=self.kind, said=self.said(options), preset=options["preset"]
        )
        table, columns = reading.table, reading.columns
        self.stdout.write(f"{table.name}: {len(table):,} rows, {table.format_description}")
        if reading.shipped:
            self.stdout.write(f"Recognised: {reading.shipped.title}")
        if reading.remembered and reading.remembered.options:
            self.stdout.write(f"With what was said before: {reading.remembered}")
        self.stdout.write("Read: " + ", ".join(f"{name} as {field}" for name, field in columns.mapped.items()))
        if columns.unmapped:
            self.stdout.write("Not read: " + ", ".join(columns.unmapped))
        if table.skipped:
            lines = ", ".join(f"{line} (“{text}”)" for line, text in table.skipped[:SHOWN])
            more = f" and {len(table.skipped) - SHOWN:,} more" if len(table.skipped) > SHOWN else ""
            self.stdout.write(f"Skipped, as outside the table: line {lines}{more}")
        return reading

    def _job(self, workspace: Workspace, reading: Reading, options: dict[str, Any]) -> ImportJob:
        """The unfinished job of the same file and options, or else a new one, leased to this process."""
        table = reading.table
        chosen = reading.options | self.target(workspace, options)
        unfinished = workspace.imports.filter(kind=self.kind, sha256=table.sha256, state__in=WORKER_STATES)
        for job in unfinished.exclude(state=ImportState.CHECKING):
            if {name: value for name, value in job.options.items() if name != "found"} == chosen:
                return self._resume(job)
        preset = reading.remembered or source_of(
            workspace=workspace, kind=self.kind, header=table.header, name=table.name, shipped=reading.shipped
        )
        said = self.said(options)
        before = seen_as(table.path, kind=self.kind, header=table.header, said=said)
        remember(preset, said, seen_as=before)
        return jobs.begin(
            workspace=workspace,
            kind=self.kind,
            name=table.name,
            path=None if options["dry_run"] else table.path,
            sha256=table.sha256,
            options=chosen,
            preset=preset,
        )

    def _resume(self, job: ImportJob) -> ImportJob:
        jobs.free_if_dead(job)
        worker = jobs.worker_name()
        while not (claimed := jobs.claim(worker=worker, job=job)):
            job.refresh_from_db()
            if job.is_ended:
                return job
            self.stdout.write(f"{job} is being imported by another process; waiting for it.")
            time.sleep(POLL_SECONDS)
        if claimed.checkpoint:
            self.stdout.write(f"Going on after {claimed.checkpoint:,} rows.")
        return claimed

    def _run(self, job: ImportJob, reading: Reading, options: dict[str, Any]) -> None:
        table = reading.table
        store_table_info(job=job, table=table)
        try:
            inspect(job, reading.columns, table)
            if kept := kept_columns(job):
                self.stdout.write("Kept as custom fields: " + ", ".join(kept))
            bar = tqdm(total=len(table), initial=job.checkpoint, unit=" rows", disable=None, leave=False)
            with bar, closing(table.rows(after=job.checkpoint)) as rows:
                runner.run(job=job, rows=rows, writer=writer_for(job, reading.columns), progress=bar.update)
            if not options["dry_run"]:
                jobs.complete(job=job)
        except file_kind(self.kind).refusal_types as refused:
            jobs.fail(job=job, reason=str(refused))
            raise
        except jobs.LeaseLost as lost:
            raise CommandError(str(lost)) from None
        except KeyboardInterrupt:
            jobs.release(job=job)
            raise CommandError(f"Stopped after {job.checkpoint:,} rows; the same command goes on from there.") from None

    def _report(self, job: ImportJob, options: dict[str, Any]) -> None:
        for rejection in job.rejections.all()[:SHOWN]:
            self.stdout.write(f"Line {rejection.line} ({rejection.code}): {rejection.message}")
        if (more := job.rejected - SHOWN) > 0:
            self.stdout.write(f"... and {more:,} more.")
        if job.rejections.filter(code="outcome_unknown").exists():
            self.stdout.write('Say what such a word means, once: --result "WORD=Not Interested". It is remembered.')
        if job.rejected:
            path = options["rejects"]
            self.stdout.write(f"All refused rows: {path}" if path else "--rejects FILE writes all refused rows there.")
        if job.do_not_call:
            suppressed = job.people.filter(is_do_not_call=True).select_related("contact").order_by("line")[:SHOWN]
            names = ", ".join(f"{each.contact} (line {each.line})" for each in suppressed)
            others = " and others" if job.do_not_call > SHOWN else ""
            self.stdout.write(f"On the do-not-call list, so kept but never offered: {names}{others}.")
            if told := job.suppressions.count():
                self.stdout.write(f"The file asks not to call {_people(told)}: on the list since this import.")
        off_limits, off_limits_people = off_limits_of(job, SHOWN)
        if off_limits:
            names = ", ".join(str(each) for each in off_limits_people)
            others = " and others" if off_limits > SHOWN else ""
            self.stdout.write(f"Off-limits, so kept but never offered: {names}{others}.")
        by_rules = Suppression.objects.in_force().filter(rule__import_job=job)
        if covered := by_rules.values("contact").distinct().count():
            self.stdout.write(f"Its prefixes and domains cover {_people(covered)} now, and everybody who comes later.")
        self._report_notes(job)
        result = {key: job.counts[key] for key in self.reported_counts}
        figures = ", ".join(f"{count:,} {key.replace('_', ' ')}" for key, count in result.items())
        self.report(("Dry run, nothing is changed: " if options["dry_run"] else "") + figures + ".", options, **result)

    def _report_notes(self, job: ImportJob) -> None:
        for each in notes.disagreements(job, SHOWN):
            self.stdout.write(f"File and person disagree: {notes.sentence(each)}.")
        if (more := job.disagreements - SHOWN) > 0:
            self.stdout.write(f"... and {more:,} more values that a person entered stay.")
        told = job.notes.exclude(message="").exclude(kind=ImportNote.Kind.DISAGREEMENT)
        for note in told[:SHOWN]:
            call = f", call {note.call_id}" if note.call_id else ""
            self.stdout.write(f"Line {note.line} ({note.get_kind_display().lower()}{call}): {note.message}")
        if (more := told.count() - SHOWN) > 0:
            self.stdout.write(f"... and {more:,} more; the import's page lists them.")


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"


def timezone(name: str) -> str:
    """For the `type` of an argument: checks the name of a time zone."""
    try:
        validate_timezone(name)
    except ValidationError as error:
        raise ArgumentTypeError(error.messages[0]) from None
    return name
