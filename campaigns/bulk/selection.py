"""What a user has selected on a list of people. It survives paging, sorting and filtering until it is cleared."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import cached_property
from django.utils.timezone import now

from campaigns.models import Campaign, PeopleSelection, SelectedPerson
from markets.models import Market, User, Workspace
from markets.models.landscape import ContactQuerySet

MOST_QUERIES = 5
KEPT_FOR = timedelta(days=30)
"""So long after it was last changed, if it is not cleared."""
type Found = Callable[["PeopleList", Mapping[str, Any]], QuerySet[Any, Any]]
"""Finds the ids of the contacts on a list whom a stored filter finds."""


class TooManyQueries(Exception):
    """Nothing was selected: a selection has at most MOST_QUERIES filters."""


@dataclass(frozen=True)
class PeopleList:
    """All people of a workspace, the landscape of a market, or the current people of a campaign."""

    workspace: Workspace
    market: Market | None = None
    campaign: Campaign | None = None

    def contacts(self) -> ContactQuerySet:
        people = self.workspace.contacts.all()
        if self.campaign:
            return people.filter(Exists(self.campaign.members.current().filter(contact=OuterRef("pk"))))
        return people.in_market(self.market) if self.market else people


class Selection:
    def __init__(self, people: PeopleList, user: User, found: Found):
        self.people, self.user, self.found = people, user, found
        self._key: dict[str, Any] = {"user": user, "market": people.market, "campaign": people.campaign}

    @cached_property
    def row(self) -> PeopleSelection | None:
        return self.people.workspace.people_selections.filter(**self._key).first()

    def contacts(self) -> ContactQuerySet:
        """Everybody selected who is on the list now."""
        contacts = self.people.contacts()
        if self.row is None:
            return contacts.none()
        ticks = SelectedPerson.objects.filter(workspace=self.people.workspace, selection=self.row)
        if not self.row.queries:
            return contacts.filter(pk__in=ticks.filter(is_left_out=False).values("contact"))
        here = ticks.filter(contact=OuterRef("pk"))
        if {} not in self.row.queries:
            contacts = contacts.filter(self._matches(self.row) | Q(Exists(here.filter(is_left_out=False))))
        return contacts.filter(~Exists(here.filter(is_left_out=True)))

    def _matches(self, row: PeopleSelection) -> Q:
        return reduce(or_, (Q(pk__in=self.found(self.people, query)) for query in row.queries))

    def count(self) -> int:
        return self.contacts().order_by().count() if self.row else 0

    def ids(self) -> list[int]:
        return list(self.contacts().order_by("pk").values_list("pk", flat=True))

    def among(self, contacts: Collection[int]) -> set[int]:
        """Those of `contacts` that are selected."""
        return set(self.contacts().filter(pk__in=contacts).values_list("pk", flat=True)) if self.row else set()

    @transaction.atomic
    def keep(self, *, shown: Collection[int], ticked: Collection[int]) -> None:
        """What a page said: of those it showed only the ticked ones are selected."""
        asked = {*shown, *ticked}
        if not asked or not (ticked or self.row):
            return
        row = self._locked()
        here = set(self.people.contacts().filter(pk__in=asked).values_list("pk", flat=True))
        found = self._found_by_queries(row, here)
        wanted = set(ticked) & here
        row.people.filter(contact__in=here).delete()
        exceptions = {contact: contact in found for contact in wanted ^ found}
        SelectedPerson.objects.bulk_create(
            SelectedPerson(workspace_id=row.workspace_id, selection=row, contact_id=contact, is_left_out=is_left_out)
            for contact, is_left_out in sorted(exceptions.items())
        )
        if not row.queries and not row.people.exists():
            self._delete(row)

    def _found_by_queries(self, row: PeopleSelection, contacts: Collection[int]) -> set[int]:
        if not row.queries:
            return set()
        people = self.people.contacts().filter(pk__in=contacts)
        return set((people if {} in row.queries else people.filter(self._matches(row))).values_list("pk", flat=True))

    @transaction.atomic
    def add_all(self, query: Mapping[str, Any]) -> None:
        """Selects everybody whom the filter finds, now and later. Raises TooManyQueries."""
        row = self._locked()
        if not query:
            row.people.all().delete()
            row.queries = [{}]
        else:
            if query not in row.queries and len(row.queries) >= MOST_QUERIES:
                raise TooManyQueries
            row.people.filter(is_left_out=True, contact__in=self.found(self.people, query)).delete()
            row.queries = [*(each for each in row.queries if each != query), dict(query)]
        row.save(update_fields=["queries", "changed_at"])

    def clear(self) -> None:
        with transaction.atomic():
            rows = self.people.workspace.people_selections.select_for_update()
            if self.row and (row := rows.filter(pk=self.row.pk).first()):
                self._delete(row)

    def _locked(self) -> PeopleSelection:
        """The row, so that two pages that tick at once wait for each other."""
        workspace = self.people.workspace
        row, _ = PeopleSelection.objects.select_for_update().get_or_create(workspace=workspace, **self._key)
        row.changed_at = now()
        self.__dict__["row"] = row
        return row

    def _delete(self, row: PeopleSelection) -> None:
        row.people.all().delete()
        row.delete()
        self.__dict__["row"] = None


def forget_old_selections(workspace: Workspace) -> None:
    forget_selections(workspace, workspace.people_selections.filter(changed_at__lt=now() - KEPT_FOR))


def forget_selections(workspace: Workspace, selections: QuerySet[PeopleSelection]) -> None:
    SelectedPerson.objects.filter(workspace=workspace, selection__in=selections).delete()
    selections.delete()
