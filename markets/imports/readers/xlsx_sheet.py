"""One sheet of a workbook, from its XML to rows of text."""

from array import array
from collections.abc import Callable
from functools import cache
from mmap import ACCESS_READ, mmap
from tempfile import TemporaryFile

from markets.imports.readers.archives import DEPTH, Archive, local, misshapen
from markets.imports.readers.cells import BUILT_IN, kind_of_format, number, unescape
from markets.imports.readers.limits import LONGEST_CELL, FileRefused, Limits

STRINGS = 5_000_000
STYLES = 100_000
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
DIGITS = "0123456789"


class SharedStrings:
    """The texts that cells refer to by number, in a file of their own, as there may be any number of them."""

    def __init__(self, archive: Archive, part: str):
        self.name = archive.name
        self._ends = array("Q", [0])
        self._bytes: mmap | bytes = b""
        self._depth = self._phonetic = 0
        self._texts: list[str] = []
        self._in_text = False
        if part:
            self._file = TemporaryFile()  # noqa: SIM115
            with self._file:
                archive.parse(part, self._start, self._end, self._text)
                self._file.flush()
                if self._ends[-1]:
                    self._bytes = mmap(self._file.fileno(), 0, access=ACCESS_READ)

    def __getitem__(self, place: int) -> str:
        if not 0 <= place < len(self._ends) - 1:
            raise LookupError(place)
        return self._bytes[self._ends[place] : self._ends[place + 1]].decode()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEPTH:
            raise misshapen(self.name)
        name = local(tag)
        self._in_text = name == "t" and not self._phonetic
        if name == "rPh":
            self._phonetic = self._depth

    def _text(self, text: str) -> None:
        if self._in_text:
            self._texts.append(text)
            check_length(self._texts, self.name, "A cell")

    def _end(self, tag: str) -> None:
        name = local(tag)
        self._in_text = False
        if self._phonetic == self._depth:
            self._phonetic = 0
        self._depth -= 1
        if name == "si":
            size = self._file.write(unescape("".join(self._texts)).encode())
            self._texts.clear()
            self._ends.append(self._ends[-1] + size)
            if len(self._ends) > STRINGS:
                raise FileRefused(f"{self.name} has more than {STRINGS:,} texts. Save it as CSV.")


def read_styles(archive: Archive, part: str) -> list[str]:
    """What numbers are in each style of the workbook, as markets.imports.readers.cells.number takes it."""
    kinds = dict(BUILT_IN)
    styles: list[str] = []
    is_used = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal is_used
        name = local(tag)
        if name == "numFmt" and len(kinds) < STYLES:
            kinds[int(attributes["numFmtId"])] = kind_of_format(attributes["formatCode"][:200])
        elif name in ("cellXfs", "cellStyleXfs"):
            is_used = name == "cellXfs"
        elif name == "xf" and is_used and len(styles) < STYLES:
            styles.append(kinds.get(int(attributes.get("numFmtId", 0)), ""))

    if part:
        archive.parse(part, start)
    return styles


class SheetReader:
    """Gathers the cells of a sheet row by row. Rows and cells that are blank cost nothing."""

    def __init__(
        self,
        name: str,
        limits: Limits,
        strings: SharedStrings,
        styles: list[str],
        take: Callable[[int, list[str]], None],
        *,
        since_1904: bool = False,
    ):
        self.name, self.limits, self.strings, self.styles = name, limits, strings, styles
        self.take, self.since_1904 = take, since_1904
        self.row = self.column = self.depth = 0
        self.cells: list[str] = []
        self.kind, self.style = "n", ""
        self.texts: list[str] = []
        self.takes_text = self.has_formula = False
        self.phonetic = 0

    def read(self, archive: Archive, part: str) -> None:
        archive.parse(part, self.start, self.end, self.text)
        self._check_no_row_is_open()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEPTH:
            raise misshapen(self.name)
        if ":" in tag:
            tag = local(tag)
        if tag == "c":
            self._start_cell(attributes)
        elif tag == "v" or tag == "t":
            self.takes_text = not self.phonetic
        elif tag == "f":
            self.has_formula = True
        elif tag == "row":
            self._start_row(attributes)
        elif tag == "rPh":
            self.phonetic = self.depth

    def end(self, tag: str) -> None:
        if ":" in tag:
            tag = local(tag)
        self.takes_text = False
        if self.phonetic == self.depth:
            self.phonetic = 0
        self.depth -= 1
        if tag == "c":
            self._end_cell()
        elif tag == "row" and self.cells:
            self.take(self.row, self.cells)
            self.cells = []

    def text(self, text: str) -> None:
        if self.takes_text:
            self.texts.append(text)
            if len(self.texts) > 1:
                check_length(self.texts, self.name, f"Row {self.row}")

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._check_no_row_is_open()
        given = attributes.get("r")
        before, self.row = self.row, int(given) if given else self.row + 1
        self.column = 0
        if not 1 <= self.row <= LAST_ROW:
            raise LookupError(self.row)
        if self.row <= before:
            where = f"after row {before:,}" if self.row < before else "more than once"
            raise FileRefused(f"{self.name} has row {self.row:,} {where}, as no spreadsheet writes it. Save it as CSV.")

    def _check_no_row_is_open(self) -> None:
        """Cells beside the rows, or of a row in a row, would be lost."""
        if self.cells:
            raise misshapen(self.name)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        given = attributes.get("r")
        self.column = column_of(given.rstrip(DIGITS)) if given else self.column + 1
        self.kind = attributes.get("t", "n")
        style = attributes.get("s")
        self.style = self.styles[int(style)] if style and int(style) < len(self.styles) else ""
        self.has_formula = False
        if self.texts:
            self.texts = []

    def _end_cell(self) -> None:
        raw = "".join(self.texts)
        if not raw:
            if self.has_formula and self.kind != "str":
                raise FileRefused(
                    f"{self.name} has a formula in row {self.row} whose result was never kept. "
                    "Open it in a spreadsheet, save it there and try again."
                )
            return
        value = self._value(raw)
        if not value:
            return
        if self.column > self.limits.columns:
            raise FileRefused(
                f"{self.name} has something in row {self.row:,}, column {self.column:,}; at most "
                f"{self.limits.columns:,} columns are read. Delete the columns that are not needed."
            )
        if self.column > len(self.cells):
            self.cells.extend([""] * (self.column - len(self.cells)))
        elif self.cells[self.column - 1]:
            raise FileRefused(f"{self.name} has a cell more than once in row {self.row:,}. Save it as CSV.")
        self.cells[self.column - 1] = value

    def _value(self, raw: str) -> str:
        if self.kind == "s":
            return self.strings[int(raw)]
        if self.kind == "n":
            return number(raw, self.style, since_1904=self.since_1904)
        if self.kind == "b":
            return "TRUE" if raw == "1" else "FALSE"
        if self.kind == "d":
            return raw.replace("T", " ").removesuffix(" 00:00:00").removesuffix("Z")
        return unescape(raw)


@cache
def column_of(letters: str) -> int:
    """The number of a column from its letters, counted from 1."""
    if not (letters.isascii() and letters.isalpha() and len(letters) <= 3):
        raise LookupError(letters)
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    if column > LAST_COLUMN:
        raise LookupError(letters)
    return column


def check_length(texts: list[str], name: str, where: str) -> None:
    if sum(map(len, texts)) > LONGEST_CELL:
        raise FileRefused(f"{where} of {name} has a cell of more than {LONGEST_CELL:,} characters.")
