"""Erases personal data from a contact's calls and memberships. Every call stays and counts.

signals.contacts.erasure starts it.
"""

from calls.ingest.call_ids import PREFIX
from calls.models import Call, CallReport, Correction, Meeting, MeetingChange
from markets.contacts.erasure import ERASED_TEXT, Identity
from markets.contacts.erasure.texts import FreeTexts
from markets.models import Contact

FREE_TEXT_FIELDS = ("notes",)
"""Fields of a correction or report that may contain personal data."""

FREE_TEXTS: FreeTexts = {
    Call: ("notes", "outside_hours_reason", "void_reason"),
    CallReport: ("values",),
    Correction: ("before", "after", "reason"),
    MeetingChange: ("reason",),
}
"""The texts of this app that may name a person whom their row is not about."""


def erase_calls(identity: Identity) -> None:
    """Clears notes, reasons and dialled numbers. Times, outcomes and callers stay."""
    contact = identity.contact
    calls = Call.objects.filter(contact=contact)
    calls.exclude(outside_hours_reason="").update(outside_hours_reason=ERASED_TEXT)
    calls.exclude(void_reason="").update(void_reason=ERASED_TEXT)
    calls.update(notes="", dialled="")
    _erase_call_ids(identity)
    meetings = Meeting.objects.filter(workspace=contact.workspace_id, call__in=calls)
    MeetingChange.objects.filter(workspace=contact.workspace_id, meeting__in=meetings).update(reason="")
    for correction in Correction.objects.filter(workspace=contact.workspace_id, call__in=calls):
        for values in (correction.before, correction.after):
            values |= {name: "" for name in FREE_TEXT_FIELDS if name in values}
        correction.reason = ERASED_TEXT
        correction.save(update_fields=["before", "after", "reason"])
    for report in CallReport.objects.filter(call__in=calls):
        report.values |= {name: "" for name in FREE_TEXT_FIELDS if name in report.values}
        report.save(update_fields=["values"])


def _erase_call_ids(identity: Identity) -> None:
    """A dialer's ID may consist of the number, and one derived here has a hash of it. Importing the same log again
    refuses the call, as it finds nobody to whom it was."""
    calls = Call.objects.filter(contact=identity.contact).exclude(dialer_call_id="")
    for key, call_id in calls.values_list("pk", "dialer_call_id"):
        if call_id.startswith(PREFIX) or identity.is_in_text(call_id):
            calls.filter(pk=key).update(dialer_call_id=f"erased:{key}")


def meeting_ids_of(contact: Contact) -> list[int]:
    return list(Meeting.objects.filter(call__contact=contact).values_list("pk", flat=True))
