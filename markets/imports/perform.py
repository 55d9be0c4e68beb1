"""A job from its file to its end: the table, the columns and the writer that its kind takes, and the work itself."""

import logging
import traceback
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import InterfaceError, OperationalError

from markets.imports import jobs, runner
from markets.imports.counts import rolled_back
from markets.imports.mapping import ColumnMapping
from markets.imports.readers import FileRefused, TabularFile
from markets.imports.registry import file_kind
from markets.models import ImportJob, ImportState

logger = logging.getLogger(__name__)

SHOWN = 200

Progress = Callable[[int], object]


def table_of(job: ImportJob) -> TabularFile:
    """Raises FileRefused."""
    if not job.file:
        raise FileRefused(f"The file of this import, {job.file_name}, is not kept any more.")
    given = {name: job.option(name, "") for name in ("encoding", "delimiter")}
    return TabularFile(Path(job.file.path), name=job.file_name, **given)


def columns_of(job: ImportJob, table: TabularFile) -> ColumnMapping:
    """Raises FileRefused."""
    kind = file_kind(job.kind)
    explicit = [f"{header}={field}" for header, field in job.option("map", {}).items() if header.strip()]
    return ColumnMapping(table.header, kind.fields, explicit=explicit, ranked=kind.ranked)


def writer_for(job: ImportJob, columns: ColumnMapping) -> runner.Writer:
    """Raises FileRefused or another refusal of the kind, also when the market or the campaign is gone."""
    try:
        return file_kind(job.kind).make_writer(job, columns)
    except ObjectDoesNotExist as gone:
        raise FileRefused(f"The market or campaign that {job} goes into is gone: {gone}") from None


class Interrupted(Exception):
    """The worker was asked to end. The job goes on later."""


def work_once(*, worker: str, progress: Progress = lambda rows: None) -> bool:
    """Does the next job that waits, to its end. False when there is none.

    `progress` is called after each chunk. It may raise Interrupted: somebody else can go on with the job at once.
    """
    job = jobs.claim(worker=worker)
    if job is None:
        return False
    try:
        perform(job=job, progress=progress)
    except (jobs.LeaseLost, jobs.JobRefused):
        logger.info("Import %s went to somebody else.", job.pk)
    except (Interrupted, KeyboardInterrupt):
        jobs.release(job=job)
        raise
    return True


def perform(*, job: ImportJob, progress: Progress = lambda rows: None) -> None:
    """Runs a claimed job, or its dry run. It ends with a reason if it cannot go on; a lost database is raised, and
    the job goes on later. Raises LeaseLost, and JobRefused where a dry run was stopped meanwhile."""
    try:
        table = table_of(job)
        writer = writer_for(job, columns_of(job, table))
        note_table(job=job, table=table)
        if job.state == ImportState.CHECKING:
            _check(job, table, writer, progress)
        else:
            with closing(table.rows(after=job.checkpoint)) as rows:
                runner.run(job=job, rows=rows, writer=writer, progress=progress)
            jobs.complete(job=job)
    except file_kind(job.kind).refusal_types as reason:
        _give_up(job, str(reason))
    except (OperationalError, InterfaceError, jobs.LeaseLost, jobs.JobRefused, Interrupted):
        raise
    except Exception as error:
        where = "".join(traceback.format_tb(error.__traceback__))  # the message may hold what is in the file
        logger.error("Import %s failed with %s:\n%s", job.pk, type(error).__name__, where)
        _give_up(job, f"An error in the portal ({type(error).__name__}) after row {job.checkpoint:,}; it is logged.")


def note_table(*, job: ImportJob, table: TabularFile) -> None:
    """Keeps what was found out about the file."""
    job.format_description, job.header, job.row_count = table.format_description[:300], table.header, len(table)
    job.save(update_fields=["format_description", "header", "row_count"])


def report_of(job: ImportJob) -> dict[str, Any]:
    """The counts so far, the first refused rows, and who of the people is not to be called."""
    refused = job.rejections.all()[:SHOWN]
    spared = job.people.filter(is_do_not_call=True).select_related("contact").order_by("line")[:SHOWN]
    return {
        **job.counts,
        "rejections": [{"line": each.line, "code": each.code, "message": each.message} for each in refused],
        "do_not_call_people": [each.contact.label for each in spared],
    }


def _check(job: ImportJob, table: TabularFile, writer: runner.Writer, progress: Progress) -> None:
    """The same path, with nothing of it kept but the report."""
    with rolled_back(), closing(table.rows()) as rows:
        runner.run(job=job, rows=rows, writer=writer, progress=progress)
        dry_run_report = report_of(job)
    jobs.back_to_draft(job=job, dry_run_report=dry_run_report)


def _give_up(job: ImportJob, reason: str) -> None:
    if job.state == ImportState.CHECKING:
        jobs.back_to_draft(job=job, dry_run_report=None, failure=reason)
    else:
        jobs.fail(job=job, reason=reason)
