from typing import Any

import django_filters as filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.forms import HiddenInput

from config.ui.filters import FlagFilter, WorkspaceFilterSet, between_days
from markets.models import (
    Contact,
    ContactMerge,
    ImportedContact,
    ImportJob,
    ImportKind,
    ImportState,
    Market,
    Suppression,
)
from markets.normalising import fold

MEMBER_STATES = {
    "member": lambda members: members.current(),
    "called": lambda members: members.current().called(),
    "reached": lambda members: members.current().reached(),
    "callable": lambda members: members.callable(),
}
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


class ContactFilter(WorkspaceFilterSet):
    q = filters.CharFilter(method="search", label="Search")
    market = filters.ModelChoiceFilter(queryset=Market.objects.none(), method="in_market", label="Market")
    campaign_market = filters.ModelChoiceFilter(
        queryset=Market.objects.none(), method="nothing", label="In campaigns of"
    )
    state = filters.ChoiceFilter(choices=MEMBER_STATE_LABELS, method="nothing", label="State")
    wrong_phone = FlagFilter(label="Number to repair", apply=lambda people: people.with_wrong_phone())
    suppressed = FlagFilter(label="Do not call", apply=lambda people: people.suppressed())
    imported_by = filters.ModelChoiceFilter(
        queryset=ImportJob.objects.none(), method="named_by", label="Import", widget=HiddenInput
    )
    choices_from = {
        "market": lambda w: w.markets.all(),
        "campaign_market": lambda w: w.markets.all(),
        "imported_by": lambda w: w.imports.all(),
    }

    class Meta:
        model = Contact
        fields: list[str] = []

    def search(self, people: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        return search_people(people, text)

    def in_market(self, people: Any, name: str, market: Market) -> QuerySet[Any]:
        return people.in_market(market)

    def named_by(self, people: QuerySet[Any], name: str, job: ImportJob) -> QuerySet[Any]:
        return people.filter(pk__in=job.people.exclude(outcome=ImportedContact.Outcome.NAMED).values("contact"))

    def nothing(self, people: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """These two are one condition: see filter_queryset."""
        return people

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.form.cleaned_data
        people = super().filter_queryset(queryset)
        if not (chosen["campaign_market"] or chosen["state"]):
            return people
        members = MEMBER_STATES[chosen["state"] or "member"](self.workspace.campaign_contacts.all())
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
