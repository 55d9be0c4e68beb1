"""The admin's own log of changes, without personal data: Django would write what each row calls itself."""

import json
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.http import HttpRequest
from django.utils.text import capfirst

from config.ui.english import in_english


class LogByIds:
    """For a ModelAdmin: its entries name a row by its kind and id, and a change by its fields."""

    def log_addition(self, request: HttpRequest, obj: Model, message: object) -> LogEntry:
        return _log(request, obj, ADDITION, message)

    def log_change(self, request: HttpRequest, obj: Model, message: object) -> LogEntry:
        return _log(request, obj, CHANGE, message)


def _log(request: HttpRequest, row: Model, flag: int, message: object) -> LogEntry:
    with in_english():
        kind = str(capfirst(row._meta.verbose_name))
    entry = LogEntry(
        user_id=int(request.user.pk or 0),
        content_type=ContentType.objects.get_for_model(row, for_concrete_model=False),
        object_id=str(row.pk),
        object_repr=f"{kind} {row.pk}",
        action_flag=flag,
        change_message=json.dumps(_nameless(message)) if isinstance(message, list) else str(message),
    )
    entry.save()
    return entry


def _nameless(changes: list[dict[str, dict[str, Any]]]) -> list[dict[str, dict[str, Any]]]:
    return [
        {kind: {name: "…" if name == "object" else value for name, value in details.items()}}
        for change in changes
        for kind, details in change.items()
    ]
