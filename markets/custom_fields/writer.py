"""Writes the custom values that a chunk of an import's rows gives to contacts which exist already.

The same words count as for other fields (product.md, section 8): a person's over a file's, a source's only where it
changed its own last word, and the first row's of a file.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.timezone import now

from config.db import bulk
from markets.contacts.normalization import fold
from markets.custom_fields.file_columns import MAX_NOTE_FIELD, CustomColumns, Values
from markets.custom_fields.values import PREFIX, as_text, to_texts
from markets.imports.contacts.extras import LeftOut
from markets.imports.contacts.last_words import last_words
from markets.imports.contacts.outcomes import ChunkResult, Disagreement, Outcome, stronger
from markets.models import Contact, ContactChange, ImportedContact, ImportJob

to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


@dataclass
class _Words:
    """Who said what about the contacts before, by contact and by name (`custom.` and the key)."""

    stored: dict[int, Values]
    by_source: Mapping[int, Mapping[str, str]]
    in_file: dict[int, Mapping[str, str]]
    by_person: dict[int, set[str]]


@dataclass
class _Change:
    before: dict[str, str] = field(default_factory=dict)
    after: Values = field(default_factory=dict)


def write_custom_values(
    custom: CustomColumns, result: ChunkResult, values: Mapping[int, Values], *, applies: bool
) -> dict[int, list[LeftOut]]:
    """Merges the values into the contacts of the rows, which are given by line, and counts the rows as updated.

    `applies` is False if the import leaves known contacts as they are. Returns values that contradict earlier rows of
    the file, by line.
    """
    contacts, of_line = result.contacts, result.contact_of_line
    rows = [
        (line, contact, each)
        for line, each in values.items()
        if each
        and (contact := of_line.get(line))
        # inserted with the values of this row
        and not ((outcome := contacts[contact]).outcome == Outcome.CREATED and outcome.line == line)
    ]
    if not rows or not applies:
        return {}
    stored = _stored_values({contact for _, contact, _ in rows})
    differing = []
    for row in rows:
        _, contact, each = row
        if _differs(each, stored[contact]):
            differing.append(row)
        else:
            _add_said(result, contact, to_texts(each))
    left_out: dict[int, list[LeftOut]] = {}
    changes: dict[int, _Change] = {}
    if differing:
        words = _load_words(custom.job, stored, {contact for _, contact, _ in differing})
        for line, contact, each in differing:
            change = changes.setdefault(contact, _Change())
            if _apply(custom, result, words, (line, contact, each), change, left_out):
                _count_as_updated(result, contact, line)
        _save(custom.job, {contact: change for contact, change in changes.items() if change.after})
    return left_out


def _differs(values: Values, stored: Values) -> bool:
    if values.items() <= stored.items():
        return False
    return any(key not in stored or as_text(stored[key]) != as_text(value) for key, value in values.items())


def _apply(
    custom: CustomColumns,
    result: ChunkResult,
    words: _Words,
    row: tuple[int, int, Values],
    change: _Change,
    left_out: dict[int, list[LeftOut]],
) -> bool:
    """Returns whether the row changes its contact."""
    line, contact, values = row
    said = {**(result.contacts[contact].said or {}), **words.in_file.get(contact, {})}
    current, has_changed = words.stored[contact], False
    for key, value in values.items():
        name, text, label = f"{PREFIX}{key}", as_text(value), custom.fields[key].name
        before = as_text(current.get(key, ""))
        if name in said:
            if fold(said[name]) != fold(text):
                why = f"An earlier row of this file has “{said[name][:80]}” for this person; that stays."
                left_out.setdefault(line, []).append(LeftOut(label[:MAX_NOTE_FIELD], text, why))
            continue
        _add_said(result, contact, {name: text})
        if text == before:
            continue
        if name in words.by_person.get(contact, ()):
            if fold(text) != fold(before):
                result.disagreements.append(Disagreement(contact, line, label[:MAX_NOTE_FIELD], text, before))
        elif words.by_source.get(contact, {}).get(name) != text:
            change.before.setdefault(name, before)
            change.after[key] = current[key] = value
            has_changed = True
    return has_changed


def _add_said(result: ChunkResult, contact: int, texts: Mapping[str, str]) -> None:
    outcome = result.contacts[contact]
    outcome.said = {**texts, **(outcome.said or {})}


def _count_as_updated(result: ChunkResult, contact: int, line: int) -> None:
    if line not in result.changed_lines:
        result.counts.unchanged -= 1
        result.counts.updated += 1
        result.changed_lines.add(line)
    outcome = result.contacts[contact]
    outcome.outcome = stronger(outcome.outcome, Outcome.UPDATED)


def _stored_values(contacts: Iterable[int]) -> dict[int, Values]:
    rows = bulk.select(Contact, ["id", "custom"], key="id", values=list(contacts))
    return {contact: json.loads(custom) if custom != "{}" else {} for contact, custom in rows}


def _load_words(job: ImportJob, stored: dict[int, Values], contacts: set[int]) -> _Words:
    ids = sorted(contacts)
    in_file = bulk.select(ImportedContact, ["contact_id", "values"], key="contact_id", values=ids, job_id=job.pk)
    changes = ContactChange.objects.filter(workspace=job.workspace_id, contact__in=ids, import_job=None)
    by_person: dict[int, set[str]] = {}
    for contact, after in changes.values_list("contact", "after"):
        by_person.setdefault(contact, set()).update(name for name in after if name.startswith(PREFIX))
    return _Words(
        stored, last_words(job, ids), {contact: json.loads(said or "{}") for contact, said in in_file}, by_person
    )


def _save(job: ImportJob, changes: Mapping[int, _Change]) -> None:
    if not changes:
        return
    time = now()
    bulk.merge_json(
        Contact, "custom", [(contact, to_json(change.after)) for contact, change in sorted(changes.items())], time
    )
    bulk.insert(
        ContactChange,
        ["workspace_id", "contact_id", "import_job_id", "before", "after", "changed_at", "reason"],
        [
            (job.workspace_id, contact, job.pk, to_json(change.before), to_json(to_texts(change.after)), time, "")
            for contact, change in sorted(changes.items())
        ],
    )
