"""What the palette finds of people, with the outcome of their last call, and of the notes of calls."""

from collections.abc import Iterator

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.dispositions import Disposition
from config.ui.formats import day
from markets.models import Contact
from markets.palette.own_text import newest_with
from markets.palette.passages import passage
from markets.palette.registry import Hit, Place, Search, Source
from markets.search.ranking import best
from markets.search.sources import texts


def find_people(search: Search) -> Iterator[Hit]:
    people: list[Contact] = list(best(search.workspace.contacts.all(), search.words, search.people)[: search.most + 1])
    outcomes = _last_outcomes(search, people)
    for person in people:
        url = reverse("contacts:detail", args=[search.workspace.slug, person.pk])
        yield Hit(
            person.label,
            url,
            " · ".join(filter(None, [person.firm, outcomes.get(person.pk, gettext("Not called yet"))])),
        )


def _last_outcomes(search: Search, people: list[Contact]) -> dict[int, str]:
    """By contact, the outcome of their last call in any campaign."""
    called = search.workspace.campaign_contacts.filter(contact__in=people, last_call_at__isnull=False)
    outcomes = called.order_by(F("last_call_at"), "pk").values_list("contact_id", "last_disposition")
    return {contact: str(Disposition(outcome).label) for contact, outcome in outcomes if outcome}


def find_notes(search: Search) -> Iterator[Hit]:
    rows = search.workspace.calls.exclude(notes="").select_related("contact")
    for call in newest_with(search, rows, texts("notes"), "started_at"):
        url = reverse("calls:detail", args=[search.workspace.slug, call.pk])
        about = [call.contact.label, call.get_disposition_display(), day(search.workspace.day_of(call.started_at))]
        yield Hit(passage(call.notes, search.text), url, " · ".join(filter(None, about)))


SOURCES = [
    Source(_("People"), 10, find_people, all_in="contacts:list"),
    Source(_("Notes of calls"), 70, find_notes, all_in="calls:list"),
]
PAGES = [
    Place(_("Calls"), "calls:list", also="log"),
    Place(_("Callers"), "calls:callers", also="performance team"),
    Place(_("Call queue"), "queue", also="up next"),
    Place(_("Callbacks due"), "callbacks:list", query="state=to_call", also="promised"),
    Place(_("Callbacks kept"), "callbacks:tallies", also="promised"),
    Place(_("Meetings"), "meetings:list", also="appointments calendar"),
    Place(_("Calendar link"), "calendar_link", also="outlook google ics subscribe"),
    Place(_("Numbers to repair"), "repairs:list", also="wrong phone"),
]
