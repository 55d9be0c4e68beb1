from collections.abc import Mapping
from typing import Any

import django_filters as filters
from django.db.models import Model, Q, QuerySet
from django.forms import HiddenInput
from django.utils.translation import gettext_lazy as _

from campaigns.filters import CampaignChoiceFilter, campaigns_with_markets
from campaigns.models import Task
from config.ui.lists.filters import WorkspaceFilterSet, between_days
from markets.models import Contact, User, Workspace
from markets.search.filters import SearchFilter

STATES = [("due", _("Due by today")), ("overdue", _("Overdue")), ("done", _("Done")), ("any", _("Open and done"))]


@between_days("created_at")
class TaskFilter(WorkspaceFilterSet):
    """Shows open tasks unless a state is chosen."""

    q = SearchFilter()
    whose = filters.ChoiceFilter(
        choices=[("mine", _("Mine")), ("nobody", _("Nobody's"))],
        method="by_owner",
        label=_("Whose"),
        empty_label=_("Everyone's"),
    )
    state = filters.ChoiceFilter(choices=STATES, method="unfiltered", label=_("State"), empty_label=_("Open"))
    contact = filters.ModelChoiceFilter(queryset=Contact.objects.none(), label=_("Person"), widget=HiddenInput)
    campaign = CampaignChoiceFilter(widget=HiddenInput)
    choices_from = {"contact": lambda w: w.contacts.all(), "campaign": campaigns_with_markets}

    class Meta:
        model = Task
        fields: list[str] = []

    def __init__(self, data: Mapping[str, object], queryset: QuerySet[Any], *, workspace: Workspace, user: User):
        super().__init__(data, queryset, workspace=workspace)
        self.user = user

    def by_owner(self, tasks: QuerySet[Task], name: str, whose: str) -> QuerySet[Task]:
        return tasks.filter(owner=self.user if whose == "mine" else None)

    def filter_queryset(self, queryset: QuerySet[Model]) -> QuerySet[Model]:
        tasks, today = super().filter_queryset(queryset), self.workspace.today()
        states = {
            "": Q(done_at=None),
            "due": Q(done_at=None, due_on__lte=today),
            "overdue": Q(done_at=None, due_on__lt=today),
            "done": Q(done_at__isnull=False),
            "any": Q(),
        }
        return tasks.filter(states[self.form.cleaned_data["state"]])
