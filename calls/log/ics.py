"""Meetings as events of iCalendar. Import it lazily: icalendar takes a tenth of a second to load."""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from calls.models import Call, Meeting

PRODUCT = "-//Client Portal//Meetings//EN"


def meeting_to_ics(meeting: Meeting, address: str) -> bytes:
    """The meeting as an iCalendar file (RFC 5545)."""
    return calendar([meeting_event(meeting, address)]).to_ical()


def calendar(events: Iterable[Event]) -> Calendar:
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    for event in events:
        made.add_component(event)
    return made


def meeting_event(meeting: Meeting, address: str) -> Event:
    """`address` is the URL of the meeting's page. A meeting must have a time. Prefetch `changes` of many."""
    changes = list(meeting.changes.all())
    event = call_event(
        meeting.call,
        uid=uid("meeting", meeting.pk, meeting.created_at),
        title=_("Meeting with %(person)s"),
        at=meeting.scheduled_at,
        changed_at=[each.changed_at for each in changes] or [meeting.created_at],
        address=address,
    )
    event.add("sequence", len(changes))
    event.add("status", "CANCELLED" if meeting.status == Meeting.Status.CANCELLED else "CONFIRMED")
    return event


def call_event(
    call: Call, *, uid: str, title: str, at: datetime | None, changed_at: Iterable[datetime], address: str
) -> Event:
    """An event with the person of the call and no end, as no duration is known. `title` has the placeholder `person`.

    Times are in UTC, which each calendar shows in its owner's time zone. DTSTAMP is the last change, not the current
    time, so that an unchanged event is the same text.
    """
    contact, last = call.contact, max(changed_at).astimezone(UTC)
    who = ", ".join(filter(None, [str(contact), contact.firm]))
    facts = [_("Campaign: %(campaign)s") % {"campaign": call.campaign}, address]
    if contact.phone:
        facts.insert(1, _("Phone: %(phone)s") % {"phone": contact.phone})
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", last)
    event.add("last-modified", last)
    event.add("dtstart", at.astimezone(UTC) if at else None)
    event.add("summary", without_control_characters(title % {"person": who}))
    event.add("description", "\n".join(without_control_characters(each) for each in facts))
    event.add("url", address)
    return event


def uid(kind: str, pk: int, created_at: datetime) -> str:
    """The moment keeps it unique when a database is restored and counts its ids anew."""
    return f"{kind}-{pk}-{created_at.astimezone(UTC):%Y%m%dT%H%M%S%f}@client-portal"


def without_control_characters(text: str) -> str:
    """RFC 5545, section 3.1, forbids control characters in text."""
    return "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text)
