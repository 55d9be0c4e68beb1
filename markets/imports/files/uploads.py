"""Uploaded files. Each becomes a Draft of an import, for which a user then maps the columns and chooses the options."""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Unpack

from django.core.cache import caches
from django.core.files import File
from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext

from config.db.timeouts.statements import is_disk_full
from config.ui.formats import number
from config.ui.lists.exports import unescape_formula
from markets.contacts.normalization import clean_text
from markets.imports.files.rejects import REJECT_COLUMNS
from markets.imports.jobs import JobRefused, delete_file, preview_key, request_start
from markets.imports.mapping import ColumnMapping, match_key
from markets.imports.perform import TABLE_INFO, set_table_info, table_of
from markets.imports.presets.opening import open_file, seen_as
from markets.imports.presets.reading import map_columns, meanings
from markets.imports.presets.shipped import ShippedPreset, recognise
from markets.imports.presets.sources import REMEMBERED_FORMATS, known_preset, remember, source_of
from markets.imports.readers import FileRefused, Limits, ReadOptions, Row, Sheet, TabularFile, read_options
from markets.models import AuditAction, ImportJob, ImportPreset, ImportState, User, Workspace
from markets.models.imports import WORKER_STATES, private_storage
from markets.workspaces.audit import record_event

UPLOAD_LIMITS = Limits()
MAX_NAME_LENGTH = 200
FORMATS = (*REMEMBERED_FORMATS, "last_line")
PREVIEW_ROWS = 20
PREVIEW_CELL_LENGTH = 120
CACHE_SECONDS = 3600
SEARCHED_ROWS = 20_000
"""Rows searched for results that need to be explained before the import starts."""
MAX_RESULTS = 100


def receive(*, workspace: Workspace, kind: str, uploaded: "File[bytes]", by: User | None) -> ImportJob:
    """Stores the file under a random name and creates the Draft. Raises FileRefused, and then stores nothing."""
    job = ImportJob(workspace=workspace, kind=kind, file_name=base_name(uploaded.name or ""), created_by=by)
    name = secrets.token_hex(16)
    try:
        job.file.save(name, uploaded, save=False)
    except OSError as error:
        private_storage().delete(name)  # half of it
        if not is_disk_full(error):
            raise
        raise FileRefused(
            gettext("The server has no space left for the file. Tell ops staff, and try again later.")
        ) from None
    try:
        _inspect(job)
        job.save()
    except BaseException:
        job.file.delete(save=False)
        raise
    return job


@transaction.atomic
def reread(*, job: ImportJob, **options: Unpack[ReadOptions]) -> None:
    """Reads a Draft's file again, with another encoding, sheet, header line and so on; what is not given is found.
    Raises FileRefused or JobRefused."""
    _lock_draft(job)
    kept = {name: value for name, value in job.options.items() if name not in ReadOptions.__annotations__}
    job.options = {**kept, **options}
    job.dry_run_report = None
    _inspect(job)
    job.save(update_fields=["options", "dry_run_report", "preset", *TABLE_INFO])


@transaction.atomic
def save_options(*, job: ImportJob, options: Mapping[str, Any], by: User | None) -> None:
    """Saves a Draft's mapping and options. Its preset remembers them instead of what was chosen before.

    Raises JobRefused.
    """
    _lock_draft(job)
    formats = {name: job.options[name] for name in FORMATS if name in job.options}
    preset = source_of(workspace=job.workspace, kind=job.kind, header=job.header, name=job.file_name, by=by)
    shipped = recognise(job.kind, job.header)
    to_explain = dict.fromkeys(shipped.all_results, "") if shipped else {}
    results = to_explain | options.get("results", {})
    job.options = {**formats, **options, **meanings({"results": results}, None, shipped), **read_options(formats)}
    job.preset, job.dry_run_report = preset, None
    job.save(update_fields=["options", "preset", "dry_run_report"])
    preset.options = {**preset.options, "map": {}, "map_order": [], "results": {}}
    before = seen_as(Path(job.file.path), kind=job.kind, header=job.header, said=formats, limits=UPLOAD_LIMITS)
    remember(preset, {**formats, **options, **read_options(formats)}, seen_as=before, by=by)


def start(*, job: ImportJob, by: User | None) -> None:
    """Queues a Draft for a worker. Raises JobRefused unless its dry run has been done."""
    if job.state == ImportState.DRAFT and job.dry_run_report is None:
        raise JobRefused(gettext("Match the columns first, and preview the import."))
    request_start(job=job, by=by)


def previous_fields(job: ImportJob) -> list[str]:
    """The field of each column: as chosen for this file, else as its preset says, else guessed."""
    if fields := job.option("map"):
        by_key = {match_key(name): field for name, field in fields.items()}
        return [fields.get(name, by_key.get(match_key(name), "")) for name in column_names(job)]
    try:
        return _suggested_columns(job, preview(job)).fields_by_position
    except FileRefused:
        return [""] * len(job.header)


def previous_options(job: ImportJob) -> dict[str, Any]:
    """The formats and the meaning of results: as chosen for this file, else as its preset says. A result that means ""
    needs to be explained."""
    return job.options if "map" in job.options else {**job.options, **meanings({}, *_presets(job))}


def column_names(job: ImportJob) -> list[str]:
    """The headers in the order of the file; "" for unnamed columns and REJECT_COLUMNS."""
    names = [clean_text(unescape_formula(name)) for name in job.header]
    return ["" if name in REJECT_COLUMNS else name for name in names]


