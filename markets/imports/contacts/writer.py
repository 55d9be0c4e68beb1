"""Imports contacts from a file into a workspace: matches each row with a contact and writes it, a chunk at a time.

Within one file each field of a contact is given once: later rows may add fields but not contradict earlier ones. That
is what makes importing the same file again change nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from itertools import chain

from django.core.exceptions import ValidationError
from django.utils.timezone import now
from django.utils.translation import gettext

from config.db import bulk
from markets.contacts.changes import fields_to_bits
from markets.contacts.inferred_timezone import infer_timezone
from markets.contacts.normalization import normalise
from markets.custom_fields.file_columns import CustomColumns, Values
from markets.custom_fields.values import to_texts
from markets.custom_fields.writer import to_json, write_custom_values
from markets.imports.contacts.corrected_keys import CorrectedKeys
from markets.imports.contacts.decided import decided_rows
from markets.imports.contacts.differences import Difference, changes_and_disagreements
from markets.imports.contacts.do_not_call import DoNotCallColumns
from markets.imports.contacts.extras import ContactExtras, RowExtras
from markets.imports.contacts.matched import MatchedContact, relied_on_bits, relied_on_fields
from markets.imports.contacts.matcher import ContactMatcher
from markets.imports.contacts.outcomes import ChunkResult, ContactOutcome, Disagreement, Outcome
from markets.imports.contacts.prefilter import Fields, prefilter
from markets.imports.files.rejects import Rejection, RowRefused
from markets.imports.mapping import ColumnMapping
from markets.imports.readers import Row
from markets.models import Contact, ImportJob

COUNTED_AS = {Outcome.CREATED: "created", Outcome.UPDATED: "updated", Outcome.UNCHANGED: "unchanged"}


@dataclass
class ParsedChunk:
    """A chunk's rows: those that can be read, in their order, with their fields; and those that cannot."""

    rows: list[Row]
    fields: list[Fields]
    extras: dict[int, RowExtras]
    """By the line of the row, where there are any."""
    custom: dict[int, dict[str, str]]
    """The texts of custom fields by the line of the row, where there are any."""
    refused: list[tuple[Row, RowRefused]]


class OnDuplicate(StrEnum):
    """What to do with a row whose contact is known already."""

    UPDATE = "update"
    SKIP = "skip"
    FAIL = "fail"


