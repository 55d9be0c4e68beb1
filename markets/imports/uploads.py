"""Files as they are sent in: each becomes a Draft of an import, to which somebody then says how it is read."""

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.core.files import File
from django.db import transaction
from django.utils.timezone import now

from config.ui.exports import read_back
from markets.contacts.normalization import clean_text
from markets.imports.jobs import JobRefused, request_start
from markets.imports.mapping import header_key, match_key
from markets.imports.readers import FileRefused, Limits, Row, TabularFile
from markets.imports.rejects import REJECT_COLUMNS
from markets.models import ImportJob, ImportMapping, ImportState, User, Workspace
from markets.models.imports import WORKER_STATES, private_storage

UPLOAD_LIMITS = Limits()
LONGEST_NAME = 200
PREVIEWED = 20
CLIPPED = 120
"""Characters of a cell that a preview shows."""
KEPT_FOR = 3600


def receive(*, workspace: Workspace, kind: str, uploaded: "File[bytes]", by: User | None) -> ImportJob:
    """Keeps the file under a name of our own and what it is as a Draft. Raises FileRefused, and then keeps nothing."""
    job = ImportJob(workspace=workspace, kind=kind, file_name=base_name(uploaded.name or ""), created_by=by)
    job.file.save(secrets.token_hex(16), uploaded, save=False)
    try:
        _read(job)
        job.save()
    except BaseException:
        job.file.delete(save=False)
        raise
    return job


@transaction.atomic
def reread(*, job: ImportJob, encoding: str, delimiter: str) -> None:
    """Reads a Draft's file in another encoding or with another delimiter. Raises FileRefused and JobRefused."""
    _hold_draft(job)
    job.options = {**job.options, "encoding": encoding, "delimiter": delimiter}
    job.dry_run_report = None
    _read(job)
    job.save(update_fields=["options", "dry_run_report", "header", "format_description", "row_count"])


@transaction.atomic
def save_options(*, job: ImportJob, options: Mapping[str, Any], by: User | None) -> None:
    """Keeps how a Draft's rows are read and where they go; what columns and words mean for the next such file, too.

    Raises JobRefused.
    """
    _hold_draft(job)
    job.options = {"encoding": job.option("encoding", ""), "delimiter": job.option("delimiter", ""), **options}
    job.dry_run_report = None
    job.save(update_fields=["options", "dry_run_report"])
    job.workspace.import_mappings.update_or_create(
        kind=job.kind,
        header_key=header_key(job.header),
        defaults={"fields": options["map"], "results": options.get("results", {}), "chosen_by": by},
    )


def start(*, job: ImportJob, by: User | None) -> None:
    """Asks for the import of a Draft whose dry run somebody has seen. Raises JobRefused."""
    if job.state == ImportState.DRAFT and job.dry_run_report is None:
        raise JobRefused("Say first which column is which, and look at what the import would do.")
    request_start(job=job, by=by)


def previous_fields(job: ImportJob) -> list[str] | None:
    """The field of each column as somebody chose it: for this file, or else last for a file with the same columns."""
    chosen = job.option("map")
    if chosen is None:
        kept = _mapping_of(job)
        if kept is None:
            return None
        chosen = kept.fields
    alike = {match_key(name): field for name, field in chosen.items()}
    return [chosen.get(name, alike.get(match_key(name), "")) for name in column_names(job)]


def previous_results(job: ImportJob) -> dict[str, str]:
    """The disposition of each of the dialer's words, said for this file, or else last for one with the same columns."""
    if job.option("map") is not None:
        return job.option("results", {})
    kept = _mapping_of(job)
    return kept.results if kept else {}


def column_names(job: ImportJob) -> list[str]:
    """What the file's columns are called, in its order; empty where a column has no name, or none of its own."""
    names = [clean_text(read_back(name)) for name in job.header]
    return ["" if name in REJECT_COLUMNS else name for name in names]


@transaction.atomic
def discard(*, job: ImportJob) -> None:
    """Deletes a Draft and its file. Raises JobRefused."""
    _hold_draft(job)
    name = job.file.name
    job.delete()
    if name:
        transaction.on_commit(lambda: private_storage().delete(name))


def preview(job: ImportJob) -> list[Row]:
    """The first rows, with long cells cut. Kept for a while: a large workbook takes seconds to open.

    Raises FileRefused.
    """

    def clipped() -> list[Row]:
        return [(line, [_clip(cell) for cell in cells]) for line, cells in _open(job).preview(PREVIEWED)]

    key = f"import:{job.file.name}:{job.option('encoding', '')}:{job.option('delimiter', '')}"
    return cache.get_or_set(key, clipped, KEPT_FOR) or []


def check_draft(state: str | None) -> None:
    """Raises JobRefused for a job that is on its way, or gone."""
    if state != ImportState.DRAFT:
        words = ImportState(state).label if state else "gone"
        raise JobRefused(f"The import is {words}; only a Draft can be changed or discarded.")


def is_unattended(job: ImportJob) -> bool:
    """The job waits for a worker, and no worker has been heard of."""
    busy = ImportJob.objects.filter(lease_until__gt=now())
    return job.state in WORKER_STATES and not busy.exists()


def base_name(said: str) -> str:
    """What a client calls its file, without its folders and without signs that cannot be seen."""
    name = clean_text(said.replace("\\", "/").rpartition("/")[2])
    ending = Path(name).suffix[:20]
    return (name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - len(ending)] + ending) or "file"


def _mapping_of(job: ImportJob) -> ImportMapping | None:
    return job.workspace.import_mappings.filter(kind=job.kind, header_key=header_key(job.header)).first()


def _read(job: ImportJob) -> None:
    table = _open(job)
    if longest := max((name for name in table.header if len(name) > LONGEST_NAME), key=len, default=""):
        raise FileRefused(
            f"A column of {table.name} has a name of {len(longest):,} characters, “{longest[:40]}…”; at most "
            f"{LONGEST_NAME} are read. Its first line must name the columns."
        )
    job.header, job.format_description, job.row_count = table.header, table.format_description[:300], len(table)
    job.sha256 = table.sha256


def _open(job: ImportJob) -> TabularFile:
    if not job.file or not Path(job.file.path).exists():
        raise FileRefused(f"The file {job.file_name} is not kept any more. Send it again.")
    how: dict[str, str] = {name: job.option(name, "") for name in ("encoding", "delimiter")}
    return TabularFile(Path(job.file.path), name=job.file_name, limits=UPLOAD_LIMITS, **how)


def _hold_draft(job: ImportJob) -> None:
    """Nobody else changes the job until the transaction ends. Raises JobRefused."""
    check_draft(ImportJob.objects.select_for_update().filter(pk=job.pk).values_list("state", flat=True).first())


def _clip(cell: str) -> str:
    return cell if len(cell) <= CLIPPED else f"{cell[:CLIPPED]}…"
