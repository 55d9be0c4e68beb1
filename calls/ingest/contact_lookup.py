"""Whom a dialer's log means: people by external ID, email or phone, those of a campaign first."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError

from campaigns.models import Campaign
from config.db import bulk
from markets.contacts.normalization import fold
from markets.contacts.phones import to_e164
from markets.imports.rejects import RowRefused
from markets.models import Contact, ContactMerge
from markets.models.merges import FormerKeyMatch, KeyKind

KEPT = ["id", "external_id", "email", "phone_e164", "full_name", "phone"]


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


class Callees:
    """The people whom some rows name, fetched at once."""

    def __init__(self, campaign: Campaign, names: Iterable[str]):
        self.campaign = campaign
        self.region = campaign.workspace.phone_region
        wanted = {name for name in names if name}
        self.by_external_id = {each.external_id: each for each in self._fetch("external_id", wanted)}
        left = wanted - self.by_external_id.keys()
        emails = {fold(name) for name in left if "@" in name}
        self.by_email = {each.email: each for each in self._fetch("email", emails)}
        self.by_phone: defaultdict[str, list[Known]] = defaultdict(list)
        phones = {phone for name in left if (phone := self._phone(name))}
        for each in sorted(self._fetch("phone_e164", phones)):
            self.by_phone[each.phone_e164].append(each)
        self._add_merged(
            ContactMerge.objects.matching_former_keys(
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

    def _add_merged(self, former: Sequence[FormerKeyMatch]) -> None:
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
    def people(self) -> set[int]:
        """Everybody whom `find` may return."""
        unique = chain(self.by_external_id.values(), self.by_email.values())
        return {each.pk for each in chain(unique, *self.by_phone.values())}

    def find(self, name: str) -> Known:
        """The contact of that external ID, email address or phone number. Raises RowRefused."""
        if known := self.by_external_id.get(name):
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
        return contact

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
