"""The format of a file by its first bytes, whatever its name says."""

from enum import Enum
from pathlib import Path

from markets.imports.readers.limits import FileRefused

BLOCK = 1 << 20
ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SIGNATURES = {
    b"PK\x05\x06": "an empty ZIP archive",
    b"\x89PNG": "a PNG image, not a table",
    b"\xff\xd8\xff": "a JPEG image, not a table",
    b"GIF8": "a GIF image, not a table",
    b"%PDF": "a PDF document, not a table. Ask for the table itself, as CSV or XLSX",
    b"{\\rtf": "an RTF document, not a table",
    b"\x1f\x8b": "a gzip archive. Unpack it first",
    b"Rar!\x1a": "a RAR archive. Unpack it first",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive. Unpack it first",
    b"(\xb5\x2f\xfd": "a Zstandard archive. Unpack it first",
    b"SQLite format 3\0": "an SQLite database. Export the table as CSV",
    b"PAR1": "a Parquet file. Save it as CSV",
    b"BEGIN:VCARD": "a vCard file. Export the contacts as CSV instead",
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
            raise FileRefused(f"{name} is {description}.")
    if start.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(MARKUP):
        raise FileRefused(
            f"{name} is a web page or an XML document, whatever its name says. "
            "Open it in a spreadsheet and save it as XLSX or CSV."
        )
    return Container.ZIP if start.startswith(ZIP) else Container.NONE


def check_is_xls(path: Path, name: str) -> None:
    """Looks at the names of the streams in an OLE container."""
    if _contains(path, "EncryptedPackage"):
        raise FileRefused(f"{name} is protected with a password. Open it, take the password off and save it again.")
    if not (_contains(path, "Workbook") or _contains(path, "Book")):
        raise FileRefused(f"{name} is a document of an old Office program, not a table.")


def _contains(path: Path, stream: str) -> bool:
    wanted = stream.encode("utf-16-le") + b"\0\0"
    tail = b""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            if wanted in tail + block:
                return True
            tail = block[-len(wanted) :]
    return False
