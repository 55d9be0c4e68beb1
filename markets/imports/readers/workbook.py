"""An Excel workbook: its first sheet with something in it becomes text once, which is then read like a CSV file."""

import csv
import io
import os
import weakref
from collections.abc import Generator
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from markets.imports.readers.archives import Archive, local, opened
from markets.imports.readers.limits import FileRefused, Limits
from markets.imports.readers.xlsx_sheet import SharedStrings, SheetReader, read_styles

SHEETS = 10_000
BLOCK = 1 << 18
SPARE = 10
"""Rows above the ones that count: a header, or what stands before it."""


class Workbook:
    """The rows of a workbook in a file of their own, which has no name and so is gone with the process."""

    encoding = delimiter = ""

    def __init__(self, path: Path, name: str, limits: Limits):
        self.name, self.limits = name, limits
        self._file: BinaryIO = TemporaryFile()  # noqa: SIM115
        weakref.finalize(self, self._file.close)
        self._count = self._size = self._widest = 0
        with opened(path, name, limits) as archive:
            self.sheet, self.others = self._convert(archive)
        self._file.flush()

    @property
    def format_description(self) -> str:
        others = ", ".join(f"“{other}”" for other in self.others[:5])
        more = f" and {len(self.others) - 5} more" if len(self.others) > 5 else ""
        return f"Excel workbook, sheet “{self.sheet}”" + (f"; not read: {others}{more}" if others else "")

    def records(self) -> Generator[tuple[int, list[str]]]:
        """Everything but blank rows, each with its row number. All have as many cells as the widest."""
        widest = self._widest
        with io.TextIOWrapper(io.BufferedReader(_Pass(self._file), BLOCK), encoding="utf-8", newline="") as text:
            for line, *cells in csv.reader(text):
                if len(cells) < widest:
                    cells.extend([""] * (widest - len(cells)))
                yield int(line), cells

    def _convert(self, archive: Archive) -> tuple[str, list[str]]:
        """The name of the sheet that was read, and those of the others."""
        book = next((path for _, kind, path in archive.relations("") if kind == "officeDocument"), "xl/workbook.xml")
        relations = list(archive.relations(book))
        paths = {key: path for key, kind, path in relations if kind == "worksheet"}
        by_kind = {kind: path for _, kind, path in relations if path in archive.parts}
        sheets, since_1904 = _sheets_of(archive, book)
        strings = SharedStrings(archive, by_kind.get("sharedStrings", ""))
        styles = read_styles(archive, by_kind.get("styles", ""))
        text = io.TextIOWrapper(self._file, encoding="utf-8", newline="")
        self._writer = csv.writer(text)
        for name, key, is_visible in sheets:
            if is_visible and key in paths:
                reader = SheetReader(self.name, self.limits, strings, styles, self._take, since_1904=since_1904)
                reader.read(archive, paths[key])
                if self._count:
                    text.flush()
                    text.detach()
                    return name, [other for other, _, _ in sheets if other != name]
        raise FileRefused(f"{self.name} is empty: no visible sheet of it has anything in it.")

    def _take(self, line: int, cells: list[str]) -> None:
        if not any(map(str.strip, cells)):
            return
        self._count += 1
        self._size += sum(map(len, cells))
        self._widest = max(self._widest, len(cells))
        if self._count > self.limits.rows + SPARE:
            self.limits.check_rows(self.name, self._count)
        if self._size > self.limits.unpacked:
            raise FileRefused(f"The cells of {self.name} repeat more text than is read. Split it, or save it as CSV.")
        self._writer.writerow([line, *cells])


class _Pass(io.RawIOBase):
    """One reading of a file that others may be reading too, each at its own place."""

    def __init__(self, file: BinaryIO):
        self.file = file
        self.place = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        block = os.pread(self.file.fileno(), len(buffer), self.place)
        buffer[: len(block)] = block
        self.place += len(block)
        return len(block)


def _sheets_of(archive: Archive, book: str) -> tuple[list[tuple[str, str, bool]], bool]:
    """The name, key and visibility of each sheet, and whether days are counted from 1904."""
    sheets: list[tuple[str, str, bool]] = []
    since_1904 = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal since_1904
        if local(tag) == "workbookPr":
            since_1904 = attributes.get("date1904") in ("1", "true")
        elif local(tag) == "sheet" and len(sheets) < SHEETS:
            key = next((value for name, value in attributes.items() if local(name) == "id"), "")
            sheets.append((attributes.get("name", "")[:100], key, attributes.get("state", "visible") == "visible"))

    archive.parse(book, start)
    return sheets, since_1904
