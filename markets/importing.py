"""People from a file into a workspace: each row validated, matched and written, many rows at a time.

Within one file a field of a person is said once: a later row may add to it but not contradict it. Only so can the same
file, imported again, change nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.core.exceptions import ValidationError

from markets.chunks import Tally
from markets.mapping import Columns
from markets.matching import Fields, People, Person
from markets.models import Contact, Workspace
from markets.normalising import fold, normalise
from markets.reading import Row
from markets.rejects import Rejection, RowRefused


class OnDuplicate(StrEnum):
    """What becomes of a person that is known already."""

    UPDATE = "update"
    SKIP = "skip"
    FAIL = "fail"


@dataclass(frozen=True)
class Written:
    """What a chunk came to, and the ids of the people that its accepted rows name."""

    tally: Tally
    contacts: list[int]
    said: Mapping[int, frozenset[str]]


class PeopleImport:
    """One file's import of people into one workspace."""

    def __init__(self, workspace: Workspace, columns: Columns, on_duplicate: OnDuplicate = OnDuplicate.UPDATE):
        self.workspace = workspace
        self.columns = columns
        self.on_duplicate = on_duplicate
        self._said: dict[int, frozenset[str]] = {}

    def write(self, rows: Sequence[Row]) -> Written:
        """Writes some rows. Run it in a transaction, and `keep` the outcome once that has succeeded."""
        read = [self._read(row) for row in rows]
        people = People(self.workspace, [fields for fields in read if not isinstance(fields, RowRefused)], self._said)
        tally, named = Tally(), []
        for (line, cells), fields in zip(rows, read, strict=True):
            try:
                if isinstance(fields, RowRefused):
                    raise fields
                outcome, person = self._take(people, fields, line)
            except RowRefused as refusal:
                tally.count(Rejection(line, refusal.code, str(refusal), cells))
            else:
                tally.count(outcome)
                named.append(person)
        said = people.save()
        return Written(tally, [person.contact.pk for person in named], said)

    def keep(self, written: Written) -> None:
        """Remembers what the file said, for its next rows."""
        self._said.update(written.said)

    def _read(self, row: Row) -> Fields | RowRefused:
        _, cells = row
        if misfit := self.columns.misfit(cells):
            return RowRefused("columns", misfit)
        try:
            fields = normalise(self.columns.pick(cells), region=self.workspace.phone_region)
        except ValidationError as error:
            problems = error.message_dict
            code = "no_key" if "__all__" in problems else next(iter(problems))
            return RowRefused(code, " ".join(message for messages in problems.values() for message in messages))
        for name, value in fields.items():  # comparing forms can be longer than what was typed
            longest = Contact._meta.get_field(name).max_length or 0  # type: ignore[union-attr]
            if len(value) > longest:
                return RowRefused(name, f"The {name.replace('_', ' ')} is too long: at most {longest} are kept.")
        return fields

    def _take(self, people: People, row: Fields, line: int) -> tuple[str, Person]:
        person = people.find(row)
        if person is None:
            person = people.add(row, line)
            _note(person, row)
            return "created", person
        if self.on_duplicate == OnDuplicate.FAIL:
            raise RowRefused("known", f"{person} is known already.")
        if self.on_duplicate == OnDuplicate.SKIP:
            return "unchanged", person
        try:
            changes = _changes(person, row)
            people.change(person, changes)
        finally:
            _note(person, row)
        return "updated" if changes else "unchanged", person


def _note(person: Person, row: Fields) -> None:
    """What the row counts on, even if it was refused: where it agrees with the person, they stay so in this file."""
    agreed = {name for name, value in row.items() if value == getattr(person.contact, name)}
    person.said |= agreed
    if "phone_e164" in row and "full_name" not in row and not agreed & {"external_id", "email"}:
        person.said.add("full_name")  # a number alone means somebody only as long as they have no name


def _changes(person: Person, row: Fields) -> dict[str, str]:
    """The fields that the row gives otherwise. Raises RowRefused when an earlier row of the file contradicts it."""
    contact = person.contact
    changes = {name: value for name, value in row.items() if value != getattr(contact, name)}
    if contact.external_id:
        changes.pop("external_id", None)
    if contact.phone_e164 and "phone_e164" not in changes:
        changes.pop("phone", None)
    for name in [name for name in changes if name in person.said]:
        known = getattr(contact, name)
        if fold(known) == fold(changes[name]):
            del changes[name]
        elif known or name == "full_name":
            words = name.removesuffix("_e164").replace("_", " ")
            raise RowRefused(
                "contradiction",
                f"An earlier row of this file has the {words} of {person} as “{known}”, this one as "
                f"“{changes[name]}”. Keep the row that is right.",
            )
    return changes
