"""Which rows of a chunk need no thought: people whom nobody knows, and people of whom the row says nothing new.

Most rows of most files are one or the other. They are settled together; whatever touches somebody whom another row of
the chunk touches too, changes anything, or cannot be told at a glance goes to markets.imports.matcher, row by row.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import itemgetter
from typing import Any

from config.db import bulk
from markets.models import Contact, ContactMerge

Fields = dict[str, str]
"""What a row gives of a person, as markets.contacts.normalization.normalise leaves it."""

Known = tuple[Any, ...]
"""A contact: its id, its name key, its KEYS, and then whatever else the rows give."""

KEYS = ("external_id", "email", "phone_e164")
ALWAYS = ("id", "name_key", *KEYS)
ID, NAME, EXTERNAL_ID, EMAIL, PHONE = range(len(ALWAYS))


@dataclass
class Screened:
    """The places of a chunk's rows, by what they take."""

    new: list[int] = field(default_factory=list)
    same: dict[int, int] = field(default_factory=dict)
    """The contact of each row that says what is known."""
    hard: list[int] = field(default_factory=list)


@dataclass
class Given:
    """What the rows of a chunk give: all of them, or `screen` may be wrong."""

    rows: Sequence[Fields]
    names: list[str]
    """The fields that some row gives."""
    are_apart: bool
    """Whether no two rows share a key."""
    have_keys: bool
    """Whether each row has a key of its own."""

    @classmethod
    def by(cls, rows: Sequence[Fields]) -> "Given":
        """Without a look at the database."""
        shapes = set(map(tuple, rows))
        have_keys = all(any(key in shape for key in KEYS) for shape in shapes)
        return cls(rows, sorted(set(chain.from_iterable(shapes))), _are_apart(rows), have_keys)


def _are_apart(rows: Sequence[Fields]) -> bool:
    kinds: tuple[list[Any], ...] = (
        [row["external_id"] for row in rows if "external_id" in row],
        [row["email"] for row in rows if "email" in row],
        [(row["phone_e164"], row.get("name_key", "")) for row in rows if "phone_e164" in row],
    )
    return all(len(set(keys)) == len(keys) for keys in kinds)


def screen(workspace: int, given: Given) -> Screened:
    """What each row takes."""
    return _Screen(workspace, given).result()


def may_all_be_new(workspace: int, given: Given) -> bool:
    """Whether each row is somebody else by a key of their own, so that the unique constraints can tell if they are new.

    Those say just what `screen` asks the database: nobody has the external ID, the email, or the number with the name.
    """
    is_plain = given.are_apart and given.have_keys
    return is_plain and not ContactMerge.objects.filter(workspace=workspace).exists()


def _is_doubtful(row: Fields) -> bool:
    """Said of somebody with a name: the number alone may be another's, too, who has that number and no name."""
    return "phone_e164" in row and "name_key" not in row


def _meeting_points(rows: Sequence[Fields]) -> Iterator[list[tuple[int, Any]]]:
    """The keys that are given, by kind, each with the place of its row."""
    yield [(place, row["external_id"]) for place, row in enumerate(rows) if "external_id" in row]
    yield [(place, row["email"]) for place, row in enumerate(rows) if "email" in row]
    numbered = [(place, row) for place, row in enumerate(rows) if "phone_e164" in row]
    yield [(place, (row["phone_e164"], row.get("name_key", ""))) for place, row in numbered]


