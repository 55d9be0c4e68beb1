from collections.abc import Iterator
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from markets.models import Role
from markets.palette.registry import Hit, Place, Search, Source


def find_campaigns(search: Search) -> Iterator[Hit]:
    for campaign in search.rows(search.workspace.campaigns.select_related("market")):
        url = reverse("campaigns:detail", args=[search.workspace.slug, campaign.pk])
        yield Hit(campaign.name, url, f"{campaign.market} · {campaign.get_status_display()}")


def call_next(search: Search) -> Iterator[Hit]:
    """“Call next in ...” for each Active campaign that the text names."""
    if not search.access.can_call:
        return
    active = search.workspace.campaigns.active().select_related("market").order_by("-starts_on", "-pk")
    for campaign in search.rows_after("call next in", active):
        url = reverse("campaigns:next", args=[search.workspace.slug, campaign.pk])
        yield Hit(gettext("Call next in %(name)s") % {"name": campaign.name}, url, str(campaign.market))


def new_campaign(search: Search) -> Iterator[Hit]:
    """“New campaign in ...” for each market that the text names."""
    if not search.access.can_manage or not search.text:
        return
    for market in search.rows_after("new campaign in", search.workspace.markets.order_by("-created_at", "-pk")):
        url = f"{reverse('campaigns:create', args=[search.workspace.slug])}?{urlencode({'market': market.pk})}"
        yield Hit(gettext("New campaign in %(market)s") % {"market": market}, url)


SOURCES = [Source(_("Campaigns"), 30, find_campaigns, all_in="campaigns:list")]
PAGES = [
    Place(_("Campaigns"), "campaigns:list"),
    Place(_("Compare campaigns"), "campaigns:compare"),
    Place(_("Templates of campaigns"), "campaigns:templates", Role.MANAGER),
    Place(_("Audiences"), "audiences:list", also="rules segments"),
    Place(_("Find people by a rule"), "audiences:explore", also="audience filter segment"),
    Place(_("Tags"), "tags:list", also="labels"),
    Place(_("Tasks due"), "tasks:list", query="whose=mine&state=due", also="to do"),
    Place(_("Mentions"), "mentions:list", also="notes"),
]
ACTIONS = [
    Place(_("New campaign"), "campaigns:create", Role.MANAGER, also="add create"),
    Place(_("New task"), "tasks:create", Role.CALLER, also="add create to do"),
    Place(_("New audience"), "audiences:create", Role.MANAGER, also="add create rule"),
]
