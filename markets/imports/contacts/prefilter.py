"""Finds the rows of a chunk that need no matching row by row: new contacts, and contacts that stay unchanged.

In most files nearly all rows are one or the other, and a few statements settle them all. A row goes to
the matcher if it changes something, shares a contact with another row of the chunk, or is ambiguous.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import itemgetter
from typing import Any

from config.db import bulk
from markets.models import Contact, ContactMerge

Fields = dict[str, str]
"""A row's fields of a contact, as markets.contacts.normalization.normalise returns them."""

StoredContact = tuple[Any, ...]
"""A contact: its id, its name key, its KEYS, and then the other fields that rows of the chunk give."""

KEYS = ("external_id", "email", "profile_key", "phone_e164")
ALWAYS = ("id", "name_key", *KEYS)
ID, NAME, EXTERNAL_ID, EMAIL, PROFILE, PHONE = range(len(ALWAYS))


@dataclass
class PrefilterResult:
    """Indexes of a chunk's rows."""

    new: list[int] = field(default_factory=list)
    unchanged: dict[int, int] = field(default_factory=dict)
    """With the id of the contact that each row agrees with."""
    needs_matching: list[int] = field(default_factory=list)


def prefilter(
    workspace: int,
    rows: Sequence[Fields],
    decided: Mapping[int, int] | None = None,
    corrected: Callable[[Fields], int | None] | None = None,
) -> PrefilterResult:
    """Takes all readable rows of the chunk: a row left out could share a contact with another. `decided` has contacts
    that somebody decided on, by the index of their row; `corrected` finds those that had a row's keys before a person
    corrected these."""
    return _Prefilter(workspace, rows, decided or {}, corrected).result()


def _keys_by_kind(rows: Sequence[Fields]) -> Iterator[list[tuple[int, Any]]]:
    """For each kind of key, the row indexes and keys of the rows that have one."""
    yield [(index, row["external_id"]) for index, row in enumerate(rows) if "external_id" in row]
    yield [(index, row["email"]) for index, row in enumerate(rows) if "email" in row]
    yield [(index, row["profile_key"]) for index, row in enumerate(rows) if "profile_key" in row]
    with_phone = [(index, row) for index, row in enumerate(rows) if "phone_e164" in row]
    yield [(index, (row["phone_e164"], row.get("name_key", ""))) for index, row in with_phone]


def _has_key(row: Fields) -> bool:
    return any(key in row for key in KEYS)


