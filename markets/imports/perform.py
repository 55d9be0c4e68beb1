"""Runs a claimed job to its end: opens its file, maps the columns, and passes the rows to the writer of its kind."""

import logging
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from django.core.exceptions import ObjectDoesNotExist
from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.db.timeouts.statements import is_disk_full
from config.monitoring.context import log_context
from config.monitoring.log_lines import MEASURED
from config.monitoring.redaction import exception_entry, summary
from config.ui.english import in_english
from config.ui.formats import number
from markets.accounts.languages import writing_to
from markets.imports import jobs, runner
from markets.imports.counts import rolled_back
from markets.imports.mapping import ColumnMapping
from markets.imports.notes import disagreements, left_out_values, warnings
from markets.imports.presets.opening import known_names
from markets.imports.presets.reading import SAMPLE_ROWS, map_columns
from markets.imports.presets.shipped import recognise
from markets.imports.readers import FileRefused, Limits, TabularFile, read_options
from markets.imports.registry import file_kind
from markets.models import ImportJob, ImportState
from markets.off_limits.services import off_limits_report

logger = logging.getLogger(__name__)

SHOWN = 200
NO_SPACE = _("The server has no space left. Tell ops staff; the import goes on by itself once there is room.")
TABLE_INFO = ["format_description", "header", "row_count", "skipped_lines"]

Progress = Callable[[int], object]
Counted = Callable[[ImportJob, int], object]


def table_of(job: ImportJob, limits: Limits | None = None) -> TabularFile:
    """Raises FileRefused."""
    if not job.file:
        raise FileRefused(
            gettext("The file of this import, %(file_name)s, is not kept any more.") % {"file_name": job.file_name}
        )
    known = known_names(job.kind)
    return TabularFile(Path(job.file.path), name=job.file_name, limits=limits, known=known, **read_options(job.options))


def columns_of(job: ImportJob, table: TabularFile) -> ColumnMapping:
    """As the options say. Columns that they do not mention are mapped by a shipped preset, or guessed. Raises
    FileRefused."""
    shipped = None if "map" in job.options else recognise(job.kind, table.header)
    return map_columns(
        kind=job.kind, header=table.header, said=job.options, shipped=shipped, rows=table.preview(SAMPLE_ROWS)
    )


def inspect(job: ImportJob, columns: ColumnMapping, table: TabularFile) -> None:
    """Looks at the whole file once, for kinds that have to."""
    look = file_kind(job.kind).inspect
    if look is None or "found" in job.options:
        return
    with closing(table.rows()) as rows:
        found = look(job, columns, rows)
    job.options = {**job.options, "found": found}
    job.save(update_fields=["options"])


def columns_of_ended(job: ImportJob) -> ColumnMapping:
    """The mapping of an import whose file is not kept any more. Raises FileRefused."""
    return map_columns(kind=job.kind, header=job.header, said=job.options)


def writer_for(job: ImportJob, columns: ColumnMapping) -> runner.Writer:
    """Raises FileRefused or another refusal of the kind, also if the market or the campaign was deleted."""
    try:
        return file_kind(job.kind).make_writer(job, columns)
    except ObjectDoesNotExist as gone:
        raise FileRefused(
            gettext("The market or campaign that %(job)s goes into is gone: %(gone)s") % {"job": job, "gone": gone}
        ) from None


class Interrupted(Exception):
    """The worker was asked to stop. The job can be resumed."""


def work_once(
    *, worker: str, progress: Progress = lambda rows: None, counted: Counted = lambda job, rows: None
) -> bool:
    """Runs the next waiting job to its end. Returns False if there is none.

    `counted` and `progress` are called after each chunk. `progress` may raise Interrupted, which lets another worker
    resume the job at once.
    """
    job = jobs.claim(worker=worker)
    if job is None:
        return False

    def report(rows: int) -> None:
        counted(job, rows)
        progress(rows)

    # What is stored, such as why rows are refused, is in the language of whoever sent the file.
    language = writing_to(job.created_by) if job.created_by else in_english()
    with log_context(job_id=job.pk, workspace_id=job.workspace_id), language:
        try:
            perform(job=job, progress=report)
        except (jobs.LeaseLost, jobs.JobRefused):
            logger.info("Import %s went to somebody else.", job.pk)
        except (Interrupted, KeyboardInterrupt):
            jobs.release(job=job)
            raise
        else:
            logger.info("Import %s is %s after %s rows.", job.pk, job.state, job.checkpoint)
    return True


