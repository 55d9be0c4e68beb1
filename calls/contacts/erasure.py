"""Erases personal data from a contact's calls and memberships. Every call stays and counts.

signals.contacts.erasure starts it.
"""

from calls.models import Call, CallReport, Correction, Meeting, MeetingChange
from campaigns.models import Absence, CampaignContact, SelectedContact
from markets.contacts.erasure import ERASED_TEXT
from markets.models import Contact

FREE_TEXT_FIELDS = ("notes",)
"""Fields of a correction or report that may contain personal data."""


def erase_calls(contact: Contact) -> None:
    """Clears notes, reasons and dialled numbers. Times, outcomes and callers stay."""
    calls = Call.objects.filter(contact=contact)
    calls.exclude(outside_hours_reason="").update(outside_hours_reason=ERASED_TEXT)
    calls.exclude(void_reason="").update(void_reason=ERASED_TEXT)
    calls.update(notes="", dialled="")
    MeetingChange.objects.filter(meeting__call__in=calls).update(reason="")
    for correction in Correction.objects.filter(call__in=calls):
        for values in (correction.before, correction.after):
            values |= {name: "" for name in FREE_TEXT_FIELDS if name in values}
        correction.reason = ERASED_TEXT
        correction.save(update_fields=["before", "after", "reason"])
    for report in CallReport.objects.filter(call__in=calls):
        report.values |= {name: "" for name in FREE_TEXT_FIELDS if name in report.values}
        report.save(update_fields=["values"])


def erase_memberships(contact: Contact) -> None:
    members = CampaignContact.objects.filter(contact=contact)
    SelectedContact.objects.filter(contact=contact).delete()
    members.exclude(removed_reason="").update(removed_reason=ERASED_TEXT)
    members.exclude(added_reason="").update(added_reason=ERASED_TEXT)  # may quote a firm or a custom field
    contact.proposed_changes.exclude(reason="").update(reason=ERASED_TEXT)
    Absence.objects.filter(contact=contact).update(removed_reason=ERASED_TEXT)


def meeting_ids_of(contact: Contact) -> list[int]:
    return list(Meeting.objects.filter(call__contact=contact).values_list("pk", flat=True))
