"""Corrections of a call, formatted for its page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, Exists, Field, OuterRef, Q
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from calls.models import Call, Correction

LABELS = {
    "direction": gettext_noop("Direction"),
    "started_at": gettext_noop("Started at"),
    "talk_seconds": gettext_noop("Talk seconds"),
    "disposition": gettext_noop("Outcome"),
    "callback_at": gettext_noop("Callback at"),
    "notes": gettext_noop("Notes"),
    "caller_name": gettext_noop("Caller name"),
}


@dataclass(frozen=True)
class FieldChange:
    """One field of a call before and after a correction: texts, or aware datetimes if `is_moment`."""

    label: str
    before: str | datetime
    after: str | datetime
    is_moment: bool = False


def field_changes(correction: Correction) -> Iterator[FieldChange]:
    """The changed fields, in the order of the model."""
    names = correction.before.keys() | correction.after.keys()
    for field in Call._meta.concrete_fields:
        if field.name in names:
            before, after = (
                _display_value(field, each.get(field.name)) for each in (correction.before, correction.after)
            )
            yield FieldChange(_(LABELS[field.name]), before, after, isinstance(field, DateTimeField))


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
    """Condition on calls: corrected before `at` (default: now)."""
    by_then = Q(corrected_at__lt=at) if at else Q()
    return Exists(Correction.objects.filter(by_then, call=OuterRef("pk")))
