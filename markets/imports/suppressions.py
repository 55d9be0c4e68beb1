"""Imports do-not-call lists: phone numbers, email addresses and external IDs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from django.core.exceptions import ValidationError

from markets.contacts.normalization import clean_text, normalise_email
from markets.contacts.phones import to_e164
from markets.imports.counts import ImportCounts
from markets.imports.mapping import ColumnMapping
from markets.imports.readers import Row
from markets.imports.rejects import Rejection, RowRefused
from markets.models import Contact, ContactMerge, ImportJob, Suppression
from markets.models.merges import KeyKind

MAX_REASON_LENGTH = 500

Key = tuple[str, str]
"""A KeyKind and its value."""


@dataclass(frozen=True)
class ListEntry:
    """A parsed row: at least one of three keys, and why whoever has it must not be called."""

    phone_e164: str
    email: str
    external_id: str
    reason: str

    def present_keys(self) -> list[Key]:
        """The keys that are not blank, strongest first."""
        values = {
            KeyKind.EXTERNAL_ID: self.external_id,
            KeyKind.EMAIL: self.email,
            KeyKind.PHONE: self.phone_e164,
        }
        return [(kind.value, value) for kind, value in values.items() if value]


class SuppressionList:
    """Creates suppressions. Entries that suppressions in force already cover are left unchanged."""

    chunk = 2000
    tables = (Suppression,)

    def __init__(self, *, job: ImportJob, columns: ColumnMapping):
        self.job = job
        self.columns = columns
        self.region = job.workspace.phone_region
        self.reason = f"On the list {job.file_name}"[:MAX_REASON_LENGTH]

    @classmethod
    def for_job(cls, job: ImportJob, columns: ColumnMapping) -> Self:
        return cls(job=job, columns=columns)

    def prepare(self, rows: Iterable[Row]) -> list[tuple[Row, ListEntry | RowRefused]]:
        return [(row, self._read(row)) for row in rows]

    def write(self, prepared: Sequence[tuple[Row, ListEntry | RowRefused]]) -> ImportCounts:
        counts = ImportCounts()
        entries = [entry for _, entry in prepared if isinstance(entry, ListEntry)]
        contacts = self._contacts(entries)
        in_force = _InForce(self.job.workspace_id, entries, contacts)
        created: list[Suppression] = []
        for (line, cells), entry in prepared:
            try:
                if isinstance(entry, RowRefused):
                    raise entry
                suppression = self._suppression(entry, contacts)
            except RowRefused as refusal:
                counts.count(Rejection(line, refusal.code, str(refusal), cells))
            else:
                is_new = in_force.add(suppression)
                counts.count("created" if is_new else "unchanged")
                created += [suppression] if is_new else []
        Suppression.objects.bulk_create(created, batch_size=1000)
        return counts

    def _read(self, row: Row) -> ListEntry | RowRefused:
        if problem := self.columns.width_error(row[1]):
            return RowRefused("columns", problem)
        values = {field: clean_text(text) for field, text in self.columns.pick(row[1]).items()}
        try:
            entry = ListEntry(
                phone_e164=to_e164(phone, self.region) if (phone := values.get("phone", "")) else "",
                email=normalise_email(email) if (email := values.get("email", "")) else "",
                external_id=values.get("external_id", ""),
                reason=values.get("reason", "")[:MAX_REASON_LENGTH] or self.reason,
            )
        except ValidationError as error:
            return RowRefused("key", error.messages[0])
        if not (entry.phone_e164 or entry.email or entry.external_id):
            return RowRefused(
                "no_key", "The row names nobody: give a phone number, an email address or an external ID."
            )
        return entry

    def _contacts(self, entries: Sequence[ListEntry]) -> dict[Key, Contact]:
        """Contacts by external ID, and by any key that a merged contact had, even if another contact has it today."""
        external_ids = {entry.external_id for entry in entries if entry.external_id}
        former = ContactMerge.objects.matching_former_keys(
            workspace=self.job.workspace_id,
            external_ids=external_ids,
            emails={entry.email for entry in entries if entry.email},
            phones={entry.phone_e164 for entry in entries if entry.phone_e164},
        )
        contacts = self.job.workspace.contacts
        kept = contacts.in_bulk({each.contact for each in former})
        by_former_key: dict[Key, Contact] = {(each.kind, each.value): kept[each.contact] for each in former}
        known = contacts.filter(external_id__in=external_ids)
        return by_former_key | {(KeyKind.EXTERNAL_ID.value, contact.external_id): contact for contact in known}

    def _suppression(self, entry: ListEntry, contacts: dict[Key, Contact]) -> Suppression:
        contact = next((contacts[key] for key in entry.present_keys() if key in contacts), None)
        if contact is None and not (entry.phone_e164 or entry.email):
            raise RowRefused(
                "external_id",
                f"Nobody in {self.job.workspace} has the external ID “{entry.external_id}”. "
                "Import the people first, or give a phone number or an email address.",
            )
        return Suppression(
            workspace_id=self.job.workspace_id,
            contact=contact,
            phone_e164=entry.phone_e164 or (contact.phone_e164 if contact else ""),
            email=entry.email or (contact.email if contact else ""),
            reason=entry.reason,
            created_by=self.job.created_by,
            import_job=self.job,
        )


class _InForce:
    """The keys and contacts of some entries that suppressions in force cover already."""

    def __init__(self, workspace: int, entries: Sequence[ListEntry], contacts: dict[Key, Contact]):
        suppressions = Suppression.objects.in_force().filter(workspace=workspace)
        named = contacts.values()
        phones = {entry.phone_e164 for entry in entries} | {contact.phone_e164 for contact in named}
        emails = {entry.email for entry in entries} | {contact.email for contact in named}
        ids = {contact.pk for contact in named}
        self.phones = set(suppressions.filter(phone_e164__in=phones - {""}).values_list("phone_e164", flat=True))
        self.emails = set(suppressions.filter(email__in=emails - {""}).values_list("email", flat=True))
        self.contacts: set[int | None] = set(suppressions.filter(contact__in=ids).values_list("contact", flat=True))

    def add(self, suppression: Suppression) -> bool:
        """Returns whether the suppression covers anything new."""
        is_new = (
            (suppression.contact_id is not None and suppression.contact_id not in self.contacts)
            or (suppression.phone_e164 != "" and suppression.phone_e164 not in self.phones)
            or (suppression.email != "" and suppression.email not in self.emails)
        )
        self.phones.add(suppression.phone_e164)
        self.emails.add(suppression.email)
        self.contacts.add(suppression.contact_id)
        return is_new
