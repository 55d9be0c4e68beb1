from collections.abc import Mapping
from typing import Any

import django_filters as filters
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.forms import HiddenInput

from calls.metrics.by_caller import callers_of
from calls.metrics.definitions import called_in, known_calls, of_member, reached_in
from config.ui.filters import FlagFilter, KnownFilterSet, WorkspaceFilterSet, between_days
from config.ui.periods import FIRST_DAY, LAST_DAY, Period
from markets.contacts.largest_groups import largest
from markets.contacts.normalization import fold
from markets.models import (
    Contact,
    ContactMerge,
    ImportedContact,
    ImportJob,
    ImportKind,
    ImportState,
    Market,
    Suppression,
    User,
)

MEMBER_STATES = {
    "member": lambda members, called, reached: members.current(),
    "called": lambda members, called, reached: members.current().filter(called),
    "reached": lambda members, called, reached: members.current().filter(reached),
    "callable": lambda members, called, reached: members.callable(),
}
"""Members by a word, given the conditions that one was called, or spoken with, in the days and by the caller asked for.
"""
OF_CALLS = {"called", "reached", "uncalled"}
MEMBER_STATE_LABELS = [
    ("member", "In a campaign"),
    ("called", "Called"),
    ("reached", "Spoken with"),
    ("callable", "Callable"),
]


def search_people(people: QuerySet[Any], text: str, contact: str = "") -> QuerySet[Any]:
    """By name, firm, email, external ID or digits of the phone; `contact` is the path to the contact."""
    condition = Q(**{f"{contact}name_key__contains": fold(text)})
    for field in ("firm", "email", "external_id", "title", "city"):
        condition |= Q(**{f"{contact}{field}__icontains": text})
    digits = "".join(sign for sign in text if sign.isascii() and sign.isdigit())
    if len(digits) >= 4:
        condition |= Q(**{f"{contact}phone_e164__contains": digits})
    return people.filter(condition)


class MarketFilter(WorkspaceFilterSet):
    q = filters.CharFilter(field_name="name", lookup_expr="icontains", label="Search")

    class Meta:
        model = Market
        fields: list[str] = []


def days_called[F: type[WorkspaceFilterSet]](filterset: F) -> F:
    """Gives a filter set `from` and `to`, the days for those who were called or spoken with."""
    for name in ("from", "to"):
        within = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]
        filterset.base_filters[name] = filters.DateFilter(
            method="nothing", label=f"Called {name}", validators=within, widget=HiddenInput
        )
    return filterset


