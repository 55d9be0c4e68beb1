from decimal import Decimal

import django_filters as filters
from django import forms
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from config.ui.lists.filters import WorkspaceFilterSet, between_days
from markets.audit.mentions import KINDS, users_of_log
from markets.models import AuditAction, AuditEvent, User
from markets.models.history.audit import OUTSIDE_WORKSPACES

MOST = 2**63 - 1
SUBJECTS = [(kind, known.label) for kind, known in KINDS.items()]


ACTIONS = [(action.value, action.label) for action in AuditAction if action not in OUTSIDE_WORKSPACES]


@between_days("happened_at")
class AuditFilter(WorkspaceFilterSet):
    action = filters.ChoiceFilter(label=_("Action"), choices=ACTIONS)
    user = filters.ModelChoiceFilter(queryset=User.objects.none(), label=_("Who"))
    about = filters.ChoiceFilter(field_name="subject_kind", label=_("About"), choices=SUBJECTS)
    number = filters.NumberFilter(field_name="subject_id", label=_("Number"), min_value=1, max_value=MOST)
    link = filters.NumberFilter(method="of_link", label=_("Link"), widget=forms.HiddenInput, max_value=MOST)
    choices_from = {"user": users_of_log}
    on_demand = ("number",)

    class Meta:
        model = AuditEvent
        fields: list[str] = []

    def of_link(self, events: QuerySet[Model], name: str, link: Decimal) -> QuerySet[Model]:
        return events.filter(subject_kind="sharedlink", subject_id=int(link))
