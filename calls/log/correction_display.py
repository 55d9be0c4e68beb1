"""What was corrected on a call, in the words of its page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, Exists, Field, OuterRef, Q
from django.utils.dateparse import parse_datetime

from calls.models import Call, Correction


@dataclass(frozen=True)
class FieldChange:
    """One field of a call before and after: texts, or aware moments where `is_moment`."""

    label: str
    before: str | datetime
    after: str | datetime
    is_moment: bool = False


def field_changes(correction: Correction) -> Iterator[FieldChange]:
    """In the order in which a call names its fields."""
    names = correction.before.keys() | correction.after.keys()
    for field in Call._meta.concrete_fields:
        if field.name in names:
            before, after = (
                _display_value(field, each.get(field.name)) for each in (correction.before, correction.after)
            )
            label = "Outcome" if field.name == "disposition" else str(field.verbose_name).capitalize()
            yield FieldChange(label, before, after, isinstance(field, DateTimeField))


def _display_value(field: "Field[Any, Any]", value: Any) -> str | datetime:
    if value in (None, ""):
        return ""
    if isinstance(field, DateTimeField):
        return parse_datetime(value) or ""
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if field.name == "talk_seconds":
        return f"{value // 60}:{value % 60:02}"
    return str(value)


def is_corrected(at: datetime | None = None) -> Exists:
    """That a call says something else of itself than at first, or did at a moment."""
    by_then = Q(corrected_at__lt=at) if at else Q()
    return Exists(Correction.objects.filter(by_then, call=OuterRef("pk")))
