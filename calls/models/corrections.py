import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.db.models import Case, ExpressionWrapper, F, Q, Value, When
from django.db.models.functions import Cast
from django.utils.timezone import now

from config.db.as_of import JsonHasKey, JsonTextByKey, cached_as_of
from config.db.composite_keys import same_workspace
from markets.models import ImportJob, Workspace

AMENDABLE = ("direction", "started_at", "talk_seconds", "disposition", "callback_at", "notes", "caller_name")
"""What can be corrected on a call."""


class Correction(models.Model):
    """A change of what a call says of itself: what it said before and after, who changed it, and why. Only added."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="corrections")
    call = models.ForeignKey("calls.Call", models.PROTECT, db_constraint=False, related_name="corrections")
    before = models.JSONField(help_text="The fields that changed, as they were.")
    after = models.JSONField(help_text="The same fields, as they are since.")
    corrected_at = models.DateTimeField(default=now)
    corrected_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    import_job = models.ForeignKey(
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
                violation_error_message="Say why the call is corrected.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call}: {', '.join(self.after)}"


def call_values_as_of(workspace: Workspace, moment: datetime, call: str = "pk") -> dict[str, Any]:
    """What calls said of themselves at a moment, as an expression for each field that was corrected since.

    `call` is the path from a row to its call. Where nothing was corrected since there is nothing to pay.
    """
    corrected = values_before_corrections(workspace, moment)
    texts = cached_as_of(
        workspace, (AMENDABLE, moment), lambda: {name: json.dumps(said) for name, said in corrected.items()}
    )
    return {name: _before(name, text, call) for name, text in texts.items()}


def values_before_corrections(workspace: Workspace, moment: datetime) -> dict[str, dict[int, Any]]:
    """By each field that was corrected since, what calls said in it at the moment, by their ids: before the first of
    their corrections, as the database has such a value."""

    def find() -> dict[str, dict[int, Any]]:
        since = Correction.objects.filter(workspace=workspace, corrected_at__gte=moment, call__recorded_at__lt=moment)
        found: dict[str, dict[int, Any]] = {}
        for call, before in since.order_by("corrected_at", "id").values_list("call", "before"):
            for name, value in before.items():
                found.setdefault(name, {}).setdefault(call, _as_stored(name, value))
        return found

    return cached_as_of(workspace, (Correction, moment), find)


def _as_stored(name: str, value: Any) -> Any:
    """A value of `before` as its field has it in the database, where it is no text a text."""
    field = _field(name)
    stored = field.get_db_prep_value(field.to_python(value), connection)
    return str(stored) if isinstance(stored, datetime) else stored


def _field(name: str) -> Any:
    return Correction._meta.get_field("call").related_model._meta.get_field(name)


def _before(name: str, said: str, call: str) -> Case:
    field, by_call = _field(name), Value(said)
    then = JsonTextByKey(by_call, call)
    # SQLite keeps moments as texts, and would make numbers of them.
    was = ExpressionWrapper(then, output_field=field) if connection.vendor == "sqlite" else Cast(then, field)
    default = F(name if call == "pk" else f"{call}__{name}")
    return Case(When(JsonHasKey(by_call, call), then=was), default=default, output_field=field)
