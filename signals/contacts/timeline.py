"""A contact's timeline: everything that happened to a contact in one stream, newest first."""

from datetime import timedelta

from django.db.models import Case, DateTimeField, Exists, F, Model, OuterRef, Q, QuerySet, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from calls.models import Correction, Meeting, MeetingChange
from campaigns.models import Absence, StatusChange
from markets.models import Contact, ImportedContact, OffLimits
from markets.models.suppressions import names_contact
from signals.event_stream import EventStream, Source

KINDS = {
    "calls": _("Calls"),
    "signals": _("Signals"),
    "campaigns": _("Campaigns"),
    "meetings": _("Meetings"),
    "notes": _("Notes"),
    "corrections": _("Corrections"),
    "suppressions": _("Do not call"),
    "off_limits": _("Off-limits"),
    "imports": _("Imports"),
    "merges": _("Merges"),
    "erasures": _("Erasures"),
}
ADDED_LATER = timedelta(minutes=1)
"""A signal captured longer than this after its call was recorded appears at its own time, not at the call's."""


def _changes_while_member(contact: Contact) -> QuerySet[StatusChange]:
    """Status changes of campaigns while the contact was a member."""
    not_removed_before = Q(campaign__members__removed_at=None) | Q(campaign__members__removed_at__gte=F("changed_at"))
    changed_at = OuterRef("changed_at")
    absences = Absence.objects.filter(contact=contact, removed_at__lt=changed_at, returned_at__gt=changed_at)
    return contact.workspace.status_changes.filter(
        not_removed_before,
        ~Exists(absences.filter(campaign=OuterRef("campaign"))),
        campaign__members__contact=contact,
        campaign__members__added_at__lte=F("changed_at"),
    )


def _suppressions(contact: Contact) -> QuerySet[Model]:
    return contact.workspace.suppressions.filter(names_contact(contact))


def _off_limits(contact: Contact) -> QuerySet[OffLimits]:
    return contact.workspace.off_limits.naming(contact)


HEARD_OR_ADDED = Case(
    When(captured_at__gt=F("call__recorded_at") + ADDED_LATER, then=F("captured_at")),
    default=F("heard_at"),
    output_field=DateTimeField(),
)
SOURCES: list[Source[Contact]] = [
    Source("entered", "campaigns", lambda c: c.campaign_contacts.all(), "added_at", "added_by", ("campaign__market",)),
    Source("status_change", "campaigns", _changes_while_member, "changed_at", "changed_by", ("campaign__market",)),
    Source("call", "calls", lambda c: c.calls.all(), "started_at", "caller", ("campaign__market",)),
    Source("signal", "signals", lambda c: c.signals.all(), HEARD_OR_ADDED, "captured_by", ("call",)),
    Source(
        "meeting",
        "meetings",
        lambda c: Meeting.objects.filter(call__contact=c),
        "created_at",
        "call__caller",
        ("call__campaign__market",),
    ),
    Source(
        "meeting_change",
        "meetings",
        lambda c: MeetingChange.objects.filter(meeting__call__contact=c),
        "changed_at",
        "changed_by",
        ("meeting",),
    ),
    Source(
        "correction",
        "corrections",
        lambda c: Correction.objects.filter(call__contact=c),
        "corrected_at",
        "corrected_by",
        ("call",),
    ),
    Source("voided", "corrections", lambda c: c.calls.exclude(voided_at=None), "voided_at", "voided_by"),
    Source("note", "notes", lambda c: c.notes.filter(deleted_at=None), "written_at", "written_by"),
    Source("suppression", "suppressions", _suppressions, "created_at", "created_by", ("import_job",)),
    Source("lifted", "suppressions", lambda c: _suppressions(c).exclude(lifted_at=None), "lifted_at", "lifted_by"),
    Source("off_limits", "off_limits", _off_limits, "created_at", "created_by", ("workspace",)),
    Source(
        "off_limits_lifted",
        "off_limits",
        lambda c: _off_limits(c).exclude(lifted_at=None),
        "lifted_at",
        "lifted_by",
    ),
    Source(
        "left",
        "campaigns",
        lambda c: c.campaign_contacts.exclude(removed_at=None),
        "removed_at",
        "removed_by",
        ("campaign__market",),
    ),
    Source("was_out", "campaigns", lambda c: c.absences.all(), "removed_at", "removed_by", ("campaign__market",)),
    Source("returned", "campaigns", lambda c: c.absences.all(), "returned_at", "returned_by", ("campaign__market",)),
    Source(
        "import",
        "imports",
        lambda c: c.imports.exclude(outcome=ImportedContact.Outcome.NAMED),
        Coalesce("job__started_at", "job__created_at"),
        "job__created_by",
        ("job",),
        key="job_id",
    ),
    Source("merge", "merges", lambda c: c.merges.all(), "merged_at", "merged_by"),
    Source("erasure", "erasures", lambda c: c.erasures.all(), "erased_at", "erased_by"),
]


class Timeline(EventStream[Contact]):
    """The events of a contact, of one kind or all ("")."""

    def __init__(self, contact: Contact, kind: str = ""):
        super().__init__(contact, SOURCES, kind)
