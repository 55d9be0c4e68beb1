"""What an import did with each contact, as stored with its job: an undo and the next chunks depend on it."""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction

from config.db import bulk
from markets.imports.contacts.extras import ContactExtras
from markets.imports.contacts.last_words import to_json
from markets.imports.contacts.prefilter import Fields
from markets.imports.counts import ImportCounts
from markets.models import ImportedContact, ImportJob, ImportNote

Outcome = ImportedContact.Outcome
RANKS = [Outcome.NAMED, Outcome.UNCHANGED, Outcome.UPDATED, Outcome.CREATED]
COLUMNS = (
    *("workspace_id", "job_id", "contact_id", "line", "outcome", "field_mask", "values"),
    *("is_placed", "is_enrolled", "is_do_not_call"),
)
MERGED = ("outcome", "field_mask", "values", "is_placed", "is_enrolled", "is_do_not_call")
"""Fields that add up when several chunks name the same contact."""


@dataclass(slots=True)
class ContactOutcome:
    line: int
    outcome: Outcome
    field_mask: int
    said: Fields | None = None
    """What rows of the file said; the first row counts. None if the import was not to apply it."""


class Disagreement(NamedTuple):
    """A value of an accepted row that a person has corrected."""

    contact: int
    line: int
    field: str
    file_value: str
    stored_value: str


@dataclass
class ChunkResult:
    counts: ImportCounts = field(default_factory=ImportCounts)
    contacts: dict[int, ContactOutcome] = field(default_factory=dict)
    """By contact id. Includes contacts that only a refused row names, where that row relies on fields of theirs."""
    contact_of_line: dict[int, int] = field(default_factory=dict)
    """The contact of each accepted row, by the row's line."""
    changed_lines: set[int] = field(default_factory=set)
    """Rows that were matched one by one and changed their contact, or created it."""
    extras: list[ContactExtras] = field(default_factory=list)
    disagreements: list[Disagreement] = field(default_factory=list)

    @property
    def accepted(self) -> list[int]:
        """The contacts that accepted rows name."""
        return [contact for contact, each in self.contacts.items() if each.outcome != Outcome.NAMED]

    @property
    def created(self) -> list[int]:
        return [contact for contact, each in self.contacts.items() if each.outcome == Outcome.CREATED]

    def add(self, contact: int, line: int, outcome: Outcome, field_mask: int, said: Fields | None = None) -> None:
        """Of several rows that name a contact, the strongest outcome stays."""
        known = self.contacts.get(contact)
        if known is None:
            self.contacts[contact] = ContactOutcome(line, outcome, field_mask, said)
            return
        if said:
            known.said = said | (known.said or {})
        known.field_mask |= field_mask
        known.line = min(known.line, line) if line else known.line
        known.outcome = stronger(known.outcome, outcome)


def stronger(one: str, other: str) -> Outcome:
    return max(Outcome(one), Outcome(other), key=RANKS.index)


def store_outcomes(
    *,
    job: ImportJob,
    result: ChunkResult,
    placed: Collection[int],
    enrolled: Collection[int],
    do_not_call: Collection[int],
) -> int:
    """Stores what a chunk did with each contact, merged with what earlier chunks did.

    Returns how many of `do_not_call` no earlier chunk had stored as such.
    """

    def flags(contact: int) -> tuple[bool, ...]:
        return contact in placed, contact in enrolled, contact in do_not_call

    def rows(contacts: Collection[int]) -> Iterator[tuple[Any, ...]]:
        for contact in contacts:
            each = result.contacts[contact]
            said = to_json(each.said) if each.said else None
            yield workspace, job.pk, contact, each.line, each.outcome.value, each.field_mask, said, *flags(contact)

    workspace = job.workspace_id

    try:
        with transaction.atomic():
            bulk.insert(ImportedContact, COLUMNS, rows(result.contacts))
        return len(do_not_call)
    except IntegrityError:  # earlier chunks named some of them, which few files do
        stored = _stored(job, result)
    bulk.insert(ImportedContact, COLUMNS, rows(result.contacts.keys() - stored.keys()))
    for contact, before in stored.items():
        outcome, field_mask, said, *flags_before = before
        each = result.contacts[contact]
        said = _both(said, each.said)
        both = [was or is_now for was, is_now in zip(flags_before, flags(contact), strict=True)]
        merged = (stronger(outcome, each.outcome), field_mask | each.field_mask, said, *both)
        if merged != before:
            job.people.filter(contact=contact).update(**dict(zip(MERGED, merged, strict=True)))
    return sum(not before[-1] for contact in do_not_call if (before := stored.get(contact, (False,))))


def _stored(job: ImportJob, result: ChunkResult) -> dict[int, tuple[Any, ...]]:
    """MERGED by contact."""
    rows = bulk.select(
        ImportedContact, ["contact_id", *MERGED], key="contact_id", values=result.contacts, job_id=job.pk
    )
    return {
        contact: (outcome, field_mask, json.loads(said or "null"), *map(bool, flags))
        for contact, outcome, field_mask, said, *flags in rows
    }


def _both(before: Fields | None, now: Fields | None) -> Fields | None:
    """What several chunks said: the first counts."""
    return json.loads(to_json(now or {})) | (before or {}) or None


def store_disagreements(*, job: ImportJob, disagreements: Iterable[Disagreement]) -> int:
    """Stores where the file and a person disagree, as notes of the import. Returns how many values that are."""
    notes = [
        ImportNote(
            workspace_id=job.workspace_id,
            job=job,
            kind=ImportNote.Kind.DISAGREEMENT,
            contact_id=each.contact,
            line=each.line,
            field=each.field,
            file_value=each.file_value,
            stored_value=each.stored_value,
        )
        for each in disagreements
    ]
    return len(ImportNote.objects.bulk_create(notes, batch_size=1000))
