"""Finds the contacts that a dialer's log means: by external ID, email or phone, preferring members of the campaign."""

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

COLUMNS = ["id", "external_id", "email", "phone_e164", "full_name", "phone"]


class ContactKeys(NamedTuple):
    """The fields of a contact that importing calls needs, without the cost of a model instance."""

    pk: int
    external_id: str
    email: str
    phone_e164: str
    full_name: str
    phone: str

    def __str__(self) -> str:
        return self.full_name or self.email or self.external_id or self.phone


class ContactLookup:
    """The contacts that the given keys may mean, fetched together."""

    def __init__(self, campaign: Campaign, keys: Iterable[str]):
        self.campaign = campaign
        self.region = campaign.workspace.phone_region
        wanted = {key for key in keys if key}
        self.by_external_id = {contact.external_id: contact for contact in self._fetch("external_id", wanted)}
        others = wanted - self.by_external_id.keys()
        emails = {fold(key) for key in others if "@" in key}
        self.by_email = {contact.email: contact for contact in self._fetch("email", emails)}
        self.by_phone: defaultdict[str, list[ContactKeys]] = defaultdict(list)
        phones = {phone for key in others if (phone := self._phone(key))}
        for contact in sorted(self._fetch("phone_e164", phones)):
            self.by_phone[contact.phone_e164].append(contact)
        self._add_merged(
            ContactMerge.objects.matching_former_keys(
                workspace=campaign.workspace_id,
                external_ids=others,
                emails=emails - self.by_email.keys(),
                phones=phones,
            )
        )
        sharing = [contact.pk for contacts in self.by_phone.values() for contact in contacts if len(contacts) > 1]
        self.members = set(campaign.members.filter(contact__in=sharing).values_list("contact", flat=True))

    def _fetch(self, key: str, values: Collection[Any]) -> list[ContactKeys]:
        rows = bulk.select(Contact, COLUMNS, key=key, values=values, workspace_id=self.campaign.workspace_id)
        return list(map(ContactKeys._make, rows))

    def _add_merged(self, former: Sequence[FormerKeyMatch]) -> None:
        """Former keys of merged contacts mean the contact that was kept, unless another contact has the key now."""
        kept = {each.pk: each for each in self._fetch("id", {each.contact for each in former})}
        by_key = {KeyKind.EXTERNAL_ID: self.by_external_id, KeyKind.EMAIL: self.by_email}
        for each in reversed(former):
            contact = kept[each.contact]
            if each.kind != KeyKind.PHONE:
                by_key[KeyKind(each.kind)].setdefault(each.value, contact)
            elif contact not in self.by_phone[each.value]:
                self.by_phone[each.value].append(contact)

    @property
    def contacts(self) -> set[int]:
        """Ids of all contacts that `get` may return."""
        unique = chain(self.by_external_id.values(), self.by_email.values())
        return {contact.pk for contact in chain(unique, *self.by_phone.values())}

    def get(self, key: str) -> ContactKeys:
        """The contact with that external ID, email address or phone number. Raises RowRefused."""
        if contact := self.by_external_id.get(key):
            return contact
        if not key:
            raise RowRefused("contact", "The row does not say who was called.")
        if contact := self.by_email.get(fold(key)) or self._get_by_phone(key):
            return contact
        raise RowRefused(
            "contact",
            f"Nobody in {self.campaign.workspace} has “{key[:120]}” as external ID, email address or phone "
            "number. Import the people first.",
        )

    def _get_by_phone(self, key: str) -> ContactKeys | None:
        """A phone that several contacts share means the one who is in the campaign."""
        contacts = self.by_phone.get(self._phone(key), [])
        if len(contacts) < 2:
            return contacts[0] if contacts else None
        members = [contact for contact in contacts if contact.pk in self.members]
        if len(members) == 1:
            return members[0]
        named = ", ".join(f"{contact} (contact {contact.pk})" for contact in (members or contacts)[:5])
        where = f"in the campaign {self.campaign}" if members else f"in {self.campaign.workspace}, none in the campaign"
        raise RowRefused("several_people", f"The phone number {key} belongs to several people {where}: {named}.")

    def _phone(self, key: str) -> str:
        try:
            return "" if "@" in key else to_e164(key, self.region)
        except ValidationError:
            return ""