@transaction.atomic
def discard(*, job: ImportJob, by: User | None) -> None:
    """Deletes a Draft and its file. Raises JobRefused."""
    _lock_draft(job)
    delete_file(job)
    record_event(
        workspace=job.workspace,
        user=by,
        action=AuditAction.IMPORT_DISCARDED,
        subject=job,
        summary="Discarded an import before it started",
    )
    job.delete()


class FirstLook(NamedTuple):
    rows: list[Row]
    """The first rows of the table, with long cells cut."""
    sheets: list[Sheet]
    """The sheets that can be chosen. Empty unless the file is a workbook."""
    has_header: bool


def preview(job: ImportJob) -> list[Row]:
    """The first rows with long cells cut. Raises FileRefused."""
    return first_look(job).rows


def first_look(job: ImportJob) -> FirstLook:
    """Cached, because a large workbook takes seconds to open. Raises FileRefused."""

    def look() -> FirstLook:
        table = _open(job)
        rows = [(line, [_clip(cell) for cell in cells]) for line, cells in table.preview(PREVIEW_ROWS)]
        return FirstLook(rows, list(table.sheets), table.has_header)

    return _cached(job, "preview", look)


def result_words(job: ImportJob) -> list[str]:
    """The different words for a result in the first rows of a file of calls, with the columns as chosen or suggested.
    Raises FileRefused."""

    def words() -> list[str]:
        try:
            columns = _suggested_columns(job, preview(job))
        except FileRefused:  # no column is known yet
            return []
        with closing(_open(job).rows()) as rows:
            first = (cells for _, cells in islice(rows, SEARCHED_ROWS) if not columns.width_error(cells))
            found = dict.fromkeys(clean_text(columns.pick(cells).get("disposition", "")) for cells in first)
        return list(filter(None, found))[:MAX_RESULTS]

    chosen = json.dumps([previous_options(job).get(name) for name in ("map", "undecided")], sort_keys=True)
    return _cached(job, f"results {hashlib.sha256(chosen.encode()).hexdigest()}", words)


def check_draft(state: str | None) -> None:
    """Raises JobRefused if the job has left the Draft state or was deleted (None)."""
    if state != ImportState.DRAFT:
        words = ImportState(state).label if state else "gone"
        raise JobRefused(
            gettext("The import is %(words)s; only a Draft can be changed or discarded.") % {"words": words}
        )


def is_unattended(job: ImportJob) -> bool:
    """True if the job waits for a worker and no worker is running."""
    leased = ImportJob.objects.filter(lease_until__gt=now())
    return job.state in WORKER_STATES and not leased.exists()


def base_name(file_name: str) -> str:
    """The name that a browser sent, without folders and invisible characters."""
    name = clean_text(file_name.replace("\\", "/").rpartition("/")[2])
    ending = Path(name).suffix[:20]
    return (name if len(name) <= MAX_NAME_LENGTH else name[: MAX_NAME_LENGTH - len(ending)] + ending) or "file"


def _presets(job: ImportJob) -> tuple[ImportPreset | None, ShippedPreset | None]:
    return known_preset(job.workspace, job.kind, job.header), recognise(job.kind, job.header)


def _suggested_columns(job: ImportJob, rows: list[Row]) -> ColumnMapping:
    """As chosen for this file, else as its preset says, else guessed. Raises FileRefused."""
    remembered, shipped = _presets(job)
    said = job.options if "map" in job.options else {}
    return map_columns(kind=job.kind, header=job.header, said=said, remembered=remembered, shipped=shipped, rows=rows)


def _cached[Result](job: ImportJob, subject: str, compute: Callable[[], Result]) -> Result:
    """All that is cached of a file is one entry, so that deleting it leaves nothing of the file behind."""
    read_as = hashlib.sha256(json.dumps(read_options(job.options), sort_keys=True).encode()).hexdigest()
    found: dict[str, Result] = caches["computed"].get(preview_key(job), {})
    if (key := f"{read_as} {subject}") not in found:
        found[key] = compute()
        caches["computed"].set(preview_key(job), found, CACHE_SECONDS)
    return found[key]


def _inspect(job: ImportJob) -> None:
    opened = open_file(
        Path(job.file.path),
        workspace=job.workspace,
        kind=job.kind,
        said=job.options,
        name=job.file_name,
        limits=UPLOAD_LIMITS,
    )
    table = opened.table
    if longest := max((name for name in table.header if len(name) > MAX_NAME_LENGTH), key=len, default=""):
        raise FileRefused(
            gettext(
                "A column of %(name)s has a name of %(count)s characters, “%(beginning)s…”; at most "
                "%(max_name_length)s are read. Its first line must name the columns."
            )
            % {
                "name": table.name,
                "count": number(len(longest)),
                "beginning": longest[:40],
                "max_name_length": MAX_NAME_LENGTH,
            }
        )
    job.options, job.preset = {**job.options, **opened.formats}, opened.remembered
    set_table_info(job=job, table=table)
    job.sha256 = table.sha256


def _open(job: ImportJob) -> TabularFile:
    if not job.file or not Path(job.file.path).exists():
        raise FileRefused(
            gettext("The file %(file_name)s is not kept any more. Send it again.") % {"file_name": job.file_name}
        )
    return table_of(job, limits=UPLOAD_LIMITS)


def _lock_draft(job: ImportJob) -> None:
    """Locks the job's row until the transaction ends. Raises JobRefused."""
    locked = ImportJob.objects.select_for_update().filter(workspace=job.workspace_id, pk=job.pk)
    check_draft(locked.values_list("state", flat=True).first())


def _clip(cell: str) -> str:
    return cell if len(cell) <= PREVIEW_CELL_LENGTH else f"{cell[:PREVIEW_CELL_LENGTH]}…"
