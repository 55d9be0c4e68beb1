"""Finds the lines below a table: totals, and what reports print at their end."""

import re

from markets.imports.readers.rows import Row, SkippedLine, SkippedLines
from markets.imports.readers.shapes import is_data

TOTAL = re.compile(
    r"(grand |sub-?|overall )?(total|sum|count|average|record count|total records|summe|gesamt(summe)?|anzahl|somme|"
    r"totale|suma|insgesamt)s?\b[\s:=(]*[\d.,]*\s*(records?|rows?|contacts?|leads?|people|calls?|numbers?|entries)?"
    r"[\s:)]*[\d.,]*",
    re.IGNORECASE,
)
REPORT_END = re.compile(
    r"(copyright|©|\(c\)) .+|.+ all rights reserved\.?|confidential(\W.*)?|.*do not distribute.*|"
    r"(generated|exported|created|printed|downloaded|produced) (by|on|at|from|with)\b.*|page \d+( of \d+)?|"
    r"(prepared|compiled|provided) by\b.*|(sources?|notes?|disclaimer|legend)\s*:.*|as of\b.*\d.*|"
    r"\W{0,9}end( of (report|file|list|data|export))?\W*|report (generated|run|created)\b.*|"
    r"\(?\d+ (records?|rows?|results?|contacts?|leads?)\b.*|-{3,}|={3,}|\*{3,}",
    re.IGNORECASE,
)
AMOUNT = re.compile(r"[$€£]?\s?-?(\d{1,6}|\d{1,3}(,\d{3})+|\d{1,3}(\.\d{3})+)([.,]\d{1,2})?\s?%?|\d{1,4}(:\d\d){1,2}")
MAX_LENGTH = 200
MAX_LINES = 10_000
NUMBER_STARTS = "0123456789+"


class Footer:
    """Follows the rows of a file and keeps the last ones for as long as they look like the end of a report.

    A report's end is recognised by its words, or as lines of one cell after a blank line.
    """

    def __init__(self, *, is_wide: bool, is_padded: bool):
        """In a table that is not wide, a line of one cell is a row like any other.

        In one that is padded, as those of workbooks, it may be a row with one value, unless words speak against it.
        """
        self.is_wide, self.is_padded = is_wide, is_padded
        self.is_open = self._has_report_end = False
        self._start = self._doubtful_start = -1
        self._lines, self._doubtful = SkippedLines(), SkippedLines()

    def see(self, position: int, row: Row, *, is_after_gap: bool, is_short: bool) -> None:
        """Takes the row at `position`, counted from 0. A row is short if it lacks columns of the table."""
        filled = [text for cell in row[1] if (text := cell.strip())]
        text = " ".join(filled[0][:MAX_LENGTH].split()) if filled else ""
        if self.is_too_long:
            if len(filled) > 1:
                self._forget()
        elif not self.is_wide and text[:1] in NUMBER_STARTS and text[-1:].isdecimal():
            self.pass_by()
        elif (len(filled) == 1 or is_short) and REPORT_END.fullmatch(text):
            self._has_report_end = True
            self._add(position, row)
        elif TOTAL.fullmatch(text) and all(AMOUNT.fullmatch(each) or TOTAL.fullmatch(each) for each in filled[1:]):
            self._add(position, row)
        elif not self._may_be_a_line(position, filled, is_short=is_short):
            self.pass_by()
        elif self._start >= 0 or (is_after_gap and " " in text and not self.is_padded):
            self._add(position, row)
        elif is_after_gap or self.is_open:
            self._doubtful_start = position if self._doubtful_start < 0 else self._doubtful_start
            self._doubtful.add(row)
            self.is_open = True
            if self._doubtful.count > MAX_LINES:
                self._forget()

    def pass_by(self) -> None:
        """The row is certainly part of the table, and so are those before it."""
        if self.is_open:
            self._forget()

    @property
    def is_too_long(self) -> bool:
        return self._lines.count > MAX_LINES

    def close(self, count: int) -> tuple[int, list[SkippedLine]]:
        """How many of the `count` rows are the table's, and the lines below it."""
        if self._has_report_end and self._doubtful_start >= 0:
            return self._doubtful_start, [*self._doubtful.all(), *self._lines.all()]
        return (self._start, self._lines.all()) if self._start >= 0 else (count, [])

    def _may_be_a_line(self, position: int, filled: list[str], *, is_short: bool) -> bool:
        if not (self.is_wide and (is_short or self.is_padded) and position and len(filled) == 1):
            return False
        return not is_data(filled[0]) and "@" not in filled[0] and "://" not in filled[0]

    def _add(self, position: int, row: Row) -> None:
        self._start = position if self._start < 0 else self._start
        self._lines.add(row)
        self.is_open = True

    def _forget(self) -> None:
        self._start = self._doubtful_start = -1
        self._lines, self._doubtful = SkippedLines(), SkippedLines()
        self._has_report_end = self.is_open = False