def perform(*, job: ImportJob, progress: Progress = lambda rows: None) -> None:
    """Runs a claimed job, or its dry run. A job that cannot continue fails with a reason. Database errors are raised,
    as the job can be resumed later. Raises LeaseLost, and JobRefused if a dry run was stopped."""
    try:
        table = table_of(job)
        columns = columns_of(job, table)
        inspect(job, columns, table)
        writer = writer_for(job, columns)
        store_table_info(job=job, table=table)
        if job.state == ImportState.CHECKING:
            _dry_run(job, table, writer, progress)
        else:
            with closing(table.rows(after=job.checkpoint)) as rows:
                runner.run(job=job, rows=rows, writer=writer, progress=progress)
            jobs.complete(job=job)
    except file_kind(job.kind).refusal_types as reason:
        _give_up(job, str(reason))
    except (OperationalError, InterfaceError) as error:
        if is_disk_full(error):
            with suppress(OperationalError, InterfaceError):
                jobs.explain_wait(job=job, reason=str(NO_SPACE))
        raise
    except (jobs.LeaseLost, jobs.JobRefused, Interrupted):
        raise
    except Exception as error:
        logger.error(
            "Import %s failed with %s.", job.pk, summary(error), extra={MEASURED: {"exception": exception_entry(error)}}
        )
        _give_up(
            job,
            gettext("An error in the portal (%(name)s) after row %(checkpoint)s; it is logged.")
            % {"name": type(error).__name__, "checkpoint": number(job.checkpoint)},
        )


def store_table_info(*, job: ImportJob, table: TabularFile) -> None:
    """Stores the format, header and length of the table with the job, and the lines around it."""
    set_table_info(job=job, table=table)
    job.save(update_fields=TABLE_INFO)


def set_table_info(*, job: ImportJob, table: TabularFile) -> None:
    job.format_description, job.header, job.row_count = table.format_description[:300], table.header, len(table)
    job.skipped_lines = [skipped._asdict() for skipped in table.skipped]


def report_of(job: ImportJob) -> dict[str, object]:
    """The counts so far, the first rejected rows, and the first contacts who must not be called."""
    rejections = job.rejections.all()[:SHOWN]
    suppressed = job.people.filter(is_do_not_call=True).select_related("contact").order_by("line")[:SHOWN]
    return {
        **job.counts,
        "rejections": [{"line": each.line, "code": each.code, "message": each.message} for each in rejections],
        "do_not_call_people": [each.contact.label for each in suppressed],
        "suppressed_by_file": job.suppressions.count(),
        **off_limits_report(job, SHOWN),
        "disagreeing_values": disagreements(job, SHOWN) if job.disagreements else [],
        "left_out_values": left_out_values(job, SHOWN),
        "warnings": warnings(job, SHOWN),
    }


def _dry_run(job: ImportJob, table: TabularFile, writer: runner.Writer, progress: Progress) -> None:
    """Imports everything, stores the report, and rolls back the rest."""
    with rolled_back(), closing(table.rows()) as rows:
        runner.run(job=job, rows=rows, writer=writer, progress=progress)
        dry_run_report = report_of(job)
    jobs.return_to_draft(job=job, dry_run_report=dry_run_report)


def _give_up(job: ImportJob, reason: str) -> None:
    if job.state == ImportState.CHECKING:
        jobs.return_to_draft(job=job, dry_run_report=None, failure=reason)
    else:
        jobs.fail(job=job, reason=reason)
