from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import django_filters as filters
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet
from django.forms import HiddenInput
from django.utils.translation import gettext_lazy as _

from calls.metrics.by_caller import callers_of
from calls.metrics.definitions import counted_calls, of_member, was_called, was_reached
from campaigns.audience.filters import AudienceFilters
from campaigns.models.members import CampaignContactQuerySet
from config.ui.lists.filters import AsOfFilterSet, FlagFilter, SelectedFilter, WorkspaceFilterSet, between_days
from config.ui.periods import FIRST_DAY, LAST_DAY, Period
from markets.contacts.largest_groups import largest_groups
from markets.custom_fields.filters import CustomFieldFilters
from markets.models import (
    Contact,
    ContactMerge,
    ImportedContact,
    ImportJob,
    ImportKind,
    ImportNote,
    ImportPreset,
    ImportState,
    Market,
    OffLimits,
    Suppression,
    Tag,
    User,
    Workspace,
)
from markets.models.landscape import ContactQuerySet
from markets.models.suppressions import SuppressionQuerySet
from markets.models.tags import is_tagged
from markets.search.filters import SearchFilter

type MemberState = Callable[[CampaignContactQuerySet, Q, Q], CampaignContactQuerySet]
"""Narrows members to a state, given the conditions that a member was called, or spoken with, in the chosen days and by
the chosen caller."""

MEMBER_STATES: dict[str, MemberState] = {
    "member": lambda members, called, reached: members.current(),
    "called": lambda members, called, reached: members.current().filter(called),
    "reached": lambda members, called, reached: members.current().filter(reached),
    "callable": lambda members, called, reached: members.callable(),
}
CONTACT_STATES = MEMBER_STATES | {
    "callable": lambda members, called, reached: members.current().filter(is_closed=False),
}
"""Of contacts. What makes the contact callable is asked of the contact itself, and not again by each membership."""
CALL_STATES = {"called", "reached", "uncalled"}
"""The states that depend on calls."""
MEMBER_STATE_LABELS = [
    ("member", _("In a campaign")),
    ("called", _("Called")),
    ("reached", _("Spoken with")),
    ("callable", _("Callable")),
]


class MarketFilter(WorkspaceFilterSet):
    q = SearchFilter()

    class Meta:
        model = Market
        fields: list[str] = []


def days_called[F: type[WorkspaceFilterSet]](filterset: F) -> F:
    """Adds the filters `from` and `to`: the days on which a contact was called or spoken with."""
    for name, label in (("from", _("Called from")), ("to", _("Called to"))):
        within = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]
        filterset.base_filters[name] = filters.DateFilter(
            method="unfiltered", label=label, validators=within, widget=HiddenInput
        )
    return filterset


class CalledFilterSet(AsOfFilterSet):
    """Narrows contacts by the days of their calls and by their callers."""

    current_only: tuple[str, ...] = ("state:callable",)
    caller = filters.ModelChoiceFilter(
        queryset=User.objects.none(), method="unfiltered", label=_("Called by"), widget=HiddenInput
    )
    caller_name = filters.CharFilter(method="unfiltered", label=_("Called by"), widget=HiddenInput)
    nobody = FlagFilter(label=_("Called by nobody named"), apply=lambda contacts: contacts)
    choices_from: dict[str, Callable[[Workspace], QuerySet[Model]]] = {"caller": callers_of}

    def members_in_state(
        self, members: CampaignContactQuerySet, states: Mapping[str, MemberState]
    ) -> CampaignContactQuerySet:
        """The chosen days and caller say which calls count. In a state that does not depend on calls, only members with
        such a call are left."""
        chosen, state = self.form.cleaned_data, self.form.cleaned_data["state"] or "member"
        period = Period(chosen["from"], chosen["to"]).with_as_of(self.day)
        called, reached = was_called(self.workspace, period), was_reached(self.workspace, period)
        user, name = chosen["caller"], chosen["caller_name"]
        if user or name or chosen["nobody"]:
            is_by_caller = Q(caller=user) if user else Q(caller=None, caller_name=name)
            calls = of_member(counted_calls(self.workspace, period).filter(is_by_caller))
            called &= Q(Exists(calls))
            reached &= Q(Exists(calls.conversations()))
        in_state = states[state](members, called, reached)
        return in_state.filter(called) if self.filters_calls and state not in CALL_STATES else in_state

    @property
    def filters_calls(self) -> bool:
        return bool(self.chosen & {"from", "to", "caller", "caller_name", "nobody"})


