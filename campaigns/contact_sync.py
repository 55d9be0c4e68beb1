"""Contacts that another system sends over the API: imports without a file, by the same rules (product.md, section 8).

The source whose word they carry is the name of the token, so that a token that replaces another goes on with its word.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from campaigns.importing import ContactList
from campaigns.models import Campaign
from markets.contacts.normalization import FIELDS, clean_text
from markets.custom_fields.fields import is_taken
from markets.custom_fields.inspection import inspect_people
from markets.imports import jobs, runner
from markets.imports.contacts.outcomes import Outcome
from markets.imports.contacts.writer import COUNTED_AS, ParsedChunk
from markets.imports.counts import ImportCounts
from markets.imports.fields import CUSTOM
from markets.imports.mapping import ColumnMapping
from markets.imports.registry import file_kind
from markets.models import ApiToken, ImportJob, ImportKind, ImportNote, ImportPreset, Market

SENT_FIELDS = (*FIELDS, "phone_extension", "do_not_call")


@dataclass(frozen=True)
class SentPerson:
    """What another system says of a person. A field that is missing or blank says nothing."""

    fields: Mapping[str, str]
    """By the names in SENT_FIELDS."""
    custom: Mapping[str, str] = field(default_factory=dict)
    """Custom fields, by their names or keys."""


@dataclass
class SyncResult:
    """What became of one contact that was sent."""

    outcome: str
    """“created”, “updated”, “unchanged” or “rejected”."""
    contact: int | None = None
    code: str = ""
    message: str = ""
    """Why it was rejected, in a code and a sentence."""
    notes: list[ImportNote] = field(default_factory=list)
    """Values that were left out, or that a person has corrected."""


class SentContacts(ContactList):
    """Remembers the contact and the outcome of each row."""

    def __init__(self, *, job: ImportJob, columns: ColumnMapping, market: Market | None, campaign: Campaign | None):
        super().__init__(job=job, columns=columns, market=market, campaign=campaign)
        self.results: dict[int, SyncResult] = {}
        """By the line of the row."""

    def write(self, chunk: ParsedChunk) -> ImportCounts:
        result = self.write_chunk(chunk)
        for line, contact in result.contact_of_line.items():
            of_contact = result.contacts[contact]
            is_first = line == of_contact.line
            changed = Outcome.UPDATED if line in result.changed_lines else Outcome.UNCHANGED
            self.results[line] = SyncResult(COUNTED_AS[of_contact.outcome if is_first else changed], contact)
        return result.counts


@transaction.atomic
def sync_contacts(
    *,
    token: ApiToken,
    people: Sequence[SentPerson],
    market: Market | None = None,
    campaign: Campaign | None = None,
) -> list[SyncResult]:
    """Adds and changes contacts. Their custom fields are found or made as those of files are.

    Returns what became of each. Raises CampaignClosed for a Completed campaign.
    """
    known = [name for name in SENT_FIELDS if any(name in person.fields for person in people)]
    custom = list(dict.fromkeys(name for person in people for name in person.custom))
    lines = [
        (line, [*(person.fields.get(name, "") for name in known), *(person.custom.get(name, "") for name in custom)])
        for line, person in enumerate(people, start=1)
    ]
    field_of = {name: name for name in known} | dict.fromkeys(custom, CUSTOM)
    job = _job(token, field_of, lines, market, campaign)
    columns = ColumnMapping(list(field_of), file_kind(ImportKind.PEOPLE).fields, chosen=list(field_of.values()))
    job.options["found"] = inspect_people(job, columns, lines)
    job.save(update_fields=["options"])
    writer = SentContacts(job=job, columns=columns, market=market, campaign=campaign)
    runner.run(job=job, rows=lines, writer=writer)
    jobs.complete(job=job)
    results = writer.results
    for rejection in job.rejections.all():
        results[rejection.line] = SyncResult("rejected", code=rejection.code, message=rejection.message)
    for note in job.notes.all():
        results[note.line].notes.append(note)
    return [results[line] for line, _ in lines]


def unusable_names(people: Sequence[SentPerson]) -> dict[str, str]:
    """The names of custom fields that cannot be used, each with a sentence that says why."""
    names = {name for person in people for name in person.custom}
    blank = {name: "The name has no character that can be read." for name in names if not clean_text(name)}
    taken = {name: "This is a field of the portal: send it beside custom." for name in names if is_taken(name)}
    return dict(sorted((blank | taken).items()))


def _job(
    token: ApiToken,
    field_of: dict[str, str],
    lines: list[tuple[int, list[str]]],
    market: Market | None,
    campaign: Campaign | None,
) -> ImportJob:
    workspace = token.workspace
    job = jobs.begin(
        workspace=workspace,
        kind=ImportKind.PEOPLE,
        name=f"API: {token.name}",
        path=None,
        sha256=hashlib.sha256(json.dumps(lines).encode()).hexdigest(),
        options={
            "map": field_of,
            "market": market.pk if market else None,
            "campaign": campaign.pk if campaign else None,
        },
        preset=source_of_token(token),
    )
    job.header, job.row_count, job.format_description = list(field_of), len(lines), "JSON"
    job.save(update_fields=["header", "row_count", "format_description"])
    return job


def source_of_token(token: ApiToken) -> ImportPreset:
    """The source as which the portal keeps what the holder of a token of this name said last."""
    digest = hashlib.sha256(token.name.casefold().encode()).hexdigest()
    preset, _ = token.workspace.import_presets.get_or_create(
        kind=ImportKind.PEOPLE, header_key=f"api:{digest[:40]}", defaults={"name": f"API: {token.name}"}
    )
    return preset
