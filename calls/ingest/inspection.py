"""Looks at a whole log before its first row is written: does the day or the month come first in its dates?"""

from collections.abc import Iterable, Iterator
from itertools import islice

from calls.ingest.times.dates import DAY_FIRST, MONTH_FIRST, UNDECIDED, date_readings, shown_order
from calls.ingest.times.moments import split_clock
from markets.contacts.normalization import clean_text
from markets.imports.mapping import ColumnMapping
from markets.imports.readers import FileRefused, Row
from markets.models import ImportJob

DATED_FIELDS = ("started_at", "started_date", "callback_at", "meeting_at", "reported_at")
FIRST_ROWS = 1000
"""If so many rows have no date whose order is in question, the others are taken to be alike."""


class DateOrderUnknown(FileRefused):
    """Every date of the file can be read in two ways, so the user has to say which."""


def inspect_calls(job: ImportJob, columns: ColumnMapping, rows: Iterable[Row]) -> dict[str, object]:
    """The order of day and month, if dates need one; blank if the file has both, so that only dates with one reading
    are read. Raises DateOrderUnknown."""
    if job.option("date_order"):
        return {}
    positions = [position for field in DATED_FIELDS for position in columns.positions.get(field, ())]
    rows, orders, example = iter(rows), set[str](), ""
    for some in (islice(rows, FIRST_ROWS), rows):
        for order, text in _orders(some, positions):
            orders.add(order)
            if order == UNDECIDED:
                example = example or text
        if not orders:
            return {}
    if orders == {UNDECIDED}:
        first, second = date_readings(split_clock(clean_text(example))[0])
        raise DateOrderUnknown(
            f"Every date of the file can be read in two ways: “{example[:60]}” is {first:%-d %B} or {second:%-d %B}. "
            f"Say which comes first: --date-order {DAY_FIRST} for the day, {MONTH_FIRST} for the month."
        )
    found = orders - {UNDECIDED}
    return {"date_order": found.pop() if len(found) == 1 else ""}


def _orders(rows: Iterable[Row], positions: list[int]) -> Iterator[tuple[str, str]]:
    for _, cells in rows:
        for position in positions:
            text = cells[position] if position < len(cells) else ""
            if text[4:5] != "-" and (order := shown_order(split_clock(clean_text(text))[0])):
                yield order, text
