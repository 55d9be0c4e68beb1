"""Decisions about rows whose external ID belongs to a person with another name and another email address.

The import rejected such a row, as an external ID alone never takes over somebody (product.md, section 1).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext

from campaigns.importing import ContactList
from campaigns.membership import CampaignClosed
from markets.contacts.normalization import normalise
from markets.imports.contacts.outcomes import ChunkResult
from markets.imports.contacts.writer import OnDuplicate, ParsedChunk
from markets.imports.mapping import ColumnMapping
from markets.imports.perform import columns_of_ended
from markets.imports.readers import FileRefused
from markets.models import (
    AuditAction,
    Contact,
    ContactMerge,
    DecidedIdentity,
    ImportJob,
    ImportRejection,
    User,
    Workspace,
)
from markets.models.history.merges import KeyKind
from markets.models.imports import COUNTS
from markets.workspaces.audit import mention, record_event


class Decision(StrEnum):
    SAME = "same"
    """The row means the person who has the external ID."""
    OTHER = "other"
    """The row means somebody else, who gets a contact without the external ID."""
    LEAVE = "leave"
    """The row stays out."""


class DecisionRefused(Exception):
    """The row cannot be decided like that. The message says why."""


def decide(*, rejection: ImportRejection, decision: Decision, by: User) -> Contact | None:
    """Applies the row as decided, and remembers for the source whom it means by the external ID.

    Returns the contact, or None for a row that is left out. Raises DecisionRefused.
    """
    try:
        with transaction.atomic():
            of_workspace = {"workspace": rejection.workspace_id}
            job = ImportJob.objects.select_for_update().get(**of_workspace, pk=rejection.job_id)
            undecided = job.rejections.undecided().filter(**of_workspace, pk=rejection.pk)
            locked = undecided.select_for_update(of=("self",)).first()
            if locked is None:
                raise DecisionRefused(gettext("This row is decided already."))
            if decision == Decision.LEAVE:
                locked.code = "left_out"
                locked.save(update_fields=["code"])
                contact = None
            else:
                contact = _apply(job, locked, decision, by)
            record_event(
                workspace=job.workspace,
                user=by,
                action=AuditAction.IMPORT_ROW_DECIDED,
                subject=contact or job,
                summary=f"Decided about row {rejection.line:,} of {mention(job)}",
                details={"decision": decision.value},
            )
            return contact
    except (CampaignClosed, FileRefused, ObjectDoesNotExist) as reason:
        raise DecisionRefused(gettext("The row cannot be imported any more. %(reason)s") % {"reason": reason}) from None
    except IntegrityError:
        raise DecisionRefused(gettext("Somebody else is changing the same person. Try again.")) from None


@dataclass(frozen=True)
class WaitingRow:
    """A row that waits for a decision, beside the person who has its external ID."""

    rejection: ImportRejection
    fields: Mapping[str, str]
    holder: Contact | None


def waiting_rows(workspace: Workspace, rejections: Iterable[ImportRejection]) -> list[WaitingRow]:
    """`rejections` come with their jobs. A row that its mapping cannot read any more is shown without fields."""
    columns: dict[int, ColumnMapping] = {}
    rows: list[tuple[ImportRejection, Mapping[str, str]]] = []
    for rejection in rejections:
        try:
            mapping = columns.setdefault(rejection.job_id, columns_of_ended(rejection.job))
            fields = normalise(mapping.pick(rejection.cells), region=workspace.phone_region).fields
        except (FileRefused, ValidationError, IndexError):
            fields = {}
        rows.append((rejection, fields))
    ids = {fields.get("external_id", "") for _, fields in rows} - {""}
    holders = {contact.external_id: contact for contact in workspace.contacts.filter(external_id__in=ids)}
    return [WaitingRow(rejection, fields, holders.get(fields.get("external_id", ""))) for rejection, fields in rows]


def _apply(job: ImportJob, rejection: ImportRejection, decision: Decision, by: User) -> Contact:
    writer = ContactList.for_job(job, columns_of_ended(job))
    writer.contacts.on_duplicate = OnDuplicate.UPDATE
    chunk = writer.prepare([(rejection.line, rejection.cells)])
    external_id = _external_id(chunk)
    holder = _holder(job, external_id) if decision == Decision.SAME else None
    writer.contacts.decided[external_id] = holder
    result = writer.write_chunk(chunk)
    if result.counts.rejected:
        raise DecisionRefused(result.counts.rejections[0].message)
    contact = job.workspace.contacts.get(pk=result.contact_of_line[rejection.line])
    if job.preset_id:
        DecidedIdentity.objects.update_or_create(
            workspace_id=job.workspace_id,
            preset_id=job.preset_id,
            external_id=external_id,
            defaults={"contact": contact, "decided_by": by},
        )
    rejection.delete()
    _count(job, result)
    return contact


def _external_id(chunk: ParsedChunk) -> str:
    if not chunk.fields or "external_id" not in chunk.fields[0]:
        raise DecisionRefused(gettext("The row is not readable any more. Import it again."))
    return chunk.fields[0]["external_id"]


def _holder(job: ImportJob, external_id: str) -> int:
    """The contact who has the external ID, or had it before a merge."""
    contacts = job.workspace.contacts.filter(external_id=external_id)
    if contact := contacts.values_list("pk", flat=True).first():
        return contact
    former = ContactMerge.objects.matching_former_keys(workspace=job.workspace_id, external_ids=[external_id])
    holders = [each.contact for each in former if each.kind == KeyKind.EXTERNAL_ID]
    if not holders:
        raise DecisionRefused(
            gettext("Nobody has the external ID “%(external_id)s” any more. Import the row again.")
            % {"external_id": external_id}
        )
    return holders[-1]


def _count(job: ImportJob, result: ChunkResult) -> None:
    """The row counts as what it came to, and no longer as rejected."""
    counts = {name: F(name) + count for name, count in result.counts.counts.items() if name in COUNTS and count}
    counts.pop("rows", None)
    ImportJob.objects.filter(pk=job.pk).update(**counts, rejected=F("rejected") - 1)
