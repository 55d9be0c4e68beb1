"""One sheet of an XLSX workbook, from XML to rows of text."""

import string
from array import array
from functools import cache
from mmap import ACCESS_READ, mmap
from tempfile import TemporaryFile

from django.utils.translation import gettext

from config.ui.formats import number
from markets.imports.readers.limits import FileRefused, check_cell_length
from markets.imports.readers.workbooks.archives import MAX_DEPTH, Archive, local_name, malformed
from markets.imports.readers.workbooks.cells import BUILT_IN_FORMATS, format_number, kind_of_format, unescape
from markets.imports.readers.workbooks.merged import MergedRange
from markets.imports.readers.workbooks.spool import UNCALCULATED, RowSpool

MAX_STRINGS = 5_000_000
MAX_FORMATS = 100_000
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
DIGITS = "0123456789"


class SharedStrings:
    """The texts that cells refer to by index. They are kept in a temporary file, as there can be millions."""

    def __init__(self, archive: Archive, part: str):
        self.name = archive.name
        self._ends = array("Q", [0])
        self._bytes: mmap | bytes = b""
        self._depth = self._phonetic_depth = 0
        self._texts: list[str] = []
        self._is_in_text = False
        if part:
            self._file = TemporaryFile()  # noqa: SIM115
            with self._file:
                archive.parse(part, self._start, self._end, self._text)
                self._file.flush()
                if self._ends[-1]:
                    self._bytes = mmap(self._file.fileno(), 0, access=ACCESS_READ)

    def __getitem__(self, index: int) -> str:
        if not 0 <= index < len(self._ends) - 1:
            raise LookupError(index)
        return self._bytes[self._ends[index] : self._ends[index + 1]].decode()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise malformed(self.name)
        name = local_name(tag)
        self._is_in_text = name == "t" and not self._phonetic_depth
        if name == "rPh":
            self._phonetic_depth = self._depth

    def _text(self, text: str) -> None:
        if self._is_in_text:
            self._texts.append(text)
            check_cell_length(self.name, sum(map(len, self._texts)), gettext("A cell"))

    def _end(self, tag: str) -> None:
        name = local_name(tag)
        self._is_in_text = False
        if self._phonetic_depth == self._depth:
            self._phonetic_depth = 0
        self._depth -= 1
        if name == "si":
            size = self._file.write(unescape("".join(self._texts)).encode())
            self._texts.clear()
            self._ends.append(self._ends[-1] + size)
            if len(self._ends) > MAX_STRINGS:
                raise FileRefused(
                    gettext("%(name)s has more than %(max_strings)s texts. Save it as CSV.")
                    % {"name": self.name, "max_strings": number(MAX_STRINGS)}
                )


def read_number_formats(archive: Archive, part: str) -> list[str]:
    """For each cell style, what numbers in it stand for, as `format_number` takes it."""
    kinds = dict(BUILT_IN_FORMATS)
    formats: list[str] = []
    is_in_cell_styles = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal is_in_cell_styles
        name = local_name(tag)
        if name == "numFmt" and len(kinds) < MAX_FORMATS:
            kinds[int(attributes["numFmtId"])] = kind_of_format(attributes["formatCode"][:200])
        elif name in ("cellXfs", "cellStyleXfs"):
            is_in_cell_styles = name == "cellXfs"
        elif name == "xf" and is_in_cell_styles and len(formats) < MAX_FORMATS:
            formats.append(kinds.get(int(attributes.get("numFmtId", 0)), ""))

    if part:
        archive.parse(part, start)
    return formats


