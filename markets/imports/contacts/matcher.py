"""Matches rows with contacts one by one: a person is one contact, however often files name them (product.md,
section 1)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from django.utils.timezone import now

from config.db import bulk
from markets.contacts.normalization import FIELDS, fold
from markets.imports.contacts.prefilter import KEYS, Fields
from markets.imports.rejects import RowRefused
from markets.models import Contact, ContactMerge, ImportedContact, ImportJob
from markets.models.merges import KeyKind

Identity = tuple[str, ...]
"""A kind of key and its values, which one contact alone can have."""

IDENTITY = frozenset({"email", "phone_e164", "full_name"})
BITS = {name: 1 << place for place, name in enumerate((*FIELDS, "name_key", "phone_e164"))}
"""The bit of each field in `ImportedContact.field_mask`."""
LABELS: dict[str, str] = {KeyKind.EXTERNAL_ID: "external ID", KeyKind.EMAIL: "email", KeyKind.PHONE: "phone"}


def fields_to_bits(names: Iterable[str]) -> int:
    return sum(BITS[name] for name in names)


def relied_on_bits(row: Fields) -> int:
    """Bitmask of the fields this row relies on, for a row that fully agrees with its contact."""
    return _relied_on_bits(tuple(row))


@lru_cache(maxsize=1000)
def _relied_on_bits(names: tuple[str, ...]) -> int:
    return fields_to_bits(relied_on_fields(set(names), names))


def relied_on_fields(agreed: Collection[str], given: Collection[str], *, is_refused: bool = False) -> set[str]:
    """The fields that no later row of the file may change, for a row that gives the fields `given` and whose contact
    agrees with it in the fields `agreed`.

    Phones are compared in E.164, however they were typed. A phone without a name finds a contact only while that has no
    name, so such a row relies on a blank name, too. A refused row does even if it agrees in a stronger key: a later row
    may add the key by which it is found the next time.
    """
    relied_on = set(agreed) - {"phone"}
    is_phone_only = "phone_e164" in given and "full_name" not in given
    if is_phone_only and (is_refused or not relied_on & {"external_id", "email"}):
        relied_on.add("full_name")
    return relied_on


def bits_to_fields(bits: int) -> set[str]:
    return {name for name, bit in BITS.items() if bits & bit}


@dataclass(eq=False)
class MatchedContact:
    """A contact that rows are matched with, stored or about to be."""

    contact: Contact
    line: int = 0
    """Of the file, where the first row of this chunk begins that relies on the contact; 0 if none does."""
    relied_on: set[str] = field(default_factory=set)
    """The fields that rows of this file gave, or that must stay blank for them."""
    changed: set[str] = field(default_factory=set)
    former: set[tuple[str, str]] = field(default_factory=set)
    """Fields and values of contacts merged into this one: a file that gives them again changes nothing."""

    def __str__(self) -> str:
        where = f"contact {self.contact.pk}" if self.contact.pk else f"line {self.line} of this file"
        return f"{self.contact.label} ({where})"

    def rely_on(self, names: Iterable[str], line: int) -> None:
        self.relied_on.update(names)
        self.line = self.line or line

    def identities(self) -> Iterator[Identity]:
        contact = self.contact
        if contact.external_id:
            yield "external ID", contact.external_id
        if contact.email:
            yield "email", contact.email
        if contact.phone_e164:
            yield "phone", contact.phone_e164, contact.name_key


class ContactMatcher:
    """All contacts that a chunk's rows may name, kept up to date with the changes of its earlier rows."""

    def __init__(self, job: ImportJob, rows: Sequence[Fields]):
        self.job = job
        self._known: dict[int, MatchedContact] = {}
        self._new: list[MatchedContact] = []
        self._by_key: dict[Identity, MatchedContact] = {}
        self._by_former_key: dict[Identity, MatchedContact] = {}
        self._by_name_and_firm: defaultdict[tuple[str, str], list[MatchedContact]] = defaultdict(list)
        self._fetch(rows)

    def find(self, row: Fields, line: int) -> MatchedContact | None:
        """The contact that the row names, or None. Raises RowRefused if it names several."""
        if not row.keys() & set(KEYS):
            return self._find_by_firm(row, line)
        holders = self._holders(row)
        matches = list(dict.fromkeys(holder for _, holder in holders))
        if len(matches) > 1:
            self._pin(row, matches, line)
            named = ", but ".join(f"{_describe(identity)} belongs to {holder}" for identity, holder in holders)
            raise RowRefused("two_people", f"The row is two people at once: {named}.")
        return matches[0] if matches else None

    def add(self, row: Fields, line: int) -> MatchedContact:
        match = MatchedContact(Contact(workspace_id=self.job.workspace_id, **row), line)
        self._new.append(match)
        self._index(match)
        return match

    def change(self, match: MatchedContact, values: Fields) -> None:
        self._unindex(match)
        for name, value in values.items():
            setattr(match.contact, name, value)
        match.changed |= values.keys()
        self._index(match)

    def save(self) -> None:
        """Writes new contacts and changed fields, and no other field, which may have been changed concurrently."""
        groups: defaultdict[frozenset[str], list[Contact]] = defaultdict(list)
        for _, match in sorted(self._known.items()):
            if match.changed:
                groups[frozenset(match.changed)].append(match.contact)
        for changed, contacts in groups.items():
            names = sorted(changed)
            rows = [(contact.pk, *(getattr(contact, name) for name in names)) for contact in contacts]
            bulk.update(Contact, names, rows, updated_at=now())
        Contact.objects.bulk_create([match.contact for match in self._new])

    def named(self) -> Iterator[MatchedContact]:
        """The contacts with a field that a row of the file relies on."""
        return (match for match in (*self._known.values(), *self._new) if match.relied_on)

    def _holders(self, row: Fields) -> list[tuple[Identity, MatchedContact]]:
        """The contacts that have the row's keys, strongest first. A phone goes with the name in the row, or else with
        the name stored by a stronger key and with none."""
        keys: list[Identity] = [
            (label, row[name]) for name, label in (("external_id", "external ID"), ("email", "email")) if name in row
        ]
        holders = [(key, holder) for key in keys if (holder := self._holder(key))]
        known = holders[0][1].contact if holders else Contact()
        phone = row.get("phone_e164", known.phone_e164)
        names = [row["name_key"]] if "name_key" in row else [known.name_key, ""] if "phone_e164" in row else []
        weak = [("phone", phone, name) for name in dict.fromkeys(names)]
        return holders + [(key, holder) for key in weak if (holder := self._holder(key))]

    def _holder(self, key: Identity) -> MatchedContact | None:
        return self._by_key.get(key) or self._by_former_key.get(key)

    def _find_by_firm(self, row: Fields, line: int) -> MatchedContact | None:
        matches = self._by_name_and_firm[row["name_key"], fold(row["firm"])]
        if len(matches) > 1:
            for match in matches:
                match.rely_on(row, line)
            named = ", ".join(str(match) for match in matches[:5])
            raise RowRefused(
                "several_people",
                f"{len(matches)} people are called {row['full_name']} at {row['firm']}: {named}. "
                "Give an external ID, an email address or a phone number.",
            )
        return matches[0] if matches else None

    @staticmethod
    def _pin(row: Fields, matches: Iterable[MatchedContact], line: int) -> None:
        """Pins the keys of contacts named by a refused row, so that importing the file again gives the same result."""
        for match in matches:
            match.rely_on(row.keys() | IDENTITY, line)

    def _fetch(self, rows: Sequence[Fields]) -> None:
        values = {key: {row[key] for row in rows if key in row} for key in KEYS}
        nameless = {row["name_key"] for row in rows if not row.keys() & set(KEYS)}
        self._load("external_id", values["external_id"])
        self._load("email", values["email"])
        phones = values["phone_e164"] | {phone for match in self._known.values() if (phone := match.contact.phone_e164)}
        self._load("phone_e164", phones)
        self._load("name_key", nameless)
        if ContactMerge.objects.filter(workspace=self.job.workspace_id).exists():
            self._fetch_former(values)

    def _fetch_former(self, values: Mapping[str, set[str]]) -> None:
        matches = ContactMerge.objects.matching_former_keys(
            workspace=self.job.workspace_id,
            external_ids=values["external_id"],
            emails=values["email"],
            phones=values["phone_e164"],
        )
        kept = {each.contact for each in matches}
        self._load("id", kept)
        for each in matches:
            name = (each.name_key,) if each.kind == KeyKind.PHONE else ()
            self._by_former_key[LABELS[each.kind], each.value, *name] = self._known[each.contact]
        merges = ContactMerge.objects.filter(workspace=self.job.workspace_id, contact__in=list(self._known))
        for merge in merges:
            self._known[merge.contact_id].former |= {(name, str(value)) for name, value in merge.fields.items()}

    def _load(self, key: str, values: Collection[str | int]) -> None:
        """Loads the contacts that have one of the values, unless another key loaded them."""
        rows = bulk.select(Contact, ["id"], key=key, values=values, workspace_id=self.job.workspace_id)
        ids = {contact for (contact,) in rows} - self._known.keys()
        if not ids:
            return
        earlier = bulk.select(
            ImportedContact, ["contact_id", "field_mask"], key="contact_id", values=ids, job_id=self.job.pk
        )
        relied_on = dict(earlier)
        for contact in Contact.objects.filter(workspace=self.job.workspace_id, pk__in=ids):
            match = self._known[contact.pk] = MatchedContact(
                contact, relied_on=bits_to_fields(relied_on.get(contact.pk, 0))
            )
            self._index(match)

    def _index(self, match: MatchedContact) -> None:
        self._by_key.update(dict.fromkeys(match.identities(), match))
        if match.contact.name_key and match.contact.firm:
            self._by_name_and_firm[match.contact.name_key, fold(match.contact.firm)].append(match)

    def _unindex(self, match: MatchedContact) -> None:
        for key in match.identities():
            self._by_key.pop(key, None)
        if match.contact.name_key and match.contact.firm:
            self._by_name_and_firm[match.contact.name_key, fold(match.contact.firm)].remove(match)


def _describe(identity: Identity) -> str:
    kind, value, *names = identity
    return f"the {kind} “{value}”" + (" with this name" if names else "")
