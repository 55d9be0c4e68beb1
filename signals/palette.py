"""What the palette finds of signals: the words that were said."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.ui.formats import day
from markets.models import Role
from markets.palette.own_text import newest_with
from markets.palette.passages import passage
from markets.palette.registry import Hit, Place, Search, Source
from markets.search.sources import texts


def find_signals(search: Search) -> Iterator[Hit]:
    rows = search.workspace.signals.exclude(evidence="").select_related("contact")
    for signal in newest_with(search, rows, texts("evidence"), "heard_at"):
        url = reverse("calls:detail", args=[search.workspace.slug, signal.call_id])
        heard = f"{signal.get_type_display()}: {gettext(signal.value)}"
        note = f"{signal.contact.label} · {heard} · {day(search.workspace.day_of(signal.heard_at))}"
        yield Hit(passage(signal.evidence, search.text), url, note)


SOURCES = [Source(_("Signals"), 80, find_signals, all_in="signals:list")]
PAGES = [
    Place(_("Signals"), "signals:list"),
    Place(_("Suggested signals"), "signals:suggestions"),
    Place(_("Suggestion accuracy"), "signals:rules", Role.MANAGER),
    Place(_("Shared links"), "shared:list", Role.MANAGER),
]