class ContactImport:
    """The import of one file of contacts into one workspace."""

    def __init__(self, job: ImportJob, columns: ColumnMapping, on_duplicate: OnDuplicate = OnDuplicate.UPDATE):
        self.job = job
        self.columns = columns
        self.on_duplicate = on_duplicate
        self.region = job.workspace.phone_region
        self.do_not_call = DoNotCallColumns(columns)
        self.custom = CustomColumns(job, columns)
        self.decided: dict[str, int | None] = {}
        """Contacts by external ID that a person decided just now; None for one that is new or has another key."""

    def prepare(self, rows: Iterable[Row]) -> ParsedChunk:
        """Normalises the rows, without queries."""
        accepted: list[Row] = []
        fields: list[Fields] = []
        extras: dict[int, RowExtras] = {}
        custom: dict[int, dict[str, str]] = {}
        refused: list[tuple[Row, RowRefused]] = []
        has_custom = bool(self.custom)
        for row in rows:
            try:
                parsed, row_extras = self._parse(row)
            except RowRefused as refusal:
                refused.append((row, refusal))
                continue
            if self.do_not_call and (fact := self.do_not_call.fact(row[1])):
                row_extras = row_extras or RowExtras()
                row_extras.do_not_call = fact
            if has_custom:
                texts, too_long = self.custom.texts(row[1])
                if texts:
                    custom[row[0]] = texts
                if too_long:
                    row_extras = row_extras or RowExtras()
                    row_extras.left_out += too_long
            accepted.append(row)
            fields.append(parsed)
            if row_extras:
                extras[row[0]] = row_extras
        return ParsedChunk(accepted, fields, extras, custom, refused)

    def write(self, chunk: ParsedChunk) -> ChunkResult:
        """Writes the contacts of the rows. Run it in a transaction."""
        result = ChunkResult()
        for row, refusal in chunk.refused:
            result.counts.count(_rejection(row, refusal))
        fields, decided = decided_rows(self.job, chunk.fields, self.decided)
        rows = list(zip(chunk.rows, fields, strict=True))
        corrected = self._corrected.find if self._corrected else None
        custom = self.custom.to_values(chunk.custom)
        sorted_out = prefilter(self.job.workspace_id, fields, decided, corrected)
        needs_matching = sorted_out.needs_matching
        if self.on_duplicate == OnDuplicate.FAIL:
            needs_matching = sorted([*needs_matching, *sorted_out.unchanged])
        else:
            self._leave(result, [(rows[index], contact) for index, contact in sorted_out.unchanged.items()])
        self._create(result, [rows[index] for index in sorted_out.new], custom)
        if needs_matching:
            self._match_each(result, [(*rows[index], decided.get(index)) for index in needs_matching], custom)
        contradicting = write_custom_values(
            self.custom, result, custom, applies=self.on_duplicate == OnDuplicate.UPDATE
        )
        extras = dict(chunk.extras)
        for line, left_out in contradicting.items():
            row_extras = extras.get(line, RowExtras())
            extras[line] = replace(row_extras, left_out=[*row_extras.left_out, *left_out])
        self._pass_on(result, extras)
        return result

    @cached_property
    def _corrected(self) -> CorrectedKeys:
        return CorrectedKeys(self.job)

    def _parse(self, row: Row) -> tuple[Fields, RowExtras | None]:
        """Raises RowRefused."""
        _, cells = row
        if misfit := self.columns.width_error(cells):
            raise RowRefused("columns", misfit)
        try:
            parsed = normalise(self.columns.pick(cells), region=self.region)
        except ValidationError as error:
            problems = error.message_dict
            code = next((name for name in problems if name != "__all__"), "no_key")
            message = " ".join(message for messages in problems.values() for message in messages)
            raise RowRefused(code, message) from None
        if parsed.left_out or parsed.points:
            return parsed.fields, RowExtras(left_out=parsed.left_out, points=parsed.points)
        return parsed.fields, None

    @staticmethod
    def _pass_on(result: ChunkResult, extras: Mapping[int, RowExtras]) -> None:
        contacts = result.contact_of_line
        result.extras = [
            ContactExtras(contacts[line], line, row_extras) for line, row_extras in extras.items() if line in contacts
        ]
        result.counts.incomplete = sum(bool(each.extras.left_out) for each in result.extras)

    def _leave(self, result: ChunkResult, rows: Sequence[tuple[tuple[Row, Fields], int]]) -> None:
        for ((line, _), fields), contact in rows:
            if self.on_duplicate == OnDuplicate.UPDATE:
                result.add(contact, line, Outcome.UNCHANGED, relied_on_bits(fields), fields)
            else:
                result.add(contact, line, Outcome.UNCHANGED, 0)
            result.contact_of_line[line] = contact
        result.counts.count("unchanged", len(rows))

    def _create(self, result: ChunkResult, rows: Sequence[tuple[Row, Fields]], custom: Mapping[int, Values]) -> None:
        if not rows:
            return
        ids = bulk.new_ids(Contact, len(rows))
        time, workspace = now(), self.job.workspace_id
        shapes = {tuple(fields) for _, fields in rows}
        names = sorted(set(chain.from_iterable(shapes)))  # other fields are blank by default
        custom_column = ["custom"] if custom else []
        bulk.insert(
            Contact,
            ["id", "workspace_id", "created_at", "updated_at", "inferred_timezone", *names, *custom_column],
            (
                (
                    *(contact, workspace, time, time, infer_timezone(fields)),
                    *[fields.get(name, "") for name in names],
                    *[to_json(custom.get(line, {})) for _ in custom_column],
                )
                for contact, ((line, _), fields) in zip(ids, rows, strict=True)
            ),
        )
        for contact, ((line, _), fields) in zip(ids, rows, strict=True):
            relied_on = relied_on_bits(fields)
            said = fields | to_texts(values) if (values := custom.get(line)) else fields
            result.contacts[contact] = ContactOutcome(line, Outcome.CREATED, relied_on, said)
            result.contact_of_line[line] = contact
        result.counts.count("created", len(rows))

    def _match_each(
        self, result: ChunkResult, rows: Sequence[tuple[Row, Fields, int | None]], custom: Mapping[int, Values]
    ) -> None:
        matcher = ContactMatcher(self.job, [fields for _, fields, _ in rows], decided={key for *_, key in rows if key})
        if self._corrected:
            matcher.allow_corrected(self._corrected, [fields for _, fields, _ in rows])
        for contact in filter(None, self.decided.values()):
            matcher.release(contact)
        outcomes: list[tuple[MatchedContact, int, Outcome, list[Difference]]] = []
        for row, fields, decided in rows:
            try:
                match, outcome, disagreements = self._match(matcher, fields, row[0], decided)
            except RowRefused as refusal:
                result.counts.count(_rejection(row, refusal))
            else:
                result.counts.count(COUNTED_AS[outcome])
                if outcome != Outcome.UNCHANGED:
                    result.changed_lines.add(row[0])
                if outcome == Outcome.CREATED and (values := custom.get(row[0])):
                    match.contact.custom = values
                    match.said |= to_texts(values)
                outcomes.append((match, row[0], outcome, disagreements))
        matcher.save()
        for match, line, outcome, disagreements in outcomes:
            result.add(match.contact.pk, line, outcome, fields_to_bits(match.relied_on), match.said)
            result.contact_of_line[line] = match.contact.pk
            result.disagreements += [Disagreement(match.contact.pk, line, *each) for each in disagreements]
        for match in matcher.named():
            result.add(match.contact.pk, match.line, Outcome.NAMED, fields_to_bits(match.relied_on))

    def _match(
        self, matcher: ContactMatcher, fields: Fields, line: int, decided: int | None
    ) -> tuple[MatchedContact, Outcome, list[Difference]]:
        match = matcher.find(fields, line, decided)
        if match is None:
            match = matcher.add(fields, line)
            _rely_on(match, fields, line)
            return match, Outcome.CREATED, []
        if self.on_duplicate == OnDuplicate.FAIL:
            raise RowRefused("known", gettext("%(match)s is known already.") % {"match": match})
        if self.on_duplicate == OnDuplicate.SKIP:
            return match, Outcome.UNCHANGED, []
        try:
            changes, disagreements = changes_and_disagreements(match, fields, matcher.word)
        except RowRefused:
            _rely_on(match, fields, line, is_refused=True)
            raise
        matcher.change(match, changes)
        _rely_on(match, fields, line)
        return match, Outcome.UPDATED if changes else Outcome.UNCHANGED, disagreements


def _rejection(row: Row, refusal: RowRefused) -> Rejection:
    line, cells = row
    return Rejection(line, refusal.code, str(refusal), cells)


def _rely_on(match: MatchedContact, fields: Fields, line: int, *, is_refused: bool = False) -> None:
    """Pins the fields in which the contact agrees with the row, even a refused one, for the rest of the file."""
    agreed = [name for name, value in fields.items() if value == getattr(match.contact, name)]
    match.rely_on(relied_on_fields(agreed, fields, is_refused=is_refused), line)
    if not is_refused:
        match.said = fields | match.said
