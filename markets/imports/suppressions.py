"""Lists of numbers, addresses and people that are not to be called, from a file into a workspace."""

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

LONGEST_REASON = 500

Key = tuple[str, str]
"""A kind of key and its value."""


@dataclass(frozen=True)
class Named:
    """Whom a row names, by any of three keys, and why they are not to be called."""

    phone_e164: str
    email: str
    external_id: str
    reason: str

    def identities(self) -> list[Key]:
        """Strongest first."""
        given = {
            KeyKind.EXTERNAL_ID: self.external_id,
            KeyKind.EMAIL: self.email,
            KeyKind.PHONE: self.phone_e164,
        }
        return [(kind.value, value) for kind, value in given.items() if value]


class SuppressionList:
    """What a list of suppressions takes. Who is on it already, and not lifted since, stays as they are."""

    chunk = 2000
    tables = (Suppression,)

    def __init__(self, *, job: ImportJob, columns: ColumnMapping):
        self.job = job
        self.columns = columns
        self.region = job.workspace.phone_region
        self.reason = f"On the list {job.file_name}"[:LONGEST_REASON]

    @classmethod
    def for_job(cls, job: ImportJob, columns: ColumnMapping) -> Self:
        return cls(job=job, columns=columns)

    def prepare(self, rows: Iterable[Row]) -> list[tuple[Row, Named | RowRefused]]:
        return [(row, self._read(row)) for row in rows]

    def write(self, prepared: Sequence[tuple[Row, Named | RowRefused]]) -> ImportCounts:
        counts = ImportCounts()
        rows = [named for _, named in prepared if isinstance(named, Named)]
        people = self._people(rows)
        standing = _Standing(self.job.workspace_id, rows, people)
        fresh: list[Suppression] = []
        for (line, cells), named in prepared:
            try:
                if isinstance(named, RowRefused):
                    raise named
                suppression = self._suppression(named, people)
            except RowRefused as refusal:
                counts.count(Rejection(line, refusal.code, str(refusal), cells))
            else:
                is_new = standing.add(suppression)
                counts.count("created" if is_new else "unchanged")
                fresh += [suppression] if is_new else []
        Suppression.objects.bulk_create(fresh, batch_size=1000)
        return counts

    def _read(self, row: Row) -> Named | RowRefused:
        if misfit := self.columns.width_error(row[1]):
            return RowRefused("columns", misfit)
        given = {field: clean_text(text) for field, text in self.columns.pick(row[1]).items()}
        try:
            named = Named(
                phone_e164=to_e164(phone, self.region) if (phone := given.get("phone", "")) else "",
                email=normalise_email(email) if (email := given.get("email", "")) else "",
                external_id=given.get("external_id", ""),
                reason=given.get("reason", "")[:LONGEST_REASON] or self.reason,
            )
        except ValidationError as error:
            return RowRefused("key", error.messages[0])
        if not (named.phone_e164 or named.email or named.external_id):
            return RowRefused(
                "no_key", "The row names nobody: give a phone number, an email address or an external ID."
            )
        return named

    def _people(self, rows: Sequence[Named]) -> dict[Key, Contact]:
        """Whom the rows mean: by external ID, or by any key that was theirs before a merge, whoever has it today."""
        external_ids = {named.external_id for named in rows if named.external_id}
        former = ContactMerge.objects.matching_former_keys(
            workspace=self.job.workspace_id,
            external_ids=external_ids,
            emails={named.email for named in rows if named.email},
            phones={named.phone_e164 for named in rows if named.phone_e164},
        )
        contacts = self.job.workspace.contacts
        kept = contacts.in_bulk({each.contact for each in former})
        people: dict[Key, Contact] = {(each.kind, each.value): kept[each.contact] for each in former}
        known = contacts.filter(external_id__in=external_ids)
        return people | {(KeyKind.EXTERNAL_ID.value, contact.external_id): contact for contact in known}

    def _suppression(self, named: Named, people: dict[Key, Contact]) -> Suppression:
        contact = next((people[key] for key in named.identities() if key in people), None)
        if contact is None and not (named.phone_e164 or named.email):
            raise RowRefused(
                "external_id",
                f"Nobody in {self.job.workspace} has the external ID “{named.external_id}”. "
                "Import the people first, or give a phone number or an email address.",
            )
        return Suppression(
            workspace_id=self.job.workspace_id,
            contact=contact,
            phone_e164=named.phone_e164 or (contact.phone_e164 if contact else ""),
            email=named.email or (contact.email if contact else ""),
            reason=named.reason,
            created_by=self.job.created_by,
            import_job=self.job,
        )


class _Standing:
    """What is suppressed already, of what some rows name."""

    def __init__(self, workspace: int, rows: Sequence[Named], people: dict[Key, Contact]):
        suppressions = Suppression.objects.in_force().filter(workspace=workspace)
        contacts = people.values()
        phones = {named.phone_e164 for named in rows} | {contact.phone_e164 for contact in contacts}
        emails = {named.email for named in rows} | {contact.email for contact in contacts}
        ids = {contact.pk for contact in contacts}
        self.phones = set(suppressions.filter(phone_e164__in=phones - {""}).values_list("phone_e164", flat=True))
        self.emails = set(suppressions.filter(email__in=emails - {""}).values_list("email", flat=True))
        self.contacts: set[int | None] = set(suppressions.filter(contact__in=ids).values_list("contact", flat=True))

    def add(self, suppression: Suppression) -> bool:
        """Whether it says more than what stands."""
        says_more = (
            (suppression.contact_id is not None and suppression.contact_id not in self.contacts)
            or (suppression.phone_e164 != "" and suppression.phone_e164 not in self.phones)
            or (suppression.email != "" and suppression.email not in self.emails)
        )
        self.phones.add(suppression.phone_e164)
        self.emails.add(suppression.email)
        self.contacts.add(suppression.contact_id)
        return says_more
