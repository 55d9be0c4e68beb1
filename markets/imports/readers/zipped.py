"""A ZIP archive that holds one table."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from zipfile import ZipInfo

from django.utils.translation import gettext as _

from config.ui.formats import number
from markets.contacts.normalization import clean_text
from markets.imports.readers.limits import FileRefused, Limits
from markets.imports.readers.workbooks.archives import Archive, open_archive

TABLE_SUFFIXES = {".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xlsm", ".xls", ".ods"}
MAX_NAMED = 5


@contextmanager
def table_in_archive(path: Path, name: str, limits: Limits) -> Iterator[Path | None]:
    """The one table in the archive, in a temporary file; None if the archive is itself a document, such as a workbook.

    The names in the archive are never used as paths. Raises FileRefused unless there is exactly one table.
    """
    with TemporaryDirectory() as folder:
        table = Path(folder, "table")
        with open_archive(path, name, limits) as archive:
            is_document = archive.is_document()
            if not is_document:
                entry = _only_table(archive)
                limits.check_bytes(f"{_label(entry)} in {name}", entry.file_size)
                with archive.zip.open(entry) as packed, table.open("wb") as file:
                    shutil.copyfileobj(packed, file)
        yield None if is_document else table


def _only_table(archive: Archive) -> ZipInfo:
    entries = [entry for entry in archive.zip.infolist() if not entry.is_dir() and not _is_hidden(entry.filename)]
    tables = [entry for entry in entries if PurePosixPath(entry.filename).suffix.casefold() in TABLE_SUFFIXES]
    if not tables:
        raise FileRefused(_("%(name)s is a ZIP archive without a table in it.") % {"name": archive.name})
    if len(tables) > 1:
        names = ", ".join(f"“{_label(entry)}”" for entry in tables[:MAX_NAMED])
        more = (
            " " + _("and %(count)s more") % {"count": number(len(tables) - MAX_NAMED)}
            if len(tables) > MAX_NAMED
            else ""
        )
        raise FileRefused(
            _("%(name)s holds several tables: %(names)s%(more)s. Unpack it and import them one by one.")
            % {"name": archive.name, "names": names, "more": more}
        )
    return tables[0]


def _is_hidden(path: str) -> bool:
    """What archivers add: the folder __MACOSX, and files such as .DS_Store."""
    return any(part == "__MACOSX" or (part.startswith(".") and part != "..") for part in PurePosixPath(path).parts)


def _label(entry: ZipInfo) -> str:
    return clean_text(PurePosixPath(entry.filename).name)[:100]
