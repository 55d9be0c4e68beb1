"""People from a file into a workspace: each row validated, matched and written, thousands at a time.

Within one file a field of a person is said once: a later row may add to it but not contradict it. Only so can the same
file, imported again, change nothing.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from config.db import bulk
from markets.contacts.normalization import fold, normalise
from markets.imports.counts import Tally
from markets.imports.mapping import ColumnMapping
from markets.imports.matcher import People, Person, bits_of, counted_on, said_by
from markets.imports.prefilter import Fields, Given, may_all_be_new, screen
from markets.imports.readers import Row
from markets.imports.rejects import Rejection, RowRefused
from markets.models import Contact, ImportedContact, ImportJob

Outcome = ImportedContact.Outcome
TALLIED = {Outcome.CREATED: "created", Outcome.UPDATED: "updated", Outcome.UNCHANGED: "unchanged"}


@dataclass
class Chunk:
    """Rows that give something, in their order, with what they give, and those that give nothing."""

    rows: list[Row]
    given: Given
    refused: list[tuple[Row, RowRefused]]


IMPORTED = (
    *("workspace_id", "job_id", "contact_id", "line", "outcome", "field_mask"),
    *("is_placed", "is_enrolled", "is_do_not_call"),
)
MERGED = ("outcome", "field_mask", "is_placed", "is_enrolled", "is_do_not_call")
"""What is kept of a person whom several chunks name: the most of what each of them did."""


class OnDuplicate(StrEnum):
    """What becomes of a person that is known already."""

    UPDATE = "update"
    SKIP = "skip"
    FAIL = "fail"


@dataclass(slots=True)
class Named:
    """What a chunk says of one person."""

    line: int
    outcome: ImportedContact.Outcome
    said: int


@dataclass
class Written:
    """What a chunk came to."""

    tally: Tally = field(default_factory=Tally)
    people: dict[int, Named] = field(default_factory=dict)
    """By contact id: everybody whom a row names, a refused one too if it counts for what the file says."""

    @property
    def accepted(self) -> list[int]:
        """The contacts whom accepted rows name."""
        return [contact for contact, named in self.people.items() if named.outcome != Outcome.NAMED]

    @property
    def created(self) -> list[int]:
        return [contact for contact, named in self.people.items() if named.outcome == Outcome.CREATED]

    def name(self, contact: int, line: int, outcome: ImportedContact.Outcome, said: int) -> None:
        """A person whom two rows name keeps the stronger outcome."""
        known = self.people.get(contact)
        if known is None:
            self.people[contact] = Named(line, outcome, said)
            return
        known.said |= said
        known.line = min(known.line, line) if line else known.line
        known.outcome = stronger(known.outcome, outcome)


def stronger(one: str, other: str) -> ImportedContact.Outcome:
    ranks = [Outcome.NAMED, Outcome.UNCHANGED, Outcome.UPDATED, Outcome.CREATED]
    return max(Outcome(one), Outcome(other), key=ranks.index)


class PeopleImport:
    """One file's import of people into one workspace."""

    def __init__(self, job: ImportJob, columns: ColumnMapping, on_duplicate: OnDuplicate = OnDuplicate.UPDATE):
        self.job = job
        self.columns = columns
        self.on_duplicate = on_duplicate
        self.region = job.workspace.phone_region
        self._expects_strangers = False

    def prepare(self, rows: Iterable[Row]) -> Chunk:
        """What the rows give, without a look at the database."""
        kept: list[Row] = []
        given: list[Fields] = []
        refused: list[tuple[Row, RowRefused]] = []
        for row in rows:
            fields = self._read(row)
            if isinstance(fields, RowRefused):
                refused.append((row, fields))
            else:
                kept.append(row)
                given.append(fields)
        return Chunk(kept, Given.by(given), refused)

    def write(self, chunk: Chunk) -> Written:
        """Writes the people of some rows. Run it in a transaction."""
        written = Written()
        for row, refusal in chunk.refused:
            written.tally.count(_rejection(row, refusal))
        given = list(zip(chunk.rows, chunk.given.rows, strict=True))
        if self._expects_strangers and self._create_all(written, chunk.given, given):
            return written
        screened = screen(self.job.workspace_id, chunk.given)
        self._expects_strangers = len(screened.new) == len(given)
        hard = screened.hard
        if self.on_duplicate == OnDuplicate.FAIL:
            hard = sorted([*hard, *screened.same])
        else:
            self._leave(written, [(given[place], contact) for place, contact in screened.same.items()])
        self._create(written, [given[place] for place in screened.new])
        if hard:
            self._take_one_by_one(written, [given[place] for place in hard])
        return written

    def _read(self, row: Row) -> Fields | RowRefused:
        _, cells = row
        if misfit := self.columns.width_error(cells):
            return RowRefused("columns", misfit)
        try:
            return normalise(self.columns.pick(cells), region=self.region)
        except ValidationError as error:
            problems = error.message_dict
            code = "no_key" if "__all__" in problems else next(iter(problems))
            return RowRefused(code, " ".join(message for messages in problems.values() for message in messages))

    def _leave(self, written: Written, rows: Sequence[tuple[tuple[Row, Fields], int]]) -> None:
        for ((line, _), fields), contact in rows:
            said = said_by(fields) if self.on_duplicate == OnDuplicate.UPDATE else 0
            written.name(contact, line, Outcome.UNCHANGED, said)
        written.tally.count("unchanged", len(rows))

    def _create_all(self, written: Written, given: Given, rows: Sequence[tuple[Row, Fields]]) -> bool:
        """After a chunk of strangers the next is taken for one, too: if somebody is known, the database says so."""
        if not may_all_be_new(self.job.workspace_id, given):
            return False
        try:
            with transaction.atomic():
                self._create(written, rows)
        except IntegrityError:
            self._expects_strangers = False
        return self._expects_strangers

    def _create(self, written: Written, rows: Sequence[tuple[Row, Fields]]) -> None:
        if not rows:
            return
        ids = bulk.new_ids(Contact, len(rows))
        moment, workspace = bulk.database_now(), self.job.workspace_id
        shapes = {tuple(fields) for _, fields in rows}
        given = sorted(set(chain.from_iterable(shapes)))  # the others are blank by themselves
        bulk.insert(
            Contact,
            ["id", "workspace_id", "created_at", "updated_at", *given],
            (
                (contact, workspace, moment, moment, *[fields.get(name, "") for name in given])
                for contact, (_, fields) in zip(ids, rows, strict=True)
            ),
        )
        for contact, ((line, _), fields) in zip(ids, rows, strict=True):
            written.people[contact] = Named(line, Outcome.CREATED, said_by(fields))
        written.tally.count("created", len(rows))

    def _take_one_by_one(self, written: Written, rows: Sequence[tuple[Row, Fields]]) -> None:
        people = People(self.job, [fields for _, fields in rows])
        taken: list[tuple[Person, int, ImportedContact.Outcome]] = []
        for row, fields in rows:
            try:
                person, outcome = self._take(people, fields, row[0])
            except RowRefused as refusal:
                written.tally.count(_rejection(row, refusal))
            else:
                written.tally.count(TALLIED[outcome])
                taken.append((person, row[0], outcome))
        people.save()
        for person, line, outcome in taken:
            written.name(person.contact.pk, line, outcome, bits_of(person.said))
        for person in people.named():
            written.name(person.contact.pk, person.line, Outcome.NAMED, bits_of(person.said))

    def _take(self, people: People, row: Fields, line: int) -> tuple[Person, ImportedContact.Outcome]:
        person = people.find(row, line)
        if person is None:
            person = people.add(row, line)
            _note(person, row, line)
            return person, Outcome.CREATED
        if self.on_duplicate == OnDuplicate.FAIL:
            raise RowRefused("known", f"{person} is known already.")
        if self.on_duplicate == OnDuplicate.SKIP:
            return person, Outcome.UNCHANGED
        try:
            changes = _changes(person, row)
        except RowRefused:
            _note(person, row, line, is_refused=True)
            raise
        people.change(person, changes)
        _note(person, row, line)
        return person, Outcome.UPDATED if changes else Outcome.UNCHANGED


