from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.db.models import Case, Count, F, OuterRef, Q, Subquery, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Replace
from django.utils.timezone import now

from markets.constraints import same_workspace
from markets.models import ImportJob, Workspace
from markets.models.past import once

AMENDABLE = ("direction", "started_at", "talk_seconds", "disposition", "callback_at", "notes", "caller_name")
"""What can be corrected on a call."""


class Correction(models.Model):
    """A change of what a call says of itself: what it said before and after, who changed it, and why. Only added."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="corrections")
    call = models.ForeignKey("calls.Call", models.PROTECT, related_name="corrections")
    before = models.JSONField(help_text="The fields that changed, as they were.")
    after = models.JSONField(help_text="The same fields, as they are since.")
    corrected_at = models.DateTimeField(default=now)
    corrected_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    brought_by = models.ForeignKey(
        ImportJob, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="corrections"
    )
    reason = models.CharField(max_length=500)

    class Meta:
        ordering = ["corrected_at", "id"]
        constraints = [
            same_workspace("call", "calls.Call", "correction_call_in_workspace"),
            same_workspace("brought_by", "markets.ImportJob", "correction_brought_by_in_workspace"),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="correction_has_reason",
                violation_error_message="Say why the call is corrected.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call}: {', '.join(self.after)}"


def said_before(workspace: Workspace, moment: datetime, call: str = "pk") -> dict[str, Any]:
    """What calls said of themselves at a moment, as an expression for each field that was corrected since.

    `call` is the path from a row to its call. Where nothing was corrected since there is nothing to pay.
    """
    since = Correction.objects.filter(workspace=workspace, corrected_at__gte=moment)
    names = once(workspace, (Correction, moment), lambda: _corrected(since))
    return {name: _before(since.filter(before__has_key=name), name, call) for name in names}


def _corrected(since: "models.QuerySet[Correction]") -> list[str]:
    """The fields that were corrected since."""
    counts = {name: Count("pk", filter=Q(before__has_key=name)) for name in AMENDABLE}
    found = since.order_by().aggregate(**counts) if since.exists() else {}
    return [name for name in AMENDABLE if found.get(name)]


def _before(since: "models.QuerySet[Correction]", name: str, call: str) -> Case:
    """The earliest of the corrections says it, and of other calls the calls themselves."""
    field: Any = Correction._meta.get_field("call").related_model._meta.get_field(name)
    earliest = since.filter(call=OuterRef(call)).order_by("corrected_at", "id").values(was=_from_json(field))[:1]
    corrected = When(**{f"{call}__in": since.order_by().values("call")}, then=Subquery(earliest))
    return Case(corrected, default=F(name if call == "pk" else f"{call}__{name}"), output_field=field)


def _from_json(field: "models.Field[Any, Any]") -> Any:
    """A field of `before` as the database keeps such a field: SQLite keeps moments as text, without the T and the Z."""
    text = KeyTextTransform(field.name, "before")
    if isinstance(field, models.DateTimeField) and connection.vendor == "sqlite":
        plain = Replace(Replace(text, Value("T"), Value(" ")), Value("Z"), Value(""))
        return models.ExpressionWrapper(plain, output_field=field)
    return Cast(text, field)
