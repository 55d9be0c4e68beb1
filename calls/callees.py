"""Whom a dialer's log means: people by external ID, email or phone, those of a campaign first."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError

from campaigns.models import Campaign
from markets.models import Contact, ContactMerge
from markets.models.merges import FormerName, KeyKind
from markets.normalising import fold
from markets.phones import to_e164
from markets.rejects import RowRefused


class Callees:
    """The people whom some rows name, fetched at once."""

    def __init__(self, campaign: Campaign, names: Iterable[str]):
        self.campaign = campaign
        self.region = campaign.workspace.phone_region
        wanted = {name for name in names if name}
        contacts = Contact.objects.filter(workspace=campaign.workspace_id)
        self.by_external_id = {each.external_id: each for each in contacts.filter(external_id__in=wanted)}
        emails = {fold(name) for name in wanted if "@" in name}
        self.by_email = {each.email: each for each in contacts.filter(email__in=emails)}
        self.by_phone: defaultdict[str, list[Contact]] = defaultdict(list)
        phones = {phone for name in wanted - self.by_external_id.keys() if (phone := self._phone(name))}
        for each in contacts.filter(phone_e164__in=phones).order_by("pk"):
            self.by_phone[each.phone_e164].append(each)
        self._add_merged(
            ContactMerge.objects.naming(
                workspace=campaign.workspace_id, external_ids=wanted, emails=emails, phones=phones
            )
        )
        shared = [each.pk for people in self.by_phone.values() for each in people if len(people) > 1]
        self.members = set(campaign.members.filter(contact__in=shared).values_list("contact", flat=True))

    def _add_merged(self, former: Sequence[FormerName]) -> None:
        """Who was merged into somebody is that one. A person who has such a key today comes before."""
        kept = Contact.objects.in_bulk({each.contact for each in former})
        by_key = {KeyKind.EXTERNAL_ID: self.by_external_id, KeyKind.EMAIL: self.by_email}
        for each in reversed(former):
            contact = kept[each.contact]
            if each.kind != KeyKind.PHONE:
                by_key[KeyKind(each.kind)].setdefault(each.value, contact)
            elif contact not in self.by_phone[each.value]:
                self.by_phone[each.value].append(contact)

    def find(self, name: str) -> Contact:
        """The contact of that external ID, email address or phone number. Raises RowRefused."""
        if not name:
            raise RowRefused("contact", "The row does not say who was called.")
        contact = self.by_external_id.get(name) or self.by_email.get(fold(name)) or self._by_phone(name)
        if contact is None:
            raise RowRefused(
                "contact",
                f"Nobody in {self.campaign.workspace} has “{name[:120]}” as external ID, email address or phone "
                "number. Import the people first.",
            )
        return contact

    def _by_phone(self, name: str) -> Contact | None:
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
