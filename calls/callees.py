"""Whom a dialer's log means: people by external ID, email or phone, those of a campaign first."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Max

from campaigns.models import Campaign
from markets import bulk
from markets.models import Contact, ContactMerge, Erasure
from markets.models.merges import FormerName, KeyKind
from markets.normalising import fold
from markets.phones import to_e164
from markets.rejects import RowRefused

KEPT = ["id", "external_id", "email", "phone_e164", "full_name", "phone"]
REMEMBERED = 100_000
"""Names that are remembered at most; with more all are looked up anew."""


class Known(NamedTuple):
    """As much of a contact as a log needs: thousands of them are looked up at a time."""

    pk: int
    external_id: str
    email: str
    phone_e164: str
    full_name: str
    phone: str

    def __str__(self) -> str:
        return self.full_name or self.email or self.external_id or self.phone


@dataclass
class Met:
    """Whom the names of a log meant so far of those whom it brought calls to one campaign: it names most of them again
    and again, and goes on meaning the same people. Only after a merge or an erasure all are looked up anew."""

    by_name: dict[str, Known] = field(default_factory=dict)
    as_of: tuple[int | None, ...] = ()
    """The last merge and the last erasure of the workspace when they were looked up."""

    def bring_up_to_date(self, campaign: Campaign) -> None:
        """Under the campaign's lock: a merge or an erasure of its people waits for that."""
        of_workspace = (each.objects.filter(workspace=campaign.workspace_id) for each in (ContactMerge, Erasure))
        latest = tuple(each.aggregate(latest=Max("pk"))["latest"] for each in of_workspace)
        if latest != self.as_of or len(self.by_name) > REMEMBERED:
            self.by_name.clear()
        self.as_of = latest


class Callees:
    """The people whom some rows name, fetched at once where they were not `met` before."""

    def __init__(self, campaign: Campaign, names: Iterable[str], met: Met | None = None):
        self.campaign = campaign
        self.region = campaign.workspace.phone_region
        self.met = {} if met is None else met.by_name
        self._found: dict[str, Known] = {}
        wanted = {name for name in names if name} - self.met.keys()
        self.by_external_id = {each.external_id: each for each in self._fetch("external_id", wanted)}
        left = wanted - self.by_external_id.keys()
        emails = {fold(name) for name in left if "@" in name}
        self.by_email = {each.email: each for each in self._fetch("email", emails)}
        self.by_phone: defaultdict[str, list[Known]] = defaultdict(list)
        phones = {phone for name in left if (phone := self._phone(name))}
        for each in sorted(self._fetch("phone_e164", phones)):
            self.by_phone[each.phone_e164].append(each)
        self._add_merged(
            ContactMerge.objects.naming(
                workspace=campaign.workspace_id,
                external_ids=left,
                emails=emails - self.by_email.keys(),
                phones=phones,
            )
        )
        shared = [each.pk for people in self.by_phone.values() for each in people if len(people) > 1]
        self.members = set(campaign.members.filter(contact__in=shared).values_list("contact", flat=True))

    def _fetch(self, among: str, values: Collection[Any]) -> list[Known]:
        workspace = self.campaign.workspace_id
        return list(map(Known._make, bulk.select(Contact, KEPT, among=among, values=values, workspace_id=workspace)))

    def _add_merged(self, former: Sequence[FormerName]) -> None:
        """Who was merged into somebody is that one. A person who has such a key today comes before."""
        kept = {each.pk: each for each in self._fetch("id", {each.contact for each in former})}
        by_key = {KeyKind.EXTERNAL_ID: self.by_external_id, KeyKind.EMAIL: self.by_email}
        for each in reversed(former):
            contact = kept[each.contact]
            if each.kind != KeyKind.PHONE:
                by_key[KeyKind(each.kind)].setdefault(each.value, contact)
            elif contact not in self.by_phone[each.value]:
                self.by_phone[each.value].append(contact)

    @property
    def strange(self) -> set[int]:
        """Everybody whom `find` may return but those who were met before."""
        unique = chain(self.by_external_id.values(), self.by_email.values())
        return {each.pk for each in chain(unique, *self.by_phone.values())}

    def waiting(self) -> set[int]:
        """Who in the campaign waits for a callback, where anybody was met before."""
        if not self.met:
            return set()
        waiting = self.campaign.members.filter(workspace=self.campaign.workspace_id, callback_due_at__isnull=False)
        return set(waiting.values_list("contact", flat=True))

    def find(self, name: str) -> Known:
        """The contact of that external ID, email address or phone number. Raises RowRefused."""
        if known := self.met.get(name) or self.by_external_id.get(name):
            return known
        if not name:
            raise RowRefused("contact", "The row does not say who was called.")
        contact = self.by_email.get(fold(name)) or self._by_phone(name)
        if contact is None:
            raise RowRefused(
                "contact",
                f"Nobody in {self.campaign.workspace} has “{name[:120]}” as external ID, email address or phone "
                "number. Import the people first.",
            )
        self._found[name] = contact
        return contact

    def remember(self, called: Collection[int]) -> None:
        """Those of the people found who have a call in the campaign now: they stay in it."""
        for found in (self.by_external_id, self._found):
            self.met |= {name: each for name, each in found.items() if each.pk in called}

    def _by_phone(self, name: str) -> Known | None:
        """A number that several people share means the one who is in the campaign."""
        people = self.by_phone.get(self._phone(name), [])
        if len(people) < 2:
            return people[0] if people else None
        inside = [each for each in people if each.pk in self.members]
        if len(inside) == 1:
            return inside[0]
        named = ", ".join(f"{each} (contact {each.pk})" for each in (inside or people)[:5])
        where = f"in the campaign {self.campaign}" if inside else f"in {self.campaign.workspace}, none in the campaign"
        raise RowRefused("several_people", f"The phone number {name} belongs to several people {where}: {named}.")

    def _phone(self, name: str) -> str:
        try:
            return "" if "@" in name else to_e164(name, self.region)
        except ValidationError:
            return ""
