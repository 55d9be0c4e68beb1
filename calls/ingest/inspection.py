"""Looks at a whole log before its first row is written: does the day or the month come first in its dates?"""

from collections.abc import Iterable, Iterator
from itertools import islice

from django.utils.translation import gettext as _

from calls.ingest.times.moments import split_clock
from config.ui.dates import long_day_of_year
from markets.contacts.normalization import clean_text
from markets.imports.dates import DAY_FIRST, EITHER_WAY, MONTH_FIRST, UNDECIDED, date_readings, shown_order
from markets.imports.mapping import ColumnMapping
from markets.imports.readers import FileRefused, Row
from markets.models import ImportJob

DATED_FIELDS = ("started_at", "started_date", "callback_at", "meeting_at", "reported_at")
NO_ORDER = ""
FIRST_ROWS = 1000
"""If so many rows have no date whose order is in question, the others are taken to be alike."""


class DateOrderUnknown(FileRefused):
    """Every date of the file can be read in two ways, so the user has to say which."""


def inspect_calls(job: ImportJob, columns: ColumnMapping, rows: Iterable[Row]) -> dict[str, object]:
    """The order of day and month, if dates need one; blank if the file does not show one, so that only dates with one
    reading are read. Raises DateOrderUnknown if a column has no other dates than those with two."""
    if job.option("date_order"):
        return {}
    positions = [position for field in DATED_FIELDS for position in columns.positions.get(field, ())]
    rows, shown, examples = iter(rows), {position: set[str]() for position in positions}, dict[int, str]()
    for some in (islice(rows, FIRST_ROWS), rows):
        for position, order, text in _orders(some, positions):
            shown[position].add(order)
            if order == UNDECIDED:
                examples.setdefault(position, text)
        if not any(shown[position] - {NO_ORDER} for position in positions):
            return {}
    found = set().union(*shown.values()) - {UNDECIDED, NO_ORDER}
    if not found:
        for position, text in examples.items():
            if shown[position] == {UNDECIDED}:
                raise _unknown(text)
    return {"date_order": found.pop() if len(found) == 1 else ""}


def _orders(rows: Iterable[Row], positions: list[int]) -> Iterator[tuple[int, str, str]]:
    """Position, order and text of each date. Most are in ISO format and are not looked at."""
    for _line, cells in rows:
        for position in positions:
            text = cells[position] if position < len(cells) else ""
            if text[4:5] == "-":
                yield position, NO_ORDER, text
                continue
            date = split_clock(clean_text(text))[0]
            order = shown_order(date)
            if order != EITHER_WAY and (order or date_readings(date)):
                yield position, order, text


def _unknown(text: str) -> DateOrderUnknown:
    first, second = date_readings(split_clock(clean_text(text))[0])
    problem = _(
        "Every date of the file can be read in two ways: “%(text)s” is %(first)s or %(second)s. Say whether the day or "
        "the month comes first (--date-order %(day_first)s or %(month_first)s on the command line)."
    )
    days = {"first": long_day_of_year(first), "second": long_day_of_year(second)}
    return DateOrderUnknown(problem % {"text": text[:60], **days, "day_first": DAY_FIRST, "month_first": MONTH_FIRST})
