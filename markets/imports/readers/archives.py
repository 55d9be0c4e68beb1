"""The parts of an Office file, which is a ZIP archive of XML, read in pieces and never further than they should go."""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.parsers import expat

from markets.imports.readers.limits import FileRefused, Limits

ENTRIES = 5_000
RATIO = 200
SMALL = 1 << 20
"""Bytes that may be packed as tightly as they like."""
BLOCK = 1 << 16
DIRECTORY = 1 << 20
DEPTH = 100
NAMES = 5_000
OTHER_KINDS = {
    "word/document.xml": "a Word document, not a table",
    "ppt/presentation.xml": "a PowerPoint presentation, not a table",
    "xl/workbook.bin": "a binary Excel workbook (XLSB). Save it as XLSX or CSV",
    "content.xml": "an OpenDocument file (ODS). Save it as XLSX or CSV",
    "Index/Document.iwa": "a Numbers or another iWork document. Export it as XLSX or CSV",
}
FAULTS = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, LookupError, NotImplementedError, RuntimeError,
    UnicodeError, ValueError,
)  # fmt: skip
"""What zipfile and expat raise for files that were cut off, garbled or made to be a trap."""

StartTag = Callable[[str, dict[str, str]], None]
EndTag = Callable[[str], None]
Text = Callable[[str], None]


class Archive:
    """An open Office file. What its list of parts claims is checked before any of them is unpacked."""

    def __init__(self, file: "GuardedFile", name: str, limits: Limits):
        self.name = name
        self.zip = zipfile.ZipFile(file)
        entries = self.zip.infolist()
        self.parts = {entry.filename: entry for entry in entries}
        if len(entries) > ENTRIES:
            raise FileRefused(f"{name} has {len(entries):,} parts, more than any workbook has. It is not read.")
        if any(entry.flag_bits & 1 for entry in entries):
            raise FileRefused(f"{name} is protected with a password. Save it without one.")
        if (unpacked := sum(entry.file_size for entry in entries)) > limits.unpacked:
            raise FileRefused(
                f"{name} would be {unpacked / 1024**2:,.0f} MB once unpacked; at most "
                f"{limits.unpacked / 1024**2:,.0f} MB are read. Split it, or save it as CSV."
            )
        for entry in entries:
            if entry.file_size > max(SMALL, RATIO * entry.compress_size):
                raise FileRefused(
                    f"{name} is packed more tightly than a table can be, as a trap would be. It is not read; "
                    "if it is a table, save it as CSV."
                )

    def check_kind(self) -> None:
        """Raises FileRefused unless the file is a workbook."""
        if "[Content_Types].xml" in self.parts and any(part.endswith("workbook.xml") for part in self.parts):
            return
        for part, what in OTHER_KINDS.items():
            if part in self.parts:
                raise FileRefused(f"{self.name} is {what}.")
        raise FileRefused(f"{self.name} is a ZIP archive, not a workbook. Unpack it first.")

    def relations(self, part: str) -> Iterator[tuple[str, str, str]]:
        """The id, the kind and the path of each part that a part refers to."""
        folder, name = posixpath.split(part)
        found: list[dict[str, str]] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            if local(tag) == "Relationship":
                found.append(attributes)

        self.parse(posixpath.join(folder, "_rels", f"{name}.rels"), start)
        for each in found:
            path = posixpath.normpath(posixpath.join("/", folder, each.get("Target", "")))
            yield each.get("Id", ""), each.get("Type", "").rpartition("/")[2], path.lstrip("/")

    def parse(self, part: str, start: StartTag, end: EndTag | None = None, text: Text | None = None) -> None:
        """Reads a part's XML. Handlers may raise FileRefused."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.buffer_size = BLOCK
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.StartElementHandler = start
        if end:
            parser.EndElementHandler = end
        if text:
            parser.CharacterDataHandler = text
        fed = 0
        with self.zip.open(self.parts[part]) as file:
            while block := file.read(BLOCK):
                parser.Parse(block, False)
                fed += len(block)
                # one tag that never ends, or ever new names of tags, would be gathered in memory
                if fed - parser.CurrentByteIndex > SMALL or len(parser.intern) > NAMES:
                    raise misshapen(self.name)
        parser.Parse(b"", True)

    def _refuse_doctype(self, *declared: object) -> None:
        raise FileRefused(f"{self.name} declares XML entities, as no workbook does. It is not read.")


class GuardedFile(io.BufferedReader):
    """A file for zipfile, which would read a list of parts of any size into memory at once."""

    def read(self, size: int | None = -1, /) -> bytes:
        block = super().read(DIRECTORY + 1 if size is None or size < 0 else min(size, DIRECTORY + 1))
        if len(block) > DIRECTORY:
            raise zipfile.BadZipFile("The list of parts is too long.")
        return block


@contextmanager
def opened(path: Path, name: str, limits: Limits) -> Iterator[Archive]:
    """Raises FileRefused for whatever is wrong with the file, at once or while it is read."""
    try:
        with GuardedFile(io.FileIO(path)) as file:
            archive = Archive(file, name, limits)
            archive.check_kind()
            yield archive
    except FAULTS:
        raise FileRefused(
            f"{name} is damaged, or not what its name says. Open it in a spreadsheet and save it again."
        ) from None


def misshapen(name: str) -> FileRefused:
    return FileRefused(f"{name} is not made as a workbook is. Save it as CSV.")


def local(tag: str) -> str:
    """A tag without its prefix, which is for whoever writes the file to choose."""
    return tag.rpartition(":")[2]