class _Screen:
    def __init__(self, workspace: int, given: Given):
        self.workspace = workspace
        self.rows = given.rows
        self.are_apart = given.are_apart
        self.columns = [*ALWAYS, *(name for name in given.names if name not in ALWAYS)]
        self.place_of = {name: place for place, name in enumerate(self.columns)}
        self.parts: dict[tuple[str, ...], Callable[[Known], tuple[Any, ...]]] = {}
        self.holders: dict[int, Known] = {}
        self.hard: set[int] = set()
        self._find()

    def result(self) -> Screened:
        self._part_those_that_meet()
        self._spread()
        screened = Screened(hard=sorted(self.hard))
        for place in range(len(self.rows)):
            if place in self.hard:
                continue
            if place in self.holders:
                screened.same[place] = self.holders[place][ID]
            else:
                screened.new.append(place)
        return screened

    def _find(self) -> None:
        """Looks for who holds the rows' keys: the strongest key first, the others of those rows alone that need it."""
        everyone = range(len(self.rows))
        self._hold("external_id", everyone)
        self._hold("email", [place for place in everyone if place not in self.holders])
        doubtful = [place for place, known in self.holders.items() if known[NAME] and _is_doubtful(self.rows[place])]
        self._find_by_phone([place for place in everyone if place not in self.holders], doubtful)
        self.hard.update(
            place
            for place, known in self.holders.items()
            if tuple(self.rows[place].values()) != self._part_for(self.rows[place])(known)
            and not self._says_nothing_new(self.rows[place], known)
        )
        self._find_strangers()

    def _hold(self, key: str, places: Iterable[int]) -> None:
        wanted = {value: place for place in places if (value := self.rows[place].get(key))}
        column = self.place_of[key]
        found = {known[column]: known for known in self._select(key, wanted)}
        if found:
            for place in places:
                if known := found.get(self.rows[place].get(key, "")):
                    self.holders[place] = known

    def _find_by_phone(self, unheld: list[int], doubtful: list[int]) -> None:
        phones = {phone for place in (*unheld, *doubtful) if (phone := self.rows[place].get("phone_e164"))}
        found = {(known[PHONE], known[NAME]): known for known in self._select("phone_e164", phones)}
        if not found:
            return
        for place in unheld:
            row = self.rows[place]
            if known := found.get((row.get("phone_e164"), row.get("name_key", ""))):
                self.holders[place] = known
        self.hard.update(place for place in doubtful if (self.rows[place]["phone_e164"], "") in found)

    def _find_strangers(self) -> None:
        """Nobody has the keys: new, unless there are none or somebody had them before a merge."""
        strangers = [place for place in range(len(self.rows)) if place not in self.holders]
        self.hard.update(place for place in strangers if not self._has_key(place))
        if strangers and ContactMerge.objects.filter(workspace=self.workspace).exists():
            self._find_former(strangers)

    def _find_former(self, strangers: list[int]) -> None:
        """Holds for whoever was merged, by a key that nobody has any more."""
        values = {key: {row[key] for place in strangers if key in (row := self.rows[place])} for key in KEYS}
        found = ContactMerge.objects.matching_former_keys(
            workspace=self.workspace,
            external_ids=values["external_id"],
            emails=values["email"],
            phones=values["phone_e164"],
        )
        kept = {known[ID]: known for known in self._select("id", {each.contact for each in found})}
        meant = {(each.kind, each.value): kept[each.contact] for each in found}
        for place in strangers:
            for key in KEYS:
                if known := meant.get((key, self.rows[place].get(key, ""))):
                    self.holders.setdefault(place, known)
                    self.hard.add(place)

    def _select(self, key: str, values: Iterable[Any]) -> list[Known]:
        return bulk.select(Contact, self.columns, among=key, values=list(values), workspace_id=self.workspace)

    def _part_those_that_meet(self) -> None:
        """Rows that share a key or a person depend on each other's order."""
        people = [(place, known[ID]) for place, known in self.holders.items()]
        for given in (*(() if self.are_apart else _meeting_points(self.rows)), people):
            if len({key for _, key in given}) == len(given):
                continue
            first: dict[Any, int] = {}
            for place, key in given:
                if first.setdefault(key, place) != place:
                    self.hard |= {place, first[key]}

    def _spread(self) -> None:
        """What a hard row may change draws in every row that names it."""
        if not self.hard:
            return
        touched: set[str] = set()
        todo = set(self.hard)
        while todo:
            for place in todo:
                touched |= self._values(place, with_name=not self._has_key(place))
            rest = [place for place in range(len(self.rows)) if place not in self.hard]
            todo = {place for place in rest if not touched.isdisjoint(self._values(place, with_name=True))}
            self.hard |= todo

    def _has_key(self, place: int) -> bool:
        return any(key in self.rows[place] for key in KEYS)

    def _part_for(self, row: Fields) -> Callable[[Known], tuple[Any, ...]]:
        """Takes of a contact what the row gives, in its order. Most rows of a file give the same fields."""
        shape = tuple(row)
        if shape not in self.parts:
            places = [self.place_of[name] for name in shape]
            self.parts[shape] = itemgetter(*places) if len(places) > 1 else lambda known: (known[places[0]],)
        return self.parts[shape]

    def _says_nothing_new(self, row: Fields, known: Known) -> bool:
        place_of = self.place_of
        for name, value in row.items():
            if known[place_of[name]] != value and not (name == "phone" and known[PHONE] == row.get("phone_e164")):
                return False
        return True

    def _values(self, place: int, *, with_name: bool) -> set[str]:
        row, known = self.rows[place], self.holders.get(place)
        values = {
            f"i{row.get('external_id', '')}",
            f"e{row.get('email', '')}",
            f"p{row.get('phone_e164', '')}",
            f"n{row.get('name_key', '') if with_name else ''}",
        }
        if known:
            values |= {f"i{known[EXTERNAL_ID]}", f"e{known[EMAIL]}", f"p{known[PHONE]}"}
            if with_name:
                values.add(f"n{known[NAME]}")
        return values - {"i", "e", "p", "n"}