def record(
    *,
    job: ImportJob,
    written: Written,
    placed: Collection[int],
    enrolled: Collection[int],
    do_not_call: Collection[int],
) -> int:
    """Keeps what a chunk did with each person. Who was named by an earlier chunk stays one row.

    Returns how many of `do_not_call` no earlier chunk had recorded as such.
    """

    def flags(contact: int) -> tuple[bool, ...]:
        return contact in placed, contact in enrolled, contact in do_not_call

    def rows(contacts: Collection[int]) -> Iterator[tuple[Any, ...]]:
        for contact in contacts:
            named = written.people[contact]
            yield job.workspace_id, job.pk, contact, named.line, named.outcome.value, named.said, *flags(contact)

    try:
        with transaction.atomic():
            bulk.insert(ImportedContact, IMPORTED, rows(written.people))
    except IntegrityError:
        before = _named_before(job, written)
        bulk.insert(ImportedContact, IMPORTED, rows(written.people.keys() - before.keys()))
        for contact, known in before.items():
            outcome, said, *known_flags = known
            named = written.people[contact]
            both = [was or now for was, now in zip(known_flags, flags(contact), strict=True)]
            merged = (stronger(outcome, named.outcome), said | named.said, *both)
            if merged != known:
                job.people.filter(contact=contact).update(**dict(zip(MERGED, merged, strict=True)))
        return sum(not known[-1] for contact in do_not_call if (known := before.get(contact, (False,))))
    return len(do_not_call)