class _Prefilter:
    def __init__(
        self,
        workspace: int,
        rows: Sequence[Fields],
        decided: Mapping[int, int],
        corrected: Callable[[Fields], int | None] | None,
    ):
        self.workspace = workspace
        self.rows = rows
        self.decided = decided
        self.corrected = corrected
        names = sorted(set(chain.from_iterable(set(map(tuple, rows)))))
        self.given = frozenset(names)
        self.columns = [*ALWAYS, *(name for name in names if name not in ALWAYS)]
        self.column_of = {name: index for index, name in enumerate(self.columns)}
        self.getters: dict[tuple[str, ...], Callable[[StoredContact], tuple[Any, ...]]] = {}
        self.stored: dict[int, StoredContact] = {}
        """The contact of each row that names a known one."""
        self.needs_matching: set[int] = set()

    def result(self) -> PrefilterResult:
        self._load_contacts()
        self._find_changes()
        self._find_ambiguous()
        self._find_shared()
        self._spread()
        result = PrefilterResult(needs_matching=sorted(self.needs_matching))
        for index in range(len(self.rows)):
            if index in self.needs_matching:
                continue
            if index in self.stored:
                result.unchanged[index] = self.stored[index][ID]
            else:
                result.new.append(index)
        return result

    def _load_contacts(self) -> None:
        """Finds contacts by the strongest key of each row, and by weaker keys only if that is unknown."""
        everyone = range(len(self.rows))
        if self.decided:
            contacts = {contact[ID]: contact for contact in self._select("id", set(self.decided.values()))}
            self.stored.update((index, contacts[decided]) for index, decided in self.decided.items())
            self.needs_matching.update(self.decided)
        for key in [key for key in ("external_id", "email", "profile_key") if key in self.given]:
            self._load_by(key, [index for index in everyone if index not in self.stored])
        self._load_by_phone([index for index in everyone if index not in self.stored])

    def _load_by(self, key: str, indexes: Iterable[int]) -> None:
        values = {value for index in indexes if (value := self.rows[index].get(key))}
        column = self.column_of[key]
        found = self._select(key, values)
        contacts = {contact[column]: contact for contact in found}
        if contacts:
            for index in indexes:
                if contact := contacts.get(self.rows[index].get(key, "")):
                    self.stored[index] = contact
        if len(found) > len(contacts):  # several contacts have the same profile URL
            ambiguous = {value for value, count in Counter(contact[column] for contact in found).items() if count > 1}
            self.needs_matching.update(index for index in indexes if self.rows[index].get(key) in ambiguous)

    def _load_by_phone(self, indexes: list[int]) -> None:
        """By phone and name. A row that gives a phone without a name, of a contact with a name, is ambiguous if there
        is also a contact without a name who has that phone."""
        nameless = [
            index
            for index, contact in self.stored.items()
            if contact[NAME] and "phone_e164" in (row := self.rows[index]) and "name_key" not in row
        ]
        phones = {phone for index in (*indexes, *nameless) if (phone := self.rows[index].get("phone_e164"))}
        contacts = {(contact[PHONE], contact[NAME]): contact for contact in self._select("phone_e164", phones)}
        if not contacts:
            return
        for index in indexes:
            row = self.rows[index]
            if contact := contacts.get((row.get("phone_e164"), row.get("name_key", ""))):
                self.stored[index] = contact
        self.needs_matching.update(index for index in nameless if (self.rows[index]["phone_e164"], "") in contacts)

    def _find_changes(self) -> None:
        self.needs_matching.update(
            index
            for index, contact in self.stored.items()
            if tuple(self.rows[index].values()) != self._getter_for(self.rows[index])(contact)
            and not self._agrees(self.rows[index], contact)
        )

    def _find_ambiguous(self) -> None:
        """Rows without a key, and rows with a key that belonged to a contact who was merged."""
        unknown = [index for index in range(len(self.rows)) if index not in self.stored]
        self.needs_matching.update(index for index in unknown if not _has_key(self.rows[index]))
        if unknown and ContactMerge.objects.filter(workspace=self.workspace).exists():
            self._load_by_former_key(unknown)
        if self.corrected:
            self._load_corrected([index for index in unknown if index not in self.stored], self.corrected)

    def _load_corrected(self, indexes: Iterable[int], corrected: Callable[[Fields], int | None]) -> None:
        found = {index: contact for index in indexes if (contact := corrected(self.rows[index]))}
        contacts = {contact[ID]: contact for contact in self._select("id", set(found.values()))}
        self.stored |= {index: contacts[contact] for index, contact in found.items()}
        self.needs_matching.update(found)

    def _load_by_former_key(self, indexes: list[int]) -> None:
        values = {key: {row[key] for index in indexes if key in (row := self.rows[index])} for key in KEYS}
        former = ContactMerge.objects.matching_former_keys(
            workspace=self.workspace,
            external_ids=values["external_id"],
            emails=values["email"],
            profiles=values["profile_key"],
            phones=values["phone_e164"],
        )
        kept = {contact[ID]: contact for contact in self._select("id", {each.contact for each in former})}
        by_key = {(each.kind, each.value): kept[each.contact] for each in former}
        for index in indexes:
            for key in KEYS:
                if contact := by_key.get((key, self.rows[index].get(key, ""))):
                    self.stored.setdefault(index, contact)
                    self.needs_matching.add(index)

    def _select(self, key: str, values: Iterable[Any]) -> list[StoredContact]:
        return bulk.select(Contact, self.columns, key=key, values=list(values), workspace_id=self.workspace)

    def _find_shared(self) -> None:
        """Rows that share a key or a contact depend on each other's order."""
        contacts = [(index, contact[ID]) for index, contact in self.stored.items()]
        for keys in (*_keys_by_kind(self.rows), contacts):
            if len({key for _, key in keys}) == len(keys):
                continue
            first: dict[Any, int] = {}
            for index, key in keys:
                if first.setdefault(key, index) != index:
                    self.needs_matching |= {index, first[key]}

    def _spread(self) -> None:
        """Rows that name what another row may change need matching, too."""
        if not self.needs_matching:
            return
        touched: set[str] = set()
        added = set(self.needs_matching)
        while added:
            for index in added:
                touched |= self._identities(index, with_name=not _has_key(self.rows[index]))
            others = [index for index in range(len(self.rows)) if index not in self.needs_matching]
            added = {index for index in others if not touched.isdisjoint(self._identities(index, with_name=True))}
            self.needs_matching |= added

    def _getter_for(self, row: Fields) -> Callable[[StoredContact], tuple[Any, ...]]:
        """A function that gets the fields of the row, in its order, from a contact; shared by rows of one shape."""
        shape = tuple(row)
        if shape not in self.getters:
            columns = [self.column_of[name] for name in shape]
            self.getters[shape] = itemgetter(*columns) if len(columns) > 1 else lambda contact: (contact[columns[0]],)
        return self.getters[shape]

    def _agrees(self, row: Fields, contact: StoredContact) -> bool:
        """Whether the row changes nothing. A phone typed otherwise is the same if it is in E.164."""
        return all(
            contact[self.column_of[name]] == value or (name == "phone" and contact[PHONE] == row.get("phone_e164"))
            for name, value in row.items()
        )

    def _identities(self, index: int, *, with_name: bool) -> set[str]:
        """Keys and names of the row and its contact, each marked with its kind."""
        row, contact = self.rows[index], self.stored.get(index)
        values = {
            f"i{row.get('external_id', '')}",
            f"e{row.get('email', '')}",
            f"u{row.get('profile_key', '')}",
            f"p{row.get('phone_e164', '')}",
            f"n{row.get('name_key', '') if with_name else ''}",
        }
        if contact:
            values |= {f"i{contact[EXTERNAL_ID]}", f"e{contact[EMAIL]}", f"u{contact[PROFILE]}", f"p{contact[PHONE]}"}
            if with_name:
                values.add(f"n{contact[NAME]}")
        return values - {"i", "e", "u", "p", "n"}
