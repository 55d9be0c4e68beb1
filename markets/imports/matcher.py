"""Who a row is: a person is one contact however often files name them (product.md, section 1)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from config.db import bulk
from markets.contacts.normalization import FIELDS, fold
from markets.imports.prefilter import KEYS, Fields
from markets.imports.rejects import RowRefused
from markets.models import Contact, ContactMerge, ImportedContact, ImportJob
from markets.models.merges import KeyKind

Identity = tuple[str, ...]
"""A kind of key and its values: what one person alone can have."""

IDENTITY = frozenset({"email", "phone_e164", "full_name"})
BITS = {name: 1 << place for place, name in enumerate((*FIELDS, "name_key", "phone_e164"))}
"""How `ImportedContact.field_mask` keeps names of fields."""
LABELS: dict[str, str] = {KeyKind.EXTERNAL_ID: "external ID", KeyKind.EMAIL: "email", KeyKind.PHONE: "phone"}


def bits_of(names: Iterable[str]) -> int:
    return sum(BITS[name] for name in names)


def said_by(row: Fields) -> int:
    """The bits of what a row counts on that agrees with its person in everything it gives."""
    return _said_by(tuple(row))


@lru_cache(maxsize=1000)
def _said_by(names: tuple[str, ...]) -> int:
    return bits_of(counted_on(set(names), names))


def counted_on(agreed: Collection[str], given: Collection[str], *, is_refused: bool = False) -> set[str]:
    """Of a row's fields those that have to stay as they are, where `agreed` ones are as the row gives them.

    A number is what it is in E.164, however it was typed. A number alone means somebody only as long as they have no
    name, so that a name must not be added by another row. Of a row that `is_refused` it does not matter what else it
    agrees in: a later row may add the key by which it is found the next time.
    """
    kept = set(agreed) - {"phone"}
    is_numbered = "phone_e164" in given and "full_name" not in given
    if is_numbered and (is_refused or not kept & {"external_id", "email"}):
        kept.add("full_name")
    return kept


def names_of(bits: int) -> set[str]:
    return {name for name, bit in BITS.items() if bits & bit}


@dataclass(eq=False)
class Person:
    """A contact while rows are matched with it, saved or about to be."""

    contact: Contact
    line: int = 0
    """Of the file: where the first of these rows begins that says something of them, if one does."""
    said: set[str] = field(default_factory=set)
    """The fields that rows of this file gave, or count on being blank."""
    changed: set[str] = field(default_factory=set)
    former: set[tuple[str, str]] = field(default_factory=set)
    """What was stored of people who were merged into this one: a file that says it again says nothing new."""

    def __str__(self) -> str:
        where = f"contact {self.contact.pk}" if self.contact.pk else f"line {self.line} of this file"
        return f"{self.contact.label} ({where})"

    def note(self, names: Iterable[str], line: int) -> None:
        """A row that begins in that line counts on these fields."""
        self.said.update(names)
        self.line = self.line or line

    def identities(self) -> Iterator[Identity]:
        contact = self.contact
        if contact.external_id:
            yield "external ID", contact.external_id
        if contact.email:
            yield "email", contact.email
        if contact.phone_e164:
            yield "phone", contact.phone_e164, contact.name_key


class People:
    """Everybody that a chunk's rows may name, kept in step with what its earlier rows change."""

    def __init__(self, job: ImportJob, rows: Sequence[Fields]):
        self.job = job
        self._known: dict[int, Person] = {}
        self._new: list[Person] = []
        self._by_key: dict[Identity, Person] = {}
        self._by_former_key: dict[Identity, Person] = {}
        self._by_name_and_firm: defaultdict[tuple[str, str], list[Person]] = defaultdict(list)
        self._fetch(rows)

    def find(self, row: Fields, line: int) -> Person | None:
        """Whom the row names, if anybody. Raises RowRefused when that is not one person."""
        if not row.keys() & set(KEYS):
            return self._find_by_firm(row, line)
        holders = self._holders(row)
        found = list(dict.fromkeys(holder for _, holder in holders))
        if len(found) > 1:
            self._note_conflict(row, found, line)
            named = ", but ".join(f"{_in_words(identity)} belongs to {holder}" for identity, holder in holders)
            raise RowRefused("two_people", f"The row is two people at once: {named}.")
        return found[0] if found else None

    def add(self, row: Fields, line: int) -> Person:
        person = Person(Contact(workspace_id=self.job.workspace_id, **row), line)
        self._new.append(person)
        self._index(person)
        return person

    def change(self, person: Person, values: Fields) -> None:
        self._unindex(person)
        for name, value in values.items():
            setattr(person.contact, name, value)
        person.changed |= values.keys()
        self._index(person)

    def save(self) -> None:
        """Writes what is new and what changed, and no other field: nobody else's change is written over."""
        groups: defaultdict[frozenset[str], list[Contact]] = defaultdict(list)
        for _, person in sorted(self._known.items()):
            if person.changed:
                groups[frozenset(person.changed)].append(person.contact)
        for changed, contacts in groups.items():
            names = sorted(changed)
            rows = [(contact.pk, *(getattr(contact, name) for name in names)) for contact in contacts]
            bulk.update(Contact, names, rows, updated_at=bulk.database_now())
        Contact.objects.bulk_create([person.contact for person in self._new])

    def named(self) -> Iterator[Person]:
        """Everybody of whom a row said something."""
        return (person for person in (*self._known.values(), *self._new) if person.said)

    def _holders(self, row: Fields) -> list[tuple[Identity, Person]]:
        """Who has each of the row's keys, strongest first. Name and number count as in the row and as after it."""
        keys: list[Identity] = [
            (label, row[name]) for name, label in (("external_id", "external ID"), ("email", "email")) if name in row
        ]
        holders = [(key, holder) for key in keys if (holder := self._holder(key))]
        known = holders[0][1].contact if holders else Contact()
        phone = row.get("phone_e164", known.phone_e164)
        names = [row["name_key"]] if "name_key" in row else [known.name_key, ""] if "phone_e164" in row else []
        weak = [("phone", phone, name) for name in dict.fromkeys(names)]
        return holders + [(key, holder) for key in weak if (holder := self._holder(key))]

    def _holder(self, key: Identity) -> Person | None:
        return self._by_key.get(key) or self._by_former_key.get(key)

    def _find_by_firm(self, row: Fields, line: int) -> Person | None:
        found = self._by_name_and_firm[row["name_key"], fold(row["firm"])]
        if len(found) > 1:
            for person in found:
                person.note(row, line)
            named = ", ".join(str(person) for person in found[:5])
            raise RowRefused(
                "several_people",
                f"{len(found)} people are called {row['full_name']} at {row['firm']}: {named}. "
                "Give an external ID, an email address or a phone number.",
            )
        return found[0] if found else None

    def _note_conflict(self, row: Fields, people: Iterable[Person], line: int) -> None:
        """The keys of people that a refused row named stay: else the same file would end otherwise the next time."""
        for person in people:
            person.note(row.keys() | IDENTITY, line)

    def _fetch(self, rows: Sequence[Fields]) -> None:
        values = {key: {row[key] for row in rows if key in row} for key in KEYS}
        nameless = {row["name_key"] for row in rows if not row.keys() & set(KEYS)}
        self._load("external_id", values["external_id"])
        self._load("email", values["email"])
        phones = values["phone_e164"] | {
            phone for person in self._known.values() if (phone := person.contact.phone_e164)
        }
        self._load("phone_e164", phones)
        self._load("name_key", nameless)
        if ContactMerge.objects.filter(workspace=self.job.workspace_id).exists():
            self._fetch_former(values)

    def _fetch_former(self, values: Mapping[str, set[str]]) -> None:
        found = ContactMerge.objects.matching_former_keys(
            workspace=self.job.workspace_id,
            external_ids=values["external_id"],
            emails=values["email"],
            phones=values["phone_e164"],
        )
        kept = {each.contact for each in found}
        self._load("id", kept)
        for each in found:
            name = (each.name_key,) if each.kind == KeyKind.PHONE else ()
            self._by_former_key[LABELS[each.kind], each.value, *name] = self._known[each.contact]
        merges = ContactMerge.objects.filter(workspace=self.job.workspace_id, contact__in=list(self._known))
        for merge in merges:
            self._known[merge.contact_id].former |= {(name, str(value)) for name, value in merge.fields.items()}

    def _load(self, key: str, values: Collection[str | int]) -> None:
        """Everybody who has one of the values, unless they are here by another key."""
        found = bulk.select(Contact, ["id"], among=key, values=values, workspace_id=self.job.workspace_id)
        ids = {contact for (contact,) in found} - self._known.keys()
        if not ids:
            return
        earlier = bulk.select(
            ImportedContact, ["contact_id", "field_mask"], among="contact_id", values=ids, job_id=self.job.pk
        )
        said = dict(earlier)
        for contact in Contact.objects.filter(workspace=self.job.workspace_id, pk__in=ids):
            person = self._known[contact.pk] = Person(contact, said=names_of(said.get(contact.pk, 0)))
            self._index(person)

    def _index(self, person: Person) -> None:
        self._by_key.update(dict.fromkeys(person.identities(), person))
        if person.contact.name_key and person.contact.firm:
            self._by_name_and_firm[person.contact.name_key, fold(person.contact.firm)].append(person)

    def _unindex(self, person: Person) -> None:
        for key in person.identities():
            self._by_key.pop(key, None)
        if person.contact.name_key and person.contact.firm:
            self._by_name_and_firm[person.contact.name_key, fold(person.contact.firm)].remove(person)


def _in_words(identity: Identity) -> str:
    kind, value, *names = identity
    return f"the {kind} “{value}”" + (" with this name" if names else "")
