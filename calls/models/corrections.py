import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.db.models import Case, ExpressionWrapper, F, Q, Value, When
from django.db.models.functions import Cast
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from config.db.as_of import JsonHasKey, JsonTextByKey, cached_as_of
from config.db.composite_keys import WorkspaceForeignKey, same_workspace
from config.db.workspace_model import WorkspaceModel
from markets.models import ImportJob, Workspace

AMENDABLE = ("direction", "started_at", "talk_seconds", "disposition", "callback_at", "notes", "caller_name")
"""The fields of a call that can be corrected."""


class Correction(WorkspaceModel):
    """A correction of a call: the fields before and after, who corrected them, and why. Rows are only added."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="corrections")
    call = WorkspaceForeignKey("calls.Call", models.PROTECT, db_constraint=False, related_name="corrections")
    before = models.JSONField(help_text=_("The fields that changed, as they were."))
    after = models.JSONField(help_text=_("The same fields, as they are since."))
    corrected_at = models.DateTimeField(default=now)
    corrected_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    import_job = WorkspaceForeignKey(
        ImportJob, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="corrections"
    )
    reason = models.CharField(max_length=500)

    class Meta:
        ordering = ["corrected_at", "id"]
        constraints = [
            same_workspace("call", "calls.Call", "correction_call_in_workspace"),
            same_workspace("import_job", "markets.ImportJob", "correction_import_job_in_workspace"),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="correction_has_reason",
                violation_error_message=_("Say why the call is corrected."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call}: {', '.join(self.after)}"


def call_values_as_of(workspace: Workspace, moment: datetime, call: str = "pk") -> dict[str, object]:
    """For each field corrected since `moment`, an expression for its value then. Empty if nothing was corrected.

    `call` is the path from a row to its call.
    """
    corrected = values_before_corrections(workspace, moment)

    def serialise() -> dict[str, str]:
        return {field: json.dumps(by_call) for field, by_call in corrected.items()}

    values = cached_as_of(workspace, (AMENDABLE, moment), serialise)
    return {field: _value_then(field, by_call, call) for field, by_call in values.items()}


def values_before_corrections(workspace: Workspace, moment: datetime) -> dict[str, dict[int, Any]]:
    """For each field corrected since `moment`, by call id, its value before the first of those corrections, in database
    form."""

    def fetch() -> dict[str, dict[int, Any]]:
        since = Correction.objects.filter(workspace=workspace, corrected_at__gte=moment, call__recorded_at__lt=moment)
        values: dict[str, dict[int, Any]] = {}
        for call, before in since.order_by("corrected_at", "id").values_list("call", "before"):
            for field, value in before.items():
                values.setdefault(field, {}).setdefault(call, _database_value(field, value))
        return values

    return cached_as_of(workspace, (Correction, moment), fetch)


def _database_value(name: str, value: object) -> Any:
    """A value of `before` in database form; datetimes as strings."""
    field = _field(name)
    stored = field.get_db_prep_value(field.to_python(value), connection)
    return str(stored) if isinstance(stored, datetime) else stored


def _field(name: str) -> Any:
    return Correction._meta.get_field("call").related_model._meta.get_field(name)


def _value_then(name: str, values_by_call: str, call: str) -> Case:
    field, json_object = _field(name), Value(values_by_call)
    text = JsonTextByKey(json_object, call)
    # SQLite stores datetimes as text, and a cast would make numbers of them.
    value = ExpressionWrapper(text, output_field=field) if connection.vendor == "sqlite" else Cast(text, field)
    present = F(name if call == "pk" else f"{call}__{name}")
    return Case(When(JsonHasKey(json_object, call), then=value), default=present, output_field=field)
