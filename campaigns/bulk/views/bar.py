"""What a list of people shows of its selection: ticked boxes, how many there are, and what can be done with them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.utils.functional import cached_property

from campaigns.bulk.filters import NOT_SELECTED_BY, found_by
from campaigns.bulk.selection import PeopleList, Selection
from campaigns.bulk.views.kinds import KINDS, ActionKind
from config.ui.lists.addresses import set_parameters
from config.ui.lists.filters import WorkspaceFilterSet
from markets.models import Contact
from markets.off_limits.services import mark_contacts
from markets.workspaces.access import WorkspaceRequest


@dataclass
class SelectionBar:
    """`query` is the list's filter, for selecting everybody it finds; `address` leads back to the list."""

    selection: Selection
    actions: list[ActionKind]
    query: str
    address: str
    people: PeopleList = field(init=False)

    def __post_init__(self) -> None:
        self.people = self.selection.people

    @cached_property
    def count(self) -> int:
        return self.selection.count()

    @property
    def scope(self) -> str:
        return scope_query(self.people)

    def mark(self, contacts: Iterable[Contact]) -> None:
        found = {contact.pk: contact for contact in contacts}
        selected = self.selection.among(found)
        for key, contact in found.items():
            contact.is_ticked = key in selected  # type: ignore[attr-defined]


def scope_query(people: PeopleList) -> str:
    """The parameters that name a list."""
    names = {"in_campaign": people.campaign, "in_market": people.market}
    return urlencode({name: row.pk for name, row in names.items() if row})


def selection_bar(request: WorkspaceRequest, people: PeopleList, filterset: WorkspaceFilterSet) -> SelectionBar | None:
    """None for viewers, who can do nothing with a selection, and for a list as of a past day."""
    selection = Selection(people, request.user, found_by)
    filterset.selected_people = selection.contacts
    if not request.access.can_call or filterset.past_day:
        return None
    query = set_parameters(request.GET)
    for name in ("page", "_export", *NOT_SELECTED_BY):
        query.pop(name, None)
    offered = [kind for kind in KINDS.values() if kind.is_offered(request.access, people)]
    return SelectionBar(selection, offered, query.urlencode(), request.get_full_path())


def complete_with(bar: SelectionBar | None, contact_of: Any = None) -> Any:
    """Adds to the rows of a page why people can't be called, and whether they are selected."""

    def complete(rows: list[Any]) -> None:
        contacts = [contact_of(row) for row in rows] if contact_of else rows
        mark_contacts(contacts)
        if bar:
            bar.mark(contacts)

    return complete
