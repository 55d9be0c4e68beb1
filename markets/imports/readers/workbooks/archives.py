"""XLSX and ODS files are ZIP archives of XML parts. Both layers are read in a stream and guarded against bombs."""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from xml.parsers import expat

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.ui.formats import number
from markets.imports.readers.limits import FileRefused, Limits

MAX_ENTRIES = 5_000
MAX_RATIO = 200
RATIO_CHECKED_FROM = 1 << 20
"""Bytes of an unpacked part. Smaller ones may be compressed at any ratio."""
BLOCK = 1 << 16
MAX_DIRECTORY = 1 << 20
MAX_UNPARSED = 1 << 20
MAX_DEPTH = 100
MAX_NAMES = 5_000
ODS_TYPES = (b"", b"application/vnd.oasis.opendocument.spreadsheet")
OTHER_FORMATS = {
    "word/document.xml": _("a Word document, not a table"),
    "ppt/presentation.xml": _("a PowerPoint presentation, not a table"),
    "xl/workbook.bin": _("a binary Excel workbook (XLSB). Save it as XLSX or CSV"),
    "content.xml": _("an OpenDocument file of another kind, not a table"),
    "Index/Document.iwa": _("a Numbers or another iWork document. Export it as XLSX or CSV"),
}
PARSE_ERRORS = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, LookupError, NotImplementedError, RuntimeError,
    UnicodeError, ValueError,
)  # fmt: skip
"""What zipfile, expat and the handlers raise for truncated, corrupt or malicious files."""

StartHandler = Callable[[str, dict[str, str]], None]
EndHandler = Callable[[str], None]
TextHandler = Callable[[str], None]


class Relationship(NamedTuple):
    id: str
    kind: str
    path: str


class Archive:
    """An open XLSX or ODS file. The sizes claimed by the ZIP directory are checked before anything is unpacked."""

    def __init__(self, file: "BoundedReader", name: str, limits: Limits):
        self.name = name
        self.zip = zipfile.ZipFile(file)
        entries = self.zip.infolist()
        self.parts = {entry.filename: entry for entry in entries}
        if len(entries) > MAX_ENTRIES:
            raise FileRefused(
                gettext("%(name)s has %(entries)s parts, more than any workbook has. It is not read.")
                % {"name": name, "entries": number(len(entries))}
            )
        if any(entry.flag_bits & 1 for entry in entries):
            raise FileRefused(gettext("%(name)s is protected with a password. Save it without one.") % {"name": name})
        if (unpacked := sum(entry.file_size for entry in entries)) > limits.unpacked:
            raise FileRefused(
                gettext(
                    "%(name)s would be %(unpacked)s MB once unpacked; at most %(most)s MB are read. Split it, or "
                    "save it as CSV."
                )
                % {"name": name, "unpacked": f"{unpacked / 1024**2:,.0f}", "most": f"{limits.unpacked / 1024**2:,.0f}"}
            )
        for entry in entries:
            if entry.file_size > max(RATIO_CHECKED_FROM, MAX_RATIO * entry.compress_size):
                raise FileRefused(
                    gettext(
                        "%(name)s is packed more tightly than a table can be, as a trap would be. It is not read; if "
                        "it is a table, save it as CSV."
                    )
                    % {"name": name}
                )

    def is_xlsx(self) -> bool:
        return "[Content_Types].xml" in self.parts and any(part.endswith("workbook.xml") for part in self.parts)

    def is_document(self) -> bool:
        """True for the parts of one document, False for files that were packed."""
        return self.is_xlsx() or any(part in self.parts for part in OTHER_FORMATS)

    def check_is_ods(self) -> None:
        """Raises FileRefused with the name of the format that the archive has instead."""
        if "content.xml" in self.parts and self._mimetype() in ODS_TYPES:
            return
        for part, description in OTHER_FORMATS.items():
            if part in self.parts:
                raise FileRefused(
                    gettext("%(name)s is %(description)s.") % {"name": self.name, "description": description}
                )
        raise FileRefused(gettext("%(name)s is a ZIP archive, not a workbook. Unpack it first.") % {"name": self.name})

    def _mimetype(self) -> bytes:
        """The type that an OpenDocument file declares in its first part. Tolerates files without one."""
        if "mimetype" not in self.parts:
            return b""
        with self.zip.open("mimetype") as file:
            return file.read(200).strip()

    def relationships(self, part: str) -> Iterator[Relationship]:
        """The parts that a part of an XLSX file refers to; "" stands for the package itself."""
        folder, name = posixpath.split(part)
        elements: list[dict[str, str]] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            if local_name(tag) == "Relationship":
                elements.append(attributes)

        self.parse(posixpath.join(folder, "_rels", f"{name}.rels"), start)
        for each in elements:
            path = posixpath.normpath(posixpath.join("/", folder, each.get("Target", "")))
            yield Relationship(each.get("Id", ""), each.get("Type", "").rpartition("/")[2], path.lstrip("/"))

    def parse(
        self, part: str, start: StartHandler, end: EndHandler | None = None, text: TextHandler | None = None
    ) -> None:
        """Parses the XML of a part in blocks. Handlers may raise FileRefused."""
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
                # expat keeps an unfinished tag and every distinct name in memory
                if fed - parser.CurrentByteIndex > MAX_UNPARSED or len(parser.intern) > MAX_NAMES:
                    raise malformed(self.name)
        parser.Parse(b"", True)

    def _refuse_doctype(self, *declaration: object) -> None:
        raise FileRefused(
            gettext("%(name)s declares XML entities, as no workbook does. It is not read.") % {"name": self.name}
        )


class BoundedReader(io.BufferedReader):
    """A file for zipfile, which would otherwise read a ZIP directory of any size into memory at once."""

    def read(self, size: int | None = -1, /) -> bytes:
        block = super().read(MAX_DIRECTORY + 1 if size is None or size < 0 else min(size, MAX_DIRECTORY + 1))
        if len(block) > MAX_DIRECTORY:
            raise zipfile.BadZipFile("The ZIP directory is too long.")
        return block


@contextmanager
def open_archive(path: Path, name: str, limits: Limits) -> Iterator[Archive]:
    """Raises FileRefused if the file is damaged, whether that shows now or while its parts are read."""
    try:
        with BoundedReader(io.FileIO(path)) as file:
            yield Archive(file, name, limits)
    except PARSE_ERRORS:
        raise FileRefused(
            gettext("%(name)s is damaged, or not what its name says. Open it in a spreadsheet and save it again.")
            % {"name": name}
        ) from None


def malformed(name: str) -> FileRefused:
    return FileRefused(gettext("%(name)s is not made as a workbook is. Save it as CSV.") % {"name": name})


def local_name(tag: str) -> str:
    """The name without its namespace prefix: each program that writes the file chooses its own prefixes."""
    return tag.rpartition(":")[2]
