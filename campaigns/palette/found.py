from collections.abc import Iterator
from urllib.parse import urlencode

from django.urls import reverse

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
        yield Hit(f"Call next in {campaign.name}", url, str(campaign.market))


def new_campaign(search: Search) -> Iterator[Hit]:
    """“New campaign in ...” for each market that the text names."""
    if not search.access.can_manage or not search.text:
        return
    for market in search.rows_after("new campaign in", search.workspace.markets.order_by("-created_at", "-pk")):
        url = f"{reverse('campaigns:create', args=[search.workspace.slug])}?{urlencode({'market': market.pk})}"
        yield Hit(f"New campaign in {market}", url)


SOURCES = [Source("Campaigns", 30, find_campaigns, all_in="campaigns:list")]
PAGES = [
    Place("Campaigns", "campaigns:list"),
    Place("Compare campaigns", "campaigns:compare"),
    Place("Templates of campaigns", "campaigns:templates", Role.MANAGER),
    Place("Audiences", "audiences:list", also="rules segments"),
    Place("Find people by a rule", "audiences:explore", also="audience filter segment"),
    Place("Tags", "tags:list", also="labels"),
    Place("Tasks due", "tasks:list", query="whose=mine&state=due", also="to do"),
    Place("Mentions", "mentions:list", also="notes"),
]
ACTIONS = [
    Place("New campaign", "campaigns:create", Role.MANAGER, also="add create"),
    Place("New task", "tasks:create", Role.CALLER, also="add create to do"),
    Place("New audience", "audiences:create", Role.MANAGER, also="add create rule"),
]
