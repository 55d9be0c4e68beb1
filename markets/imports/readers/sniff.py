"""The format of a file by its first bytes, whatever its name says."""

from enum import Enum
from pathlib import Path

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from markets.imports.readers.limits import FileRefused

BLOCK = 1 << 20
ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SIGNATURES = {
    b"PK\x05\x06": _("an empty ZIP archive"),
    b"\x89PNG": _("a PNG image, not a table"),
    b"\xff\xd8\xff": _("a JPEG image, not a table"),
    b"GIF8": _("a GIF image, not a table"),
    b"%PDF": _("a PDF document, not a table. Ask for the table itself, as CSV or XLSX"),
    b"{\\rtf": _("an RTF document, not a table"),
    b"\x1f\x8b": _("a gzip archive. Unpack it first"),
    b"Rar!\x1a": _("a RAR archive. Unpack it first"),
    b"7z\xbc\xaf\x27\x1c": _("a 7-Zip archive. Unpack it first"),
    b"(\xb5\x2f\xfd": _("a Zstandard archive. Unpack it first"),
    b"SQLite format 3\0": _("an SQLite database. Export the table as CSV"),
    b"PAR1": _("a Parquet file. Save it as CSV"),
    b"BEGIN:VCARD": _("a vCard file. Export the contacts as CSV instead"),
}
MARKUP = (b"<!doctype", b"<html", b"<table", b"<?xml")


class Container(Enum):
    NONE = "text, as far as the first bytes tell"
    ZIP = "a ZIP archive: an XLSX or ODS file, or any file that was packed"
    OLE = "XLS files are OLE containers"


def detect_container(path: Path, name: str) -> Container:
    """Raises FileRefused for any other kind of file."""
    with path.open("rb") as file:
        start = file.read(256)
    if start.startswith(OLE):
        check_is_xls(path, name)
        return Container.OLE
    for signature, description in SIGNATURES.items():
        if start.startswith(signature):
            raise FileRefused(gettext("%(name)s is %(description)s.") % {"name": name, "description": description})
    if start.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(MARKUP):
        raise FileRefused(
            gettext(
                "%(name)s is a web page or an XML document, whatever its name says. Open it in a spreadsheet "
                "and save it as XLSX or CSV."
            )
            % {"name": name}
        )
    return Container.ZIP if start.startswith(ZIP) else Container.NONE


def check_is_xls(path: Path, name: str) -> None:
    """Looks at the names of the streams in an OLE container."""
    if _contains(path, "EncryptedPackage"):
        raise FileRefused(
            gettext("%(name)s is protected with a password. Open it, take the password off and save it again.")
            % {"name": name}
        )
    if not (_contains(path, "Workbook") or _contains(path, "Book")):
        raise FileRefused(gettext("%(name)s is a document of an old Office program, not a table.") % {"name": name})


def _contains(path: Path, stream: str) -> bool:
    wanted = stream.encode("utf-16-le") + b"\0\0"
    tail = b""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            if wanted in tail + block:
                return True
            tail = block[-len(wanted) :]
    return False
