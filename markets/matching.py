"""Who a row is: a person is one contact however often files name them (product.md, section 1)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.timezone import now

from markets.models import Contact, Workspace
from markets.normalising import fold
from markets.rejects import RowRefused

Fields = Mapping[str, str]
"""What a row gives of a person, as markets.normalising.normalise leaves it."""

Identity = tuple[str, ...]
"""A kind of key and its values: what one person alone can have."""

KEYS = ("external_id", "email", "phone_e164")
IDENTITY = frozenset({"email", "phone", "full_name"})


@dataclass(eq=False)
class Person:
    """A contact while rows are matched with it, saved or about to be."""

    contact: Contact
    line: int = 0
    """The line of the file that introduces them, if one does."""
    said: set[str] = field(default_factory=set)
    """The fields that rows of this file gave, or count on being blank."""
    changed: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        where = f"contact {self.contact.pk}" if self.contact.pk else f"line {self.line} of this file"
        return f"{self.contact.label} ({where})"

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

    def __init__(self, workspace: Workspace, rows: Sequence[Fields], said: Mapping[int, frozenset[str]]):
        """`said` is, by contact id, what earlier chunks of the file gave."""
        self.workspace = workspace
        self._said = said
        self._known: dict[int, Person] = {}
        self._new: list[Person] = []
        self._by_key: dict[Identity, Person] = {}
        self._by_name_and_firm: defaultdict[tuple[str, str], list[Person]] = defaultdict(list)
        self._fetch(rows)

    def find(self, row: Fields) -> Person | None:
        """Whom the row names, if anybody. Raises RowRefused when that is not one person."""
        if not row.keys() & set(KEYS):
            return self._find_by_firm(row)
        holders = self._holders(row)
        found = list(dict.fromkeys(holder for _, holder in holders))
        if len(found) > 1:
            self._note_conflict(row, found)
            named = ", but ".join(f"{_in_words(identity)} belongs to {holder}" for identity, holder in holders)
            raise RowRefused("two_people", f"The row is two people at once: {named}.")
        return found[0] if found else None

    def add(self, row: Fields, line: int) -> Person:
        person = Person(Contact(workspace=self.workspace, **row), line)
        self._new.append(person)
        self._index(person)
        return person

    def change(self, person: Person, values: Fields) -> None:
        self._unindex(person)
        for name, value in values.items():
            setattr(person.contact, name, value)
        person.changed |= values.keys()
        self._index(person)

    def save(self) -> dict[int, frozenset[str]]:
        """Writes what is new and what changed, and returns what the file said of each person so far."""
        groups: defaultdict[frozenset[str], list[Contact]] = defaultdict(list)
        for _, person in sorted(self._known.items()):
            if person.changed:
                person.contact.updated_at = now()
                groups[frozenset(person.changed)].append(person.contact)
        for names, contacts in groups.items():  # only these fields, so that nobody else's change is written over
            Contact.objects.bulk_update(contacts, [*sorted(names), "updated_at"])
        Contact.objects.bulk_create([person.contact for person in self._new])
        everybody = [*self._known.values(), *self._new]
        return {person.contact.pk: frozenset(person.said) for person in everybody if person.said}

    def _holders(self, row: Fields) -> list[tuple[Identity, Person]]:
        """Who has each of the row's keys, strongest first. Name and number count as in the row and as after it."""
        keys = [
            (label, row[name]) for name, label in (("external_id", "external ID"), ("email", "email")) if name in row
        ]
        holders: list[tuple[Identity, Person]] = [(key, self._by_key[key]) for key in keys if key in self._by_key]
        known = holders[0][1].contact if holders else Contact()
        phone = row.get("phone_e164", known.phone_e164)
        names = [row["name_key"]] if "name_key" in row else [known.name_key, ""] if "phone_e164" in row else []
        weak = [("phone", phone, name) for name in dict.fromkeys(names)]
        return holders + [(key, self._by_key[key]) for key in weak if key in self._by_key]

    def _find_by_firm(self, row: Fields) -> Person | None:
        found = self._by_name_and_firm[row["name_key"], fold(row["firm"])]
        if len(found) > 1:
            for person in found:
                person.said |= row.keys()
            named = ", ".join(str(person) for person in found[:5])
            raise RowRefused(
                "several_people",
                f"{len(found)} people are called {row['full_name']} at {row['firm']}: {named}. "
                "Give an external ID, an email address or a phone number.",
            )
        return found[0] if found else None

    def _note_conflict(self, row: Fields, people: Iterable[Person]) -> None:
        """The keys of people that a refused row named stay: else the same file would end otherwise the next time."""
        for person in people:
            person.said |= row.keys() | IDENTITY

    def _fetch(self, rows: Sequence[Fields]) -> None:
        values = {key: {row[key] for row in rows if key in row} for key in KEYS}
        nameless = {row["name_key"] for row in rows if not row.keys() & set(KEYS)}
        self._load(Q(external_id__in=values["external_id"]), values["external_id"])
        self._load(Q(email__in=values["email"]), values["email"])
        phones = values["phone_e164"] | {
            phone for person in self._known.values() if (phone := person.contact.phone_e164)
        }
        self._load(Q(phone_e164__in=phones), phones)
        self._load(Q(name_key__in=nameless), nameless)

    def _load(self, condition: Q, values: set[str]) -> None:
        if not values:
            return
        for contact in Contact.objects.filter(condition, workspace=self.workspace):
            if contact.pk not in self._known:
                person = self._known[contact.pk] = Person(contact, said=set(self._said.get(contact.pk, ())))
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