def _named_before(job: ImportJob, written: Written) -> dict[int, tuple[Any, ...]]:
    """By contact, MERGED."""
    columns = ["contact_id", *MERGED]
    found = bulk.select(ImportedContact, columns, among="contact_id", values=written.people, job_id=job.pk)
    return {contact: (outcome, said, *map(bool, flags)) for contact, outcome, said, *flags in found}


def _rejection(row: Row, refusal: RowRefused) -> Rejection:
    line, cells = row
    return Rejection(line, refusal.code, str(refusal), cells)


def _note(person: Person, row: Fields, line: int, *, is_refused: bool = False) -> None:
    """What the row counts on, even if it was refused: where it agrees with the person, they stay so in this file."""
    agreed = [name for name, value in row.items() if value == getattr(person.contact, name)]
    person.note(counted_on(agreed, row, is_refused=is_refused), line)


def _changes(person: Person, row: Fields) -> dict[str, str]:
    """The fields that the row gives otherwise. Raises RowRefused when an earlier row of the file contradicts it."""
    contact = person.contact
    changes = {
        name: value
        for name, value in row.items()
        if value != getattr(contact, name) and (name, value) not in person.former
    }
    if contact.external_id:
        changes.pop("external_id", None)
    if contact.phone_e164 and "phone_e164" not in changes:
        changes.pop("phone", None)
    for name in [name for name in changes if name in person.said]:
        known = getattr(contact, name)
        if fold(known) == fold(changes[name]):
            del changes[name]
        elif known:
            typed = name.removesuffix("_e164")
            raise RowRefused(
                "contradiction",
                f"An earlier row of this file has the {typed.replace('_', ' ')} of {person} as "
                f"“{getattr(contact, typed)}”, this one as “{row[typed]}”. Keep the row that is right.",
            )
        elif name == "full_name":
            raise RowRefused(
                "contradiction",
                f"An earlier row of this file means {person} by the number, without a name; this one names them "
                f"“{row[name]}”. Name them in both.",
            )
    return changes