class SheetReader:
    """Collects the cells of a sheet row by row. Blank rows and cells cost nothing, wherever they are."""

    def __init__(
        self,
        name: str,
        spool: RowSpool,
        strings: SharedStrings,
        formats: list[str],
        *,
        since_1904: bool = False,
        fills_merged: bool = False,
    ):
        self.name, self.spool, self.strings, self.formats = name, spool, strings, formats
        self.since_1904, self.fills_merged = since_1904, fills_merged
        self.row = self.column = self.depth = 0
        self.cells: list[str] = []
        self.type, self.format = "n", ""
        self.texts: list[str] = []
        self.is_in_text = self.has_formula = False
        self.phonetic_depth = 0

    def read(self, archive: Archive, part: str) -> None:
        archive.parse(part, self.start, self.end, self.text)
        self._check_no_row_is_open()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise malformed(self.name)
        if ":" in tag:
            tag = local_name(tag)
        if tag == "c":
            self._start_cell(attributes)
        elif tag == "v" or tag == "t":
            self.is_in_text = not self.phonetic_depth
        elif tag == "f":
            self.has_formula = True
        elif tag == "row":
            self._start_row(attributes)
        elif tag == "rPh":
            self.phonetic_depth = self.depth
        elif tag == "mergeCell" and self.fills_merged and self.spool.row_count:
            self.spool.merged.add(_merged_range(attributes["ref"]))

    def end(self, tag: str) -> None:
        if ":" in tag:
            tag = local_name(tag)
        self.is_in_text = False
        if self.phonetic_depth == self.depth:
            self.phonetic_depth = 0
        self.depth -= 1
        if tag == "c":
            self._end_cell()
        elif tag == "row" and self.cells:
            self.spool.add(self.row, self.cells)
            self.cells = []

    def text(self, text: str) -> None:
        if self.is_in_text:
            self.texts.append(text)
            if len(self.texts) > 1:
                check_cell_length(self.name, sum(map(len, self.texts)), gettext("Row %(row)s") % {"row": self.row})

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._check_no_row_is_open()
        said = attributes.get("r")
        before, self.row = self.row, int(said) if said else self.row + 1
        self.column = 0
        if not 1 <= self.row <= LAST_ROW:
            raise LookupError(self.row)
        if self.row <= before:
            where = (
                gettext("after row %(before)s") % {"before": number(before)}
                if self.row < before
                else gettext("more than once")
            )
            raise FileRefused(
                gettext("%(name)s has row %(row)s %(where)s, as no spreadsheet writes it. Save it as CSV.")
                % {"name": self.name, "row": number(self.row), "where": where}
            )

    def _check_no_row_is_open(self) -> None:
        """Cells outside of rows, or in a row inside another row, would be lost."""
        if self.cells:
            raise malformed(self.name)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        self.column = column_number(reference.rstrip(DIGITS)) if reference else self.column + 1
        self.type = attributes.get("t", "n")
        style = attributes.get("s")
        self.format = self.formats[int(style)] if style and int(style) < len(self.formats) else ""
        self.has_formula = False
        if self.texts:
            self.texts = []

    def _end_cell(self) -> None:
        raw = "".join(self.texts)
        if not raw:
            if not self.has_formula or self.type == "str":
                return
            self.spool.has_uncalculated = True
        value = self._value(raw) if raw else UNCALCULATED
        if not value:
            return
        self.spool.limits.check_cell_column(self.name, self.row, self.column)
        if self.column > len(self.cells):
            self.cells.extend([""] * (self.column - len(self.cells)))
        elif self.cells[self.column - 1]:
            raise FileRefused(
                gettext("%(name)s has a cell more than once in row %(row)s. Save it as CSV.")
                % {"name": self.name, "row": number(self.row)}
            )
        self.cells[self.column - 1] = value

    def _value(self, raw: str) -> str:
        if self.type == "s":
            return self.strings[int(raw)]
        if self.type == "n":
            return format_number(raw, self.format, since_1904=self.since_1904)
        if self.type == "b":
            return "TRUE" if raw == "1" else "FALSE"
        if self.type == "d":
            return raw.replace("T", " ").removesuffix(" 00:00:00").removesuffix("Z")
        return unescape(raw)


def _merged_range(reference: str) -> MergedRange:
    """Raises LookupError or ValueError for what is not a range."""
    first, _, last = reference.partition(":")
    letters = first.rstrip(DIGITS)
    last_row = (last or first).lstrip(string.ascii_letters)
    return MergedRange(int(first[len(letters) :]), int(last_row), column_number(letters) - 1)


@cache
def column_number(letters: str) -> int:
    """Counted from 1. Raises LookupError for what is not the name of a column."""
    if not (letters.isascii() and letters.isalpha() and len(letters) <= 3):
        raise LookupError(letters)
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    if column > LAST_COLUMN:
        raise LookupError(letters)
    return column
