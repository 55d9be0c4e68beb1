from decimal import Decimal
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Model, QuerySet

from config.ui.filters import WorkspaceFilterSet, between_days
from markets.models import AuditEvent, User, Workspace
from markets.models.audit import action_label


def _users_of(workspace: Workspace) -> Any:
    return User.objects.filter(pk__in=workspace.audit_events.order_by().values("user"))


@between_days("happened_at")
class AuditFilter(WorkspaceFilterSet):
    action = filters.ChoiceFilter(label="Action")
    user = filters.ModelChoiceFilter(queryset=User.objects.none(), label="Who")
    link = filters.NumberFilter(method="of_link", label="Link", widget=forms.HiddenInput)
    choices_from = {"user": _users_of}

    class Meta:
        model = AuditEvent
        fields: list[str] = []

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any):
        super().__init__(*args, workspace=workspace, **kwargs)
        actions = workspace.audit_events.order_by("action").values_list("action", flat=True).distinct()
        self.filters["link"].extra["max_value"] = 2**63 - 1
        self.filters["action"].extra["choices"] = [(action, action_label(action)) for action in actions]

    def of_link(self, events: QuerySet[Model], name: str, link: Decimal) -> QuerySet[Model]:
        return events.filter(subject_kind="sharedlink", subject_id=int(link))
