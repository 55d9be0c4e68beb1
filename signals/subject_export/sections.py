"""The sections of an export: which rows are about a person."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.db.models import Model
from django.utils.translation import gettext_noop

from calls.models import Call, CallReport, Correction, Meeting, MeetingChange
from campaigns.models import (
    Absence,
    BulkActionPerson,
    CampaignContact,
    CampaignReport,
    Note,
    ProposedChange,
    SelectedContact,
    SelectedPerson,
    SharedLink,
    Task,
)
from markets.contacts.erasure import Identity
from markets.models import (
    AuditEvent,
    Contact,
    ContactChange,
    ContactMerge,
    ContactPoint,
    ContactTag,
    DecidedIdentity,
    Erasure,
    FormerKey,
    ImportedContact,
    ImportNote,
    ImportRejection,
    MarketContact,
    OffLimits,
    Suppression,
)
from markets.models.suppressions import names_contact
from signals.models import Signal, SignalSuggestion

Rows = Iterable[Model]


class Section(NamedTuple):
    """`rows` finds the rows about a person; `left_out` names fields that say nothing about them."""

    title: str
    rows: Callable[[Contact], Rows]
    left_out: tuple[str, ...] = ()


def _of(model: type[Model], path: str = "contact") -> Callable[[Contact], Rows]:
    return lambda contact: model._default_manager.filter(workspace=contact.workspace_id, **{path: contact})


def _person(contact: Contact) -> Rows:
    return Contact.objects.filter(workspace=contact.workspace_id, pk=contact.pk)


def _suppressions(contact: Contact) -> Rows:
    return Suppression.objects.filter(names_contact(contact), workspace=contact.workspace_id).distinct()


def _off_limits(contact: Contact) -> Rows:
    own = OffLimits.objects.filter(workspace=contact.workspace_id, contact=contact)
    firms = OffLimits.objects.filter(workspace=contact.workspace_id).exclude(firm="")
    return [*own, *(each for each in firms if contact.firm and each.firm_key == contact.firm.lower())]


def _rejected_rows(contact: Contact) -> Rows:
    identity = Identity.of_contact(contact)
    rows = ImportRejection.objects.filter(workspace=contact.workspace_id).select_related("job")
    for row in rows.order_by("pk").iterator(chunk_size=1000):
        if identity.is_in_row([str(cell) for cell in row.cells]):
            yield row


def _documents(model: type[CampaignReport | SharedLink]) -> Callable[[Contact], Rows]:
    """Reports and pages shared by link that name the person."""

    def rows(contact: Contact) -> Rows:
        documents = model._default_manager.filter(workspace=contact.workspace_id, document__isnull=False)
        for row in documents.order_by("pk").iterator(chunk_size=10):
            if str(contact.pk) in (row.document or {}).get("people", {}):
                yield row

    return rows


def _events(contact: Contact) -> Rows:
    return AuditEvent.objects.filter(workspace=contact.workspace_id, subject_kind="contact", subject_id=contact.pk)


SECTIONS = (
    Section(gettext_noop("Person"), _person, ("name_key", "profile_key", "person_fields")),
    Section(gettext_noop("Further numbers and addresses"), _of(ContactPoint)),
    Section(gettext_noop("Markets"), _of(MarketContact)),
    Section(gettext_noop("Campaigns"), _of(CampaignContact)),
    Section(gettext_noop("Earlier memberships"), _of(Absence)),
    Section(gettext_noop("Chosen for campaigns"), _of(SelectedContact)),
    Section(gettext_noop("Selected on lists"), _of(SelectedPerson)),
    Section(gettext_noop("Bulk actions"), _of(BulkActionPerson)),
    Section(gettext_noop("Proposals of living audiences"), _of(ProposedChange)),
    Section(gettext_noop("Calls"), _of(Call)),
    Section(gettext_noop("Corrections of calls"), _of(Correction, "call__contact")),
    Section(gettext_noop("Reports of dialers about calls"), _of(CallReport, "call__contact")),
    Section(gettext_noop("Meetings"), _of(Meeting, "call__contact")),
    Section(gettext_noop("Changes of meetings"), _of(MeetingChange, "meeting__call__contact")),
    Section(gettext_noop("Signals"), _of(Signal)),
    Section(gettext_noop("Suggested signals"), _of(SignalSuggestion, "call__contact")),
    Section(gettext_noop("Notes"), _of(Note)),
    Section(gettext_noop("Tasks"), _of(Task)),
    Section(gettext_noop("Tags"), _of(ContactTag)),
    Section(gettext_noop("Do not call"), _suppressions),
    Section(gettext_noop("Off-limits"), _off_limits),
    Section(gettext_noop("Changes"), _of(ContactChange)),
    Section(gettext_noop("Imports"), _of(ImportedContact), ("field_mask",)),
    Section(gettext_noop("Remarks of imports"), _of(ImportNote), ("call_id",)),
    Section(gettext_noop("Rejected rows"), _rejected_rows),
    Section(gettext_noop("Merged people"), _of(ContactMerge), ("moved",)),
    Section(gettext_noop("Keys of merged people"), _of(FormerKey, "merge__contact")),
    Section(gettext_noop("Decisions about external IDs"), _of(DecidedIdentity)),
    Section(gettext_noop("Reports"), _documents(CampaignReport), ("document",)),
    Section(
        gettext_noop("Shared by link"), _documents(SharedLink), ("document", "token_hash", "password_hash", "sections")
    ),
    Section(gettext_noop("Audit log"), _events, ("subject_kind", "subject_id")),
    Section(gettext_noop("Erasures"), _of(Erasure)),
)


def value_of(row: Any, name: str) -> Any:
    """A field as a person reads it: choices in words, other rows by name."""
    field = row._meta.get_field(name)
    if field.choices:
        return getattr(row, f"get_{name}_display")()
    value = getattr(row, name)
    return str(value) if isinstance(value, Model) else value