def markets_of(workspace: Workspace) -> QuerySet[Market]:
    return workspace.markets.all()


@days_called
class ContactFilter(AudienceFilters, CustomFieldFilters, CalledFilterSet):
    current_only = (
        *CalledFilterSet.current_only,
        "wrong_phone",
        "suppressed",
        "off_limits",
        "off_limits_by",
        "selected",
    )
    q = SearchFilter()
    market = filters.ModelChoiceFilter(queryset=Market.objects.none(), method="in_market", label=_("Market"))
    campaign_market = filters.ModelChoiceFilter(
        queryset=Market.objects.none(), method="unfiltered", label=_("In campaigns of")
    )
    state = filters.ChoiceFilter(choices=MEMBER_STATE_LABELS, method="unfiltered", label=_("State"))
    firm = filters.CharFilter(label=_("Firm"), widget=HiddenInput)
    seniority = filters.CharFilter(label=_("Seniority"), widget=HiddenInput)
    city = filters.CharFilter(label=_("City"), widget=HiddenInput)
    others = filters.ChoiceFilter(
        choices=[
            ("firm", _("Other firms")),
            ("seniority", _("Other seniorities")),
            ("city", _("Other cities")),
        ],
        method="unfiltered",
        label=_("Other or unknown"),
        widget=HiddenInput,
    )
    wrong_phone = FlagFilter(label=_("Number to repair"), apply=lambda contacts: contacts.to_repair())
    suppressed = FlagFilter(label=_("Do not call"), apply=lambda contacts: contacts.suppressed())
    off_limits = FlagFilter(label=_("Off-limits"), apply=lambda contacts: contacts.off_limits())
    selected = SelectedFilter()
    off_limits_by = filters.ModelChoiceFilter(
        queryset=OffLimits.objects.none(), method="by_off_limits", label=_("Off-limits by"), widget=HiddenInput
    )
    tag = filters.ModelChoiceFilter(queryset=Tag.objects.none(), method="by_tag", label=_("Tag"))
    imported_by = filters.ModelChoiceFilter(
        queryset=ImportJob.objects.none(), method="by_import", label=_("Import"), widget=HiddenInput
    )
    choices_from = {
        "market": markets_of,
        "campaign_market": markets_of,
        "tag": lambda w: w.tags.all(),
        "off_limits_by": lambda w: w.off_limits.select_related("contact"),
        "imported_by": lambda w: w.imports.all(),
        **CalledFilterSet.choices_from,
    }

    class Meta:
        model = Contact
        fields: list[str] = []

    @property
    def rule_day(self) -> date | None:
        return self.day

    def in_market(self, contacts: ContactQuerySet, name: str, market: Market) -> ContactQuerySet:
        return contacts.in_market(market, self.day)

    def by_tag(self, contacts: ContactQuerySet, name: str, tag: Tag) -> ContactQuerySet:
        return contacts.filter(is_tagged(tag))

    def by_off_limits(self, contacts: ContactQuerySet, name: str, entry: OffLimits) -> ContactQuerySet:
        """The people whom an entry names, whether or not it is in force."""
        return contacts.named_by(entry)

    def by_import(self, contacts: ContactQuerySet, name: str, job: ImportJob) -> ContactQuerySet:
        return contacts.filter(pk__in=job.people.exclude(outcome=ImportedContact.Outcome.NAMED).values("contact"))

    def filter_queryset(self, queryset: QuerySet[Model]) -> QuerySet[Model]:
        chosen = self.form.cleaned_data
        contacts: Any = super().filter_queryset(queryset)
        if chosen["others"]:
            field, market = chosen["others"], chosen["market"]
            everybody = self.workspace.contacts.all()
            grouped = everybody.in_market(market, self.day) if market else everybody
            counts = dict(grouped.order_by().values_list(field).annotate(people=Count("pk")))
            contacts = contacts.exclude(**{f"{field}__in": largest_groups(counts)})
        if not (chosen["campaign_market"] or chosen["state"] or self.filters_calls):
            was_created = self.workspace.in_days("created_at", None, self.day)
            return contacts if chosen["market"] else contacts.filter(was_created)
        if self.filters_calls:
            self.count_with_rows()
        contacts = contacts.callable() if chosen["state"] == "callable" else contacts
        members = self.members_in_state(
            self.workspace.campaign_contacts.as_of(self.workspace, self.day), CONTACT_STATES
        )
        if chosen["campaign_market"]:
            members = members.filter(campaign__market=chosen["campaign_market"])
        return contacts.filter(Exists(members.filter(contact=OuterRef("pk"))))


