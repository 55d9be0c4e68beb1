"""Erases a person from imports: their rejected rows, their reports, and uploaded files that were not imported yet."""

import re
from contextlib import closing
from typing import Any
from zipfile import ZipFile, is_zipfile

from markets.contacts.erasure.identity import ERASED_TEXT, Identity
from markets.contacts.erasure.texts import without_person
from markets.imports.jobs import JobRefused, end_for_erasure
from markets.imports.perform import table_of
from markets.imports.readers import FileRefused, TabularFile
from markets.models import ImportJob, ImportNote, ImportRejection
from markets.models.imports import ENDED, OTHER_PERSON

BETWEEN_CELLS = re.compile(r"[,;\t|\"]")
BETWEEN_TAGS = re.compile(r"<[^>]*>")
JOB_TEXTS = ("file_name", "header", "options", "format_description", "skipped_lines", "failure")
REPORTS = ("dry_run_report", "undo_report")


def end_imports_with(identity: Identity) -> None:
    """Ends the imports whose file names the person and deletes the file, as nobody can take a row out of a file.

    What an import committed stays. Waits for the chunk that is being written, so no contact may be locked.
    """
    for job in ImportJob.objects.filter(workspace=identity.contact.workspace_id).exclude(state__in=ENDED):
        if job.file and _is_in_file(identity, job):
            try:
                end_for_erasure(job=job)
            except JobRefused:  # ended meanwhile
                continue


def _is_in_file(identity: Identity, job: ImportJob) -> bool:
    """Looks at every line and at every sheet, also where the import would not. True also if the file cannot be read:
    nobody could say then who is in it."""
    try:
        table = table_of(job)
        with closing(table.rows()) as rows:
            if any(identity.is_in_row(cells) for _, cells in rows):
                return True
        sheets = [sheet.name for sheet in table.sheets]
        return _is_in_parts(identity, table) or any(_is_in_sheet(identity, table, sheet) for sheet in sheets)
    except (FileRefused, OSError):
        return True


def _is_in_sheet(identity: Identity, table: TabularFile, sheet: str) -> bool:
    with closing(TabularFile(table.path, name=table.name, sheet=sheet).rows()) as rows:
        return any(identity.is_in_row(cells) for _, cells in rows)


def _is_in_parts(identity: Identity, table: TabularFile) -> bool:
    """The parts of an archive have the hidden sheets, too; the lines of a text those above and below the table."""
    if not is_zipfile(table.path):
        lines = table.path.read_bytes().decode(table.encoding or "utf-8", errors="replace").splitlines()
        return any(identity.is_in_row(BETWEEN_CELLS.split(line)) for line in lines)
    with ZipFile(table.path) as archive:
        texts = (archive.read(part).decode(errors="replace") for part in archive.namelist())
        return any(identity.appears_in([cell]) for text in texts for cell in BETWEEN_TAGS.split(text) if cell)


def erase_imports(identity: Identity) -> None:
    """Clears rejected rows that name the person, and removes the person from reports of imports."""
    workspace = identity.contact.workspace_id
    mentions = [f"(contact {key})" for key in identity.ids]
    rejections = ImportRejection.objects.filter(workspace=workspace).only("id", "code", "message", "cells")
    for each in rejections.iterator(chunk_size=1000):
        texts = [str(cell) for cell in each.cells]
        is_named = any(mention in each.message for mention in mentions) or identity.is_in_text(each.message)
        if is_named or identity.is_in_row(texts):
            ImportRejection.objects.filter(pk=each.pk).update(
                code="erased" if each.code == OTHER_PERSON else each.code,
                message="The row names somebody who was erased.",
                cells=["" for _ in texts],
            )
    notes = ImportNote.objects.filter(workspace=workspace, contact=None)
    for note in notes.iterator(chunk_size=1000):  # of contacts whose import was undone
        if identity.is_in_row([note.file_value, note.stored_value, note.message]):
            ImportNote.objects.filter(pk=note.pk).update(file_value="", stored_value="", message=ERASED_TEXT)
    for job in ImportJob.objects.filter(workspace=workspace).iterator(chunk_size=100):
        _erase_job(identity, job)


def _erase_job(identity: Identity, job: ImportJob) -> None:
    changed: dict[str, Any] = {}
    for name in JOB_TEXTS:
        if (value := without_person(getattr(job, name), identity)) != getattr(job, name):
            field = ImportJob._meta.get_field(name)
            changed[name] = value[: getattr(field, "max_length", None)] if isinstance(value, str) else value
    for name in REPORTS:
        report = getattr(job, name)
        if report and (kept := _without_entries(report, identity)) != report:
            changed[name] = kept
    if changed:
        ImportJob.objects.filter(pk=job.pk).update(**changed)


def _without_entries(report: dict[str, Any], identity: Identity) -> dict[str, Any]:
    """The report without the entries about the person. People whom an undo left are renamed."""
    kept = dict(report)
    for part, entries in report.items():
        if isinstance(entries, list) and part != "named":
            entries = [entry for entry in entries if not _is_about(entry, identity)]
        elif isinstance(entries, list):
            entries = [_renamed(entry, identity) for entry in entries]
        kept[part] = without_person(entries, identity)
    return kept


def _renamed(entry: Any, identity: Identity) -> Any:
    if isinstance(entry, dict) and entry.get("contact") in identity.ids:
        return entry | {"name": f"Erased person {entry['contact']}"}
    return entry


def _is_about(entry: Any, identity: Identity) -> bool:
    if isinstance(entry, dict):
        return entry.get("contact") in identity.ids or identity.is_in_row([str(each) for each in entry.values()])
    return identity.is_in_text(str(entry))