class CalledFilterSet(KnownFilterSet):
    """On which days and by whom people were called or spoken with."""

    of_now = ("state:callable",)
    caller = filters.ModelChoiceFilter(
        queryset=User.objects.none(), method="nothing", label="Called by", widget=HiddenInput
    )
    caller_name = filters.CharFilter(method="nothing", label="Called by", widget=HiddenInput)
    nobody = FlagFilter(label="Called by nobody named", apply=lambda people: people)
    choices_from: dict[str, Any] = {"caller": callers_of}

    def nothing(self, people: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """One condition together with the others: see in_state."""
        return people

    def in_state(self, members: Any, states: Mapping[str, Any]) -> QuerySet[Any]:
        """Days or a caller say which calls are meant; in a state that asks for no calls, those who had such a call."""
        chosen, state = self.form.cleaned_data, self.form.cleaned_data["state"] or "member"
        period = Period(chosen["from"], chosen["to"]).known(self.day)
        called, reached = called_in(self.workspace, period), reached_in(self.workspace, period)
        user, name = chosen["caller"], chosen["caller_name"]
        if user or name or chosen["nobody"]:
            theirs = known_calls(self.workspace, period)
            calls = of_member(theirs.filter(Q(caller=user) if user else Q(caller=None, caller_name=name)))
            called &= Q(Exists(calls))
            reached &= Q(Exists(calls.conversations()))
        found = states[state](members, called, reached)
        return found.filter(called) if self.asks_for_calls and state not in OF_CALLS else found

    @property
    def asks_for_calls(self) -> bool:
        return bool(self.chosen & {"from", "to", "caller", "caller_name", "nobody"})


@days_called
class ContactFilter(CalledFilterSet):
    of_now = (*CalledFilterSet.of_now, "wrong_phone", "suppressed")
    q = filters.CharFilter(method="search", label="Search")
    market = filters.ModelChoiceFilter(queryset=Market.objects.none(), method="in_market", label="Market")
    campaign_market = filters.ModelChoiceFilter(
        queryset=Market.objects.none(), method="nothing", label="In campaigns of"
    )
    state = filters.ChoiceFilter(choices=MEMBER_STATE_LABELS, method="nothing", label="State")
    firm = filters.CharFilter(label="Firm", widget=HiddenInput)
    seniority = filters.CharFilter(label="Seniority", widget=HiddenInput)
    city = filters.CharFilter(label="City", widget=HiddenInput)
    others = filters.ChoiceFilter(
        choices=[("firm", "Other firms"), ("seniority", "Other seniorities"), ("city", "Other cities")],
        method="nothing",
        label="Others, and not given",
        widget=HiddenInput,
    )
    wrong_phone = FlagFilter(label="Number to repair", apply=lambda people: people.with_wrong_phone())
    suppressed = FlagFilter(label="Do not call", apply=lambda people: people.suppressed())
    imported_by = filters.ModelChoiceFilter(
        queryset=ImportJob.objects.none(), method="named_by", label="Import", widget=HiddenInput
    )
    choices_from = {
        "market": lambda w: w.markets.all(),
        "campaign_market": lambda w: w.markets.all(),
        "imported_by": lambda w: w.imports.all(),
        **CalledFilterSet.choices_from,
    }

    class Meta:
        model = Contact
        fields: list[str] = []

    def search(self, people: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        return search_people(people, text)

    def in_market(self, people: Any, name: str, market: Market) -> QuerySet[Any]:
        return people.in_market(market, self.day)

    def named_by(self, people: QuerySet[Any], name: str, job: ImportJob) -> QuerySet[Any]:
        return people.filter(pk__in=job.people.exclude(outcome=ImportedContact.Outcome.NAMED).values("contact"))

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.form.cleaned_data
        people = super().filter_queryset(queryset)
        if chosen["others"]:
            by, market = chosen["others"], chosen["market"]
            everybody = self.workspace.contacts.in_market(market, self.day) if market else self.workspace.contacts
            counted = dict(everybody.order_by().values_list(by).annotate(people=Count("pk")))
            people = people.exclude(**{f"{by}__in": largest(counted)})
        if not (chosen["campaign_market"] or chosen["state"] or self.asks_for_calls):
            return people if chosen["market"] else people.filter(self.workspace.in_days("created_at", None, self.day))
        members = self.in_state(self.workspace.campaign_contacts.as_of(self.workspace, self.day), MEMBER_STATES)
        if chosen["campaign_market"]:
            members = members.filter(campaign__market=chosen["campaign_market"])
        return people.filter(Exists(members.filter(contact=OuterRef("pk"))))


class LandscapeFilter(WorkspaceFilterSet):
    q = filters.CharFilter(method="search", label="Search")
    firm = filters.CharFilter(lookup_expr="icontains", label="Firm")
    seniority = filters.CharFilter(lookup_expr="icontains", label="Seniority")
    city = filters.CharFilter(lookup_expr="icontains", label="City")

    class Meta:
        model = Contact
        fields: list[str] = []

    def search(self, people: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        return search_people(people, text)


@between_days("merged_at")
class MergeFilter(WorkspaceFilterSet):
    q = filters.CharFilter(method="search", label="Search")

    class Meta:
        model = ContactMerge
        fields: list[str] = []

    def search(self, merges: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        """By either person's name, by a key that was merged away, or by the reason."""
        keys = self.workspace.former_keys.filter(merge=OuterRef("pk"), value__icontains=text)
        named = Q(label__icontains=text) | Q(contact__name_key__contains=fold(text)) | Q(reason__icontains=text)
        return merges.filter(named | Exists(keys))


class SuppressionFilter(WorkspaceFilterSet):
    q = filters.CharFilter(method="search", label="Search")
    state = filters.ChoiceFilter(choices=[("open", "In force"), ("lifted", "Lifted")], method="by_state", label="State")

    class Meta:
        model = Suppression
        fields: list[str] = []

    def search(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        return rows.filter(
            Q(contact__name_key__contains=fold(text))
            | Q(phone_e164__contains=text.strip())
            | Q(email__icontains=text)
            | Q(reason__icontains=text)
        )

    def by_state(self, rows: QuerySet[Any], name: str, state: str) -> QuerySet[Any]:
        return rows.filter(lifted_at__isnull=state == "open")


@between_days("created_at")
class ImportFilter(WorkspaceFilterSet):
    q = filters.CharFilter(field_name="file_name", lookup_expr="icontains", label="Search")
    kind = filters.ChoiceFilter(choices=ImportKind.choices, label="Kind")
    state = filters.ChoiceFilter(choices=ImportState.choices, label="State")

    class Meta:
        model = ImportJob
        fields: list[str] = []
