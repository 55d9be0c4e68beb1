"""Looks at whole columns before the first row is written: is a column a number, a date, a choice or a text?"""

from collections.abc import Iterable, Sequence
from itertools import batched
from typing import TypedDict

from markets.custom_fields.fields import field_key, fields_by_key
from markets.custom_fields.values import clean_cell, read_number, without_midnight
from markets.imports.dates import EITHER_WAY, UNDECIDED, date_readings, shown_order
from markets.imports.mapping import ColumnMapping
from markets.imports.readers import Row
from markets.models import CustomField, ImportJob
from markets.models.custom_fields import MAX_CUSTOM_FIELDS

MAX_CHOICES = 12
ROWS_PER_CHOICE = 3
MAX_CHOICE_LENGTH = 60
BATCH = 2000


class FoundColumn(TypedDict):
    """A column to be kept, as JSON in `found` of the job's options."""

    header: str
    key: str
    """Of the custom field."""
    kind: str
    date_order: str


class ColumnValues:
    """What the values of a column have in common."""

    def __init__(self, date_order: str = ""):
        """`date_order` is for dates that can be read in two ways, if no other date of the column shows the order."""
        self.count = 0
        self.distinct: set[str] = set()
        """At most one more than MAX_CHOICES."""
        self.is_number = self.is_date = True
        self._said_order = date_order
        self._orders: set[str] = set()

    def add(self, cells: Sequence[str]) -> None:
        text_of = {cell: clean_cell(cell) for cell in set(cells)}
        self.count += len(cells) - sum(cells.count(cell) for cell, text in text_of.items() if not text)
        new = set(text_of.values()) - self.distinct - {""}
        if self.is_number:
            self.is_number = all(read_number(text) is not None for text in new)
        if self.is_date:
            self.is_date = all(self._add_date(without_midnight(text)) for text in new)
        if len(self.distinct) <= MAX_CHOICES:
            self.distinct |= new
            if any(len(text) > MAX_CHOICE_LENGTH for text in new):
                self.distinct |= set(map(str, range(MAX_CHOICES + 1)))

    def _add_date(self, text: str) -> bool:
        self._orders.add(shown_order(text))
        return bool(date_readings(text))

    @property
    def is_settled(self) -> bool:
        """No further value would make it anything but a text."""
        return bool(self.count) and not self.is_number and not self.is_date and len(self.distinct) > MAX_CHOICES

    @property
    def date_order(self) -> str | None:
        """None if the dates have no order in common, or it cannot be known."""
        orders = self._orders - {"", EITHER_WAY, UNDECIDED}
        if not orders and UNDECIDED in self._orders:
            return self._said_order or None
        return None if len(orders) > 1 else orders.pop() if orders else ""

    @property
    def kind(self) -> CustomField.Kind:
        if self.is_number:
            return CustomField.Kind.NUMBER
        if self.is_date and self.date_order is not None:
            return CustomField.Kind.DATE
        is_choice = len(self.distinct) <= MAX_CHOICES and self.count >= ROWS_PER_CHOICE * len(self.distinct)
        return CustomField.Kind.CHOICE if is_choice else CustomField.Kind.TEXT

    def kind_in(self, field: CustomField) -> CustomField.Kind:
        """The kind of a known field with these values, too: its own if all fit, else text."""
        fits = {
            CustomField.Kind.NUMBER: self.is_number,
            CustomField.Kind.DATE: self.is_date and self.date_order is not None,
            CustomField.Kind.CHOICE: len(self.distinct | set(field.choices)) <= MAX_CHOICES,
        }
        kind = CustomField.Kind(field.kind)
        return kind if fits.get(kind) else CustomField.Kind.TEXT


def inspect_people(job: ImportJob, columns: ColumnMapping, rows: Iterable[Row]) -> dict[str, object]:
    """The columns that are kept as custom fields, and the headers of those for which there is no room."""
    seen = {position: ColumnValues(job.option("date_order", "")) for position in columns.custom_positions}
    unsettled = dict(seen)
    for batch in batched(rows if seen else (), BATCH):
        readable = [cells for _, cells in batch if len(cells) == len(columns.header) or not columns.width_error(cells)]
        for position, values in unsettled.items():
            values.add([cells[position] for cells in readable if position < len(cells)])
        unsettled = {position: values for position, values in unsettled.items() if not values.is_settled}
        if not unsettled:
            break
    return _kept(job, {columns.header[position]: values for position, values in seen.items() if values.count})


def _kept(job: ImportJob, seen: dict[str, ColumnValues]) -> dict[str, object]:
    if not seen:
        return {}
    fields = list(job.workspace.custom_fields.all())
    known, room = fields_by_key(fields), MAX_CUSTOM_FIELDS - len(fields)
    kept: list[FoundColumn] = []
    new: set[str] = set()
    left_out = []
    for header, values in seen.items():
        field, key = known.get(field_key(header)), field_key(header)
        if field is None and key not in new:
            if len(new) >= room:
                left_out.append(header)
                continue
            new.add(key)
        kept.append(
            {
                "header": header,
                "key": field.key if field else key,
                "kind": (values.kind_in(field) if field else values.kind).value,
                "date_order": values.date_order or "",
            }
        )
    return {"custom": kept, "custom_left_out": left_out}


def kept_columns(job: ImportJob) -> list[str]:
    """The headers of the columns that the inspection found to be custom fields."""
    return [each["header"] for each in (job.option("found") or {}).get("custom", ())]
