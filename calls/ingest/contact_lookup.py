"""Finds the contacts that a dialer's log means: by external ID, email or phone, preferring members of the campaign."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from config.db import bulk
from markets.contacts.normalization import fold
from markets.contacts.phones import to_e164
from markets.contacts.values.blanks import means_nothing
from markets.imports.fields import SEPARATOR
from markets.imports.files.rejects import RowRefused
from markets.models import Contact, ContactMerge, ContactPoint
from markets.models.history.merges import FormerKeyMatch, KeyKind

ADDRESS = re.compile(r"[^\s(<\[;,:]+@[^\s)>\];,]+")
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
    """The contacts that the given keys may mean, fetched together.

    A key may hold several, joined by SEPARATOR: the first of them that is known decides.
    """

    def __init__(self, campaign: Campaign, keys: Iterable[str]):
        self.campaign = campaign
        self.region = campaign.workspace.phone_region
        self._found: dict[str, ContactKeys] = {}
        wanted = {part for key in set(keys) for part in parts_of(key)}
        self.by_external_id = {contact.external_id: contact for contact in self._fetch("external_id", wanted)}
        others = wanted - self.by_external_id.keys()
        emails = {fold(address_in(key)) for key in others if "@" in key}
        self.by_email = {contact.email: contact for contact in self._fetch("email", emails)}
        self.by_phone: defaultdict[str, list[ContactKeys]] = defaultdict(list)
        phones = {phone for key in others if (phone := self.phone_in(key))}
        for contact in sorted(self._fetch("phone_e164", phones)):
            self.by_phone[contact.phone_e164].append(contact)
        former = ContactMerge.objects.matching_former_keys(
            workspace=campaign.workspace_id,
            external_ids=others,
            emails=emails - self.by_email.keys(),
            phones=phones,
        )
        further = self._further_points(emails, phones)
        self._add_others(former, further)
        sharing = [contact.pk for contacts in self.by_phone.values() for contact in contacts if len(contacts) > 1]
        self.members = set(campaign.members.filter(contact__in=sharing).values_list("contact", flat=True))

    def _fetch(self, key: str, values: Collection[Any]) -> list[ContactKeys]:
        rows = bulk.select(Contact, COLUMNS, key=key, values=values, workspace_id=self.campaign.workspace_id)
        return list(map(ContactKeys._make, rows))

    def _further_points(self, emails: Collection[str], phones: Collection[str]) -> list[tuple[str, str, int]]:
        """Kind, value and contact of the further numbers and addresses that are wanted."""
        phones = phones - self.by_phone.keys()
        emails = emails - self.by_email.keys()
        points = ContactPoint.objects.filter(workspace=self.campaign.workspace_id).order_by("contact", "position")
        by_phone = points.filter(phone_e164__in=phones) if phones else points.none()
        by_email = points.filter(kind=ContactPoint.Kind.EMAIL, typed__in=emails) if emails else points.none()
        return [
            *((KeyKind.PHONE, phone, contact) for phone, contact in by_phone.values_list("phone_e164", "contact")),
            *((KeyKind.EMAIL, email, contact) for email, contact in by_email.values_list("typed", "contact")),
        ]

    def _add_others(self, former: Sequence[FormerKeyMatch], further: Sequence[tuple[str, str, int]]) -> None:
        """Further numbers and addresses mean their contact, and former keys of merged contacts the one that was kept,
        unless another contact has the key now."""
        keys = [*further, *((each.kind, each.value, each.contact) for each in reversed(former))]
        kept = {each.pk: each for each in self._fetch("id", {contact for _key, _value, contact in keys})}
        by_key = {KeyKind.EXTERNAL_ID: self.by_external_id, KeyKind.EMAIL: self.by_email}
        for kind, value, pk in keys:
            contact = kept[pk]
            if kind != KeyKind.PHONE:
                by_key[KeyKind(kind)].setdefault(value, contact)
            elif contact not in self.by_phone[value]:
                self.by_phone[value].append(contact)

    @property
    def contacts(self) -> set[int]:
        """Ids of all contacts that `get` may return."""
        unique = chain(self.by_external_id.values(), self.by_email.values())
        return {contact.pk for contact in chain(unique, *self.by_phone.values())}

    def get(self, key: str) -> ContactKeys:
        """The contact with that external ID, email address or phone number. Raises RowRefused."""
        if (contact := self._found.get(key)) is None:
            contact = self._found[key] = self._get(key)
        return contact

    def _get(self, key: str) -> ContactKeys:
        refusal = None
        for part in parts_of(key):
            try:
                if contact := self._get_by_part(part):
                    return contact
            except RowRefused as several:
                refusal = refusal or several
        if refusal:
            raise refusal
        if not parts_of(key):
            raise RowRefused("contact", _("The row does not say who was called."))
        named = _(" or ").join(f"“{part[:120]}”" for part in parts_of(key)[:5])
        text = _(
            "Nobody in %(workspace)s has %(keys)s as external ID, email address or phone number. "
            "Import the people first."
        )
        raise RowRefused("contact", text % {"workspace": self.campaign.workspace, "keys": named})

    def _get_by_part(self, part: str) -> ContactKeys | None:
        if contact := self.by_external_id.get(part):
            return contact
        if "@" in part:
            return self.by_email.get(fold(address_in(part)))
        return self._get_by_phone(part)

    def _get_by_phone(self, key: str) -> ContactKeys | None:
        """A phone that several contacts share means the one who is in the campaign."""
        contacts = self.by_phone.get(self.phone_in(key), [])
        if len(contacts) < 2:
            return contacts[0] if contacts else None
        members = [contact for contact in contacts if contact.pk in self.members]
        if len(members) == 1:
            return members[0]
        person = _("%(person)s (contact %(key)s)")
        named = [person % {"person": contact, "key": contact.pk} for contact in (members or contacts)[:5]]
        if members:
            text = _("The phone number %(phone)s belongs to several people in the campaign %(campaign)s: %(people)s.")
        else:
            text = _(
                "The phone number %(phone)s belongs to several people in %(workspace)s, none in the campaign: "
                "%(people)s."
            )
        values = {"campaign": self.campaign, "workspace": self.campaign.workspace, "people": ", ".join(named)}
        raise RowRefused("several_people", text % {"phone": key, **values})

    def phone_in(self, key: str) -> str:
        """The phone number in E.164 that the key is or, of several, the first one. Empty if there is none."""
        for part in parts_of(key):
            if "@" not in part and part not in self.by_external_id:
                try:
                    return to_e164(part, self.region)
                except ValidationError:
                    continue
        return ""


def parts_of(key: str) -> list[str]:
    """The keys joined in a text, in their order, without words for nothing."""
    parts = [key] if SEPARATOR not in key else map(str.strip, key.split(SEPARATOR))
    return [part for part in parts if part and not means_nothing(part)]


def address_in(text: str) -> str:
    """The email address in a text such as “Ann Lee (ann@firm.example)”."""
    if " " not in text:
        return text
    found = ADDRESS.search(text)
    return found[0] if found else text