class LandscapeFilter(AudienceFilters, CustomFieldFilters):
    q = SearchFilter()
    selected = SelectedFilter()
    firm = filters.CharFilter(lookup_expr="icontains", label=_("Firm"))
    seniority = filters.CharFilter(lookup_expr="icontains", label=_("Seniority"))
    city = filters.CharFilter(lookup_expr="icontains", label=_("City"))
    tag = filters.ModelChoiceFilter(queryset=Tag.objects.none(), method="by_tag", label=_("Tag"))
    choices_from = {"tag": lambda w: w.tags.all()}

    class Meta:
        model = Contact
        fields: list[str] = []

    def by_tag(self, contacts: ContactQuerySet, name: str, tag: Tag) -> ContactQuerySet:
        return contacts.filter(is_tagged(tag))


@between_days("merged_at")
class MergeFilter(WorkspaceFilterSet):
    q = SearchFilter()

    class Meta:
        model = ContactMerge
        fields: list[str] = []


class SuppressionFilter(WorkspaceFilterSet):
    """Whom a rule covers are left out, unless they are searched by name or the rule is chosen."""

    q = SearchFilter()
    state = filters.ChoiceFilter(
        choices=[("open", _("In force")), ("lifted", _("Lifted"))], method="by_state", label=_("State")
    )
    rule = filters.ModelChoiceFilter(
        queryset=Suppression.objects.none(), method="unfiltered", label=_("By the rule"), widget=HiddenInput
    )
    imported_by = filters.ModelChoiceFilter(
        field_name="import_job", queryset=ImportJob.objects.none(), label=_("Import"), widget=HiddenInput
    )
    choices_from = {"rule": lambda w: w.suppressions.rules(), "imported_by": lambda w: w.imports.all()}

    class Meta:
        model = Suppression
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Model]) -> QuerySet[Model]:
        rows, chosen = super().filter_queryset(queryset), self.form.cleaned_data
        if chosen["rule"]:
            return rows.filter(rule=chosen["rule"])
        return rows if chosen["q"] else rows.filter(rule=None)

    def by_state(self, rows: SuppressionQuerySet, name: str, state: str) -> SuppressionQuerySet:
        return rows.filter(lifted_at__isnull=state == "open")


@between_days("created_at")
class ImportFilter(WorkspaceFilterSet):
    q = SearchFilter()
    kind = filters.ChoiceFilter(choices=ImportKind.choices, label=_("Kind"))
    state = filters.ChoiceFilter(choices=ImportState.choices, label=_("State"))

    class Meta:
        model = ImportJob
        fields: list[str] = []


class ImportNoteFilter(WorkspaceFilterSet):
    kind = filters.ChoiceFilter(choices=ImportNote.Kind.choices, label=_("Kind"))

    class Meta:
        model = ImportNote
        fields: list[str] = []


class ImportPresetFilter(WorkspaceFilterSet):
    q = SearchFilter()
    kind = filters.ChoiceFilter(choices=ImportKind.choices, label=_("Of"))

    class Meta:
        model = ImportPreset
        fields: list[str] = []
