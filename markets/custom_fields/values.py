"""The values of custom fields, as files have them, as they are stored, and as text."""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

from config.ui.lists.exports import unescape_formula
from markets.contacts.normalization import clean_text
from markets.contacts.values.blanks import means_nothing
from markets.imports.dates import AmbiguousDate, parse_date
from markets.models import CustomField

Value = str | int | float
"""A text, a number, or a date in ISO form. JSON keeps each as it is."""

PREFIX = "custom."
"""Before the keys of custom fields where they stand beside fields of the portal: in what files said and in changes."""
MAX_LENGTH = 500
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,14})?")
GROUPED_NUMBER = re.compile(r"-?[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4}(?:\.[0-9]{1,14})?")
MAX_DIGITS = 15
"""A number with more would not come back the same. It is a text then, as are numbers with leading zeros."""
MIDNIGHT = re.compile(r"[T ]00:00(?::00(?:\.0+)?)?")


@lru_cache(maxsize=20_000)
def clean_cell(cell: str) -> str:
    """The text of a cell; "" if it is blank or a word for nothing."""
    text = clean_text(unescape_formula(cell))
    return "" if means_nothing(text) else text


@lru_cache(maxsize=20_000)
def read_value(kind: str, text: str, date_order: str = "") -> Value | None:
    """The value of a cleaned text, or None if it is not of that kind."""
    match kind:
        case CustomField.Kind.NUMBER:
            return read_number(text)
        case CustomField.Kind.DATE:
            return read_date(text, date_order)
    return text


def read_number(text: str) -> int | float | None:
    if not NUMBER.fullmatch(text):
        if not GROUPED_NUMBER.fullmatch(text):
            return None
        text = text.replace(",", "")
    if sum(map(str.isdigit, text)) > MAX_DIGITS:
        return None
    return float(text) if "." in text else int(text)


def read_date(text: str, date_order: str = "") -> str | None:
    """In ISO form. Dates that can be read in two ways need an order."""
    try:
        day = parse_date(without_midnight(text), date_order)
    except AmbiguousDate:
        return None
    return day.isoformat() if day else None


def without_midnight(text: str) -> str:
    """Spreadsheets write days as moments."""
    return text[: found.start()] if (found := MIDNIGHT.search(text)) and found.end() == len(text) else text


def as_text(value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
    return str(value)


def to_texts(values: Mapping[str, Value]) -> dict[str, str]:
    """Custom values as they stand beside fields of the portal."""
    return {PREFIX + key: value if type(value) is str else as_text(value) for key, value in values.items()}
