"""Imports do-not-call lists: phone numbers and prefixes, email addresses and domains, and external IDs."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Self

from django.db.models import Q
from django.utils.translation import gettext

from markets.imports.counts import ImportCounts
from markets.imports.files.rejects import Rejection, RowRefused
from markets.imports.mapping import ColumnMapping
from markets.imports.readers import Row
from markets.models import Contact, ContactMerge, ImportJob, ImportNote, Suppression
from markets.models.history.merges import KeyKind
from markets.models.suppressions import MAX_REASON_LENGTH
from markets.suppressions.keys import SuppressedKeys
from markets.suppressions.list_entry import Key, ListEntry, read_entry
from markets.suppressions.rules import cover_contacts, lock_rules
from markets.webhooks.publish import publish_suppressed

OWN_EXPORT = frozenset({"created_at", "lifted_at"})
"""The fields by which our own export is recognised."""


class SuppressionList:
    """Creates suppressions. Entries that suppressions in force already cover are left unchanged.

    A row of our own export is known by the time when its suppression was created: importing the export again changes
    nothing, even if a suppression was lifted since, and importing it elsewhere gives the same list.
    """

    chunk = 2000
    tables = (Suppression,)

    def __init__(self, *, job: ImportJob, columns: ColumnMapping):
        self.job = job
        self.columns = columns
        self.region = job.workspace.phone_region
        self.reason = (gettext("On the list %(file_name)s") % {"file_name": job.file_name})[:MAX_REASON_LENGTH]
        self.is_own_export = columns.positions.keys() >= OWN_EXPORT

    @classmethod
    def for_job(cls, job: ImportJob, columns: ColumnMapping) -> Self:
        return cls(job=job, columns=columns)

    def prepare(self, rows: Iterable[Row]) -> list[tuple[Row, ListEntry | RowRefused]]:
        return [(row, self._read(row)) for row in rows]

    def write(self, prepared: Sequence[tuple[Row, ListEntry | RowRefused]]) -> ImportCounts:
        counts = ImportCounts()
        entries = [entry for _, entry in prepared if isinstance(entry, ListEntry)]
        if any(keys.is_rule for entry in entries for keys in (entry.keys, *entry.further)):
            lock_rules(self.job.workspace_id)
        contacts = _Contacts(self.job, entries)
        known = _KnownSuppressions(self.job.workspace_id, entries, contacts.named)
        created: list[Suppression] = []
        notes: list[ImportNote] = []
        for (line, cells), entry in prepared:
            try:
                if isinstance(entry, RowRefused):
                    raise entry
                suppressions = list(self._suppressions(entry, contacts.find(entry)))
            except RowRefused as refusal:
                counts.count(Rejection(line, refusal.code, str(refusal), cells))
                continue
            new = [each for each in suppressions if known.add(each, is_own_export=self.is_own_export)]
            counts.count("created" if new else "unchanged")
            counts.incomplete += bool(entry.left_out)
            created += new
            notes += self._notes(line, entry)
        Suppression.objects.bulk_create(created, batch_size=1000)
        publish_suppressed(self.job.workspace_id, created)
        ImportNote.objects.bulk_create(notes, batch_size=1000)
        cover_contacts([each for each in created if each.is_rule and each.lifted_at is None])
        return counts

    def _read(self, row: Row) -> ListEntry | RowRefused:
        if problem := self.columns.width_error(row[1]):
            return RowRefused("columns", problem)
        zone = self.job.workspace.zone
        try:
            return read_entry(self.columns.pick(row[1]), region=self.region, zone=zone, default_reason=self.reason)
        except RowRefused as refusal:
            return refusal

    def _suppressions(self, entry: ListEntry, contact: Contact | None) -> Iterator[Suppression]:
        """Raises RowRefused if the row names a person who is unknown, and nothing else."""
        keys = entry.keys
        if not self.is_own_export and contact and not keys.is_rule:
            keys = SuppressedKeys(keys.phone_e164 or contact.phone_e164, keys.email or contact.email)
        if contact is None and not keys:
            keys = entry.person
        if contact is None and not keys:
            raise RowRefused(
                "external_id",
                gettext(
                    "Nobody in %(workspace)s has the external ID “%(external_id)s”. Import the people first, or "
                    "give a phone number or an email address."
                )
                % {"workspace": self.job.workspace, "external_id": entry.external_id},
            )
        for each in (keys, *entry.further):
            suppression = Suppression(
                workspace_id=self.job.workspace_id,
                contact=None if each.is_rule else contact,
                reason=entry.reason,
                created_by=self.job.created_by,
                import_job=self.job,
                lifted_at=entry.lifted_at,
                lift_reason=(entry.lift_reason or gettext("Lifted before the import")) if entry.lifted_at else "",
            )
            each.apply_to(suppression)
            if created_at := entry.created_at or entry.lifted_at:
                suppression.created_at = created_at
            yield suppression

    def _notes(self, line: int, entry: ListEntry) -> Iterator[ImportNote]:
        for field, typed, reason in entry.left_out:
            yield ImportNote(
                workspace_id=self.job.workspace_id,
                job=self.job,
                line=line,
                kind=ImportNote.Kind.LEFT_OUT,
                field=field,
                file_value=typed[:500],
                message=reason[:500],
            )


class _Contacts:
    """The contacts that some entries name by external ID, by any key that a merged contact had, even if another contact
    has it today, or as the person of an exported row."""

    def __init__(self, job: ImportJob, entries: Sequence[ListEntry]):
        contacts = job.workspace.contacts
        external_ids = {entry.external_id for entry in entries if entry.external_id}
        former = ContactMerge.objects.matching_former_keys(
            workspace=job.workspace_id,
            external_ids=external_ids,
            emails={entry.keys.email for entry in entries if entry.keys.email},
            phones={entry.keys.phone_e164 for entry in entries if entry.keys.phone_e164},
        )
        kept = contacts.in_bulk({each.contact for each in former})
        by_former_key: dict[Key, Contact] = {(each.kind, each.value): kept[each.contact] for each in former}
        known = contacts.filter(external_id__in=external_ids) if external_ids else ()
        self._by_key = by_former_key | {(KeyKind.EXTERNAL_ID.value, contact.external_id): contact for contact in known}
        self._by_person = self._persons(job, entries)

    @property
    def named(self) -> Iterator[Contact]:
        yield from self._by_key.values()
        yield from self._by_person.values()

    def find(self, entry: ListEntry) -> Contact | None:
        contact = next((self._by_key[key] for key in entry.present_keys() if key in self._by_key), None)
        if contact is None and entry.person:
            by_email = self._by_person.get((entry.person.email,))
            contact = by_email or self._by_person.get((entry.person.phone_e164, entry.person_name))
        return contact

    @staticmethod
    def _persons(job: ImportJob, entries: Sequence[ListEntry]) -> dict[tuple[str, ...], Contact]:
        """By email address, and by number with name."""
        emails = {entry.person.email for entry in entries if entry.person.email}
        phones = {entry.person.phone_e164 for entry in entries if entry.person.phone_e164}
        if not (emails or phones):
            return {}
        found = list(job.workspace.contacts.filter(Q(email__in=emails) | Q(phone_e164__in=phones)))
        persons: dict[tuple[str, ...], Contact] = {
            (each.phone_e164, each.name_key): each for each in found if each.phone_e164
        }
        return persons | {(each.email,): each for each in found if each.email}


class _KnownSuppressions:
    """What suppressions in force cover already of some entries, and which exported rows are stored already."""

    def __init__(self, workspace: int, entries: Sequence[ListEntry], named: Iterable[Contact]):
        here = Suppression.objects.filter(workspace=workspace)
        keys = [each for entry in entries for each in (entry.keys, *entry.further, entry.person)]
        contacts = list(named)
        values: dict[str, set[object]] = {
            "contact": {contact.pk for contact in contacts},
            "phone_e164": {each.phone_e164 for each in keys} | {contact.phone_e164 for contact in contacts},
            "email": {each.email for each in keys} | {contact.email for contact in contacts},
            "phone_prefix": {each.phone_prefix for each in keys},
            "email_domain": {each.email_domain for each in keys},
        }
        self._in_force: dict[str, set[object]] = {
            field: set(here.in_force().filter(**{f"{field}__in": wanted - {""}}).values_list(field, flat=True))
            for field, wanted in values.items()
        }
        times = {time for entry in entries for time in (entry.created_at, entry.lifted_at) if time}
        stored = here.filter(Q(created_at__in=times) | Q(lifted_at__in=times)) if times else ()
        self._stored = {identity for each in stored for identity in _identities(each)}

    def add(self, suppression: Suppression, *, is_own_export: bool) -> bool:
        """Returns whether the suppression is new: it covers anything new, or is no row stored already."""
        identities = set(_identities(suppression))
        if suppression.lifted_at or (is_own_export and not suppression.is_rule):
            is_new = self._stored.isdisjoint(identities)
        else:
            is_new = self._stored.isdisjoint(identities) and self._covers_new(suppression)
        self._stored |= identities if is_own_export or suppression.lifted_at else set()
        if suppression.lifted_at is None:
            for field, known in self._in_force.items():
                known.add(_value(suppression, field))
        return is_new

    def _covers_new(self, suppression: Suppression) -> bool:
        values = {field: _value(suppression, field) for field in self._in_force}
        return any(value and value not in self._in_force[field] for field, value in values.items())


def _value(suppression: Suppression, field: str) -> object:
    return suppression.contact_id if field == "contact" else getattr(suppression, field)


def _identities(suppression: Suppression) -> Iterator[tuple[object, ...]]:
    """What makes two rows the same suppression: whom they name, and when it was created or lifted."""
    keys = [suppression.phone_e164, suppression.email, suppression.phone_prefix, suppression.email_domain]
    whom: tuple[object, ...] = tuple(keys) if any(keys) else (suppression.contact_id,)
    yield "created", suppression.created_at, *whom
    if suppression.lifted_at:
        yield "lifted", suppression.lifted_at, *whom
