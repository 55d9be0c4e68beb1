"""What the palette finds of markets and firms, and the pages of this app."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.db.models import Count, F
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from config.ui.formats import number
from markets.models import Role
from markets.palette.own_text import has_words
from markets.palette.registry import Hit, Place, Search, Source
from markets.search.folding import Fold, Folded
from markets.search.matching import OneOf


def find_markets(search: Search) -> Iterator[Hit]:
    for market in search.rows(search.workspace.markets.all()):
        url = reverse("markets:detail", args=[search.workspace.slug, market.pk])
        yield Hit(str(market), url, " · ".join(filter(None, [market.seniority, market.firm_tier])))


def find_firms(search: Search) -> Iterator[Hit]:
    """Firms with the most people first. Each opens its people. A number or an address is none of a firm."""
    if "@" in search.text or not any(map(str.isalpha, search.text)):
        return
    people = search.workspace.contacts.exclude(firm="").order_by()
    if search.people.has_all:
        found = people.filter(OneOf("pk", search.people.keys))
        named = found.filter(has_words(search, [_firm], typos=not search.people.typed)).values_list("firm", flat=True)
        people = people.filter(firm__in=list(named.distinct()))
    else:
        people = people.filter(has_words(search, [_whole_text, _firm]))
    firms = people.values_list("firm").annotate(people=Count("pk")).order_by("-people", "firm")
    for firm, count in firms[: search.most + 1]:
        url = f"{reverse('contacts:list', args=[search.workspace.slug])}?{urlencode({'firm': firm})}"
        yield Hit(firm, url, ngettext("%(n)s person", "%(n)s people", count) % {"n": number(count)})


def _whole_text() -> Folded:
    """All that is searched of a person, the firm included: this has an index."""
    return Folded(F("search_text"))


def _firm() -> Fold:
    return Fold(F("firm"))


SOURCES = [
    Source(_("Firms"), 20, find_firms),
    Source(_("Markets"), 40, find_markets, all_in="markets:list"),
]
PAGES = [
    Place(_("Overview"), "dashboard", also="dashboard home"),
    Place(_("Review to print"), "review", also="weekly report"),
    Place(_("Markets"), "markets:list"),
    Place(_("Contacts"), "contacts:list", also="people"),
    Place(_("Likely duplicates"), "contacts:duplicates", also="merge contacts"),
    Place(_("Imports"), "imports:list", also="uploads files"),
    Place(_("Do not call"), "suppressions:list", also="suppressions dnc"),
    Place(_("Off-limits"), "off_limits:list"),
    Place(_("Team"), "team", Role.MANAGER, also="members roles invitations"),
    Place(_("Webhooks"), "webhooks:list", Role.MANAGER, also="events integrations"),
    Place(_("Audit log"), "audit", Role.MANAGER),
    Place(_("Settings"), "settings", Role.MANAGER, also="mail retention holidays archive delete"),
    Place(_("API tokens"), "tokens", Role.MANAGER, also="keys integrations"),
]
ACTIONS = [
    Place(_("Import people"), "imports:create", Role.MANAGER, "kind=people", also="upload contacts file csv excel"),
    Place(_("Import calls"), "imports:create", Role.MANAGER, "kind=calls", also="upload dialer log file csv"),
    Place(_("Import a do-not-call list"), "imports:create", Role.MANAGER, "kind=suppressions", also="upload dnc file"),
    Place(_("New contact"), "contacts:create", Role.MANAGER, also="add create person people"),
    Place(_("New market"), "markets:create", Role.MANAGER, also="add create"),
    Place(_("Add to the do-not-call list"), "suppressions:create", Role.CALLER, also="suppress dnc number"),
    Place(_("Invite someone"), "team", Role.MANAGER, also="new member team user"),
]
