"""Markets and campaigns by the names that people type, in any letter case, and making those that are missing."""

from collections.abc import Collection, Iterable

from campaigns.models import Campaign
from markets.contacts.normalization import fold
from markets.models import Market, Workspace


class NotFound(Exception):
    """There is no such market or campaign, or more than one. The message lists those that there are."""


def get_market(workspace: Workspace, name: str, *, create: bool = False) -> Market:
    """The market of that name. Raises NotFound, and ValidationError when it can neither be found nor made."""
    for market in workspace.markets.all():
        if fold(str(market)) == fold(name):
            return market
    known = _list_names(str(market) for market in workspace.markets.all())
    if not create:
        raise NotFound(f"{workspace} has no market “{name}”. Its markets are: {known}.")
    practice_area, sign, geography = (part.strip() for part in name.partition(" -- "))
    if not sign:
        raise NotFound(
            f"“{name}” is no name for a market; write “practice area -- geography”, as in “M&A -- New York”."
        )
    market = Market(workspace=workspace, practice_area=practice_area, geography=geography)
    market.full_clean()
    market.save()
    return market


def get_campaign(workspace: Workspace, name: str, *, market: Market | None = None, create: bool = False) -> Campaign:
    """The campaign of that name, which is unique only within a market; with `create` a new Draft in `market`.

    Raises NotFound, and ValidationError when it can neither be found nor made.
    """
    campaigns = workspace.campaigns.select_related("market", "workspace")
    if market:
        campaigns = campaigns.for_market(market)
    found = [campaign for campaign in campaigns if fold(campaign.name) == fold(name)]
    if len(found) == 1:
        return found[0]
    if found:
        markets = _list_names(str(campaign.market) for campaign in found)
        raise NotFound(f"{len(found)} campaigns are called “{name}”. Say in which market: {markets}.")
    if not (create and market):
        where = market or workspace
        raise NotFound(
            f"{where} has no campaign “{name}”. Those there are: {_list_names(str(each) for each in campaigns)}."
        )
    campaign = Campaign(workspace=workspace, market=market, name=name.strip())
    campaign.full_clean()
    campaign.save()
    return campaign


def get_campaigns(workspace: Workspace, names: Collection[str]) -> dict[str, Campaign | NotFound]:
    """The campaign of each name or id, or why there is none, however many are asked for at once."""
    if not names:
        return {}
    campaigns = list(workspace.campaigns.select_related("market"))
    found: dict[str, Campaign | NotFound] = {}
    for name in names:
        called = [campaign for campaign in campaigns if fold(campaign.name) == fold(name)]
        meant = called or [campaign for campaign in campaigns if str(campaign.pk) == name]
        if len(meant) == 1:
            found[name] = meant[0]
        elif meant:
            which = ", ".join(f"{campaign.pk} in {campaign.market}" for campaign in meant)
            found[name] = NotFound(f"{len(meant)} campaigns are called “{name[:120]}”. Give the ID instead: {which}.")
        else:
            known = _list_names(str(campaign) for campaign in campaigns)
            found[name] = NotFound(f"{workspace} has no campaign “{name[:120]}”. Those there are: {known}.")
    return found


def _list_names(names: Iterable[str], most: int = 20) -> str:
    known = sorted(names)
    rest = f" and {len(known) - most} more" if len(known) > most else ""
    return ", ".join(f"“{name}”" for name in known[:most]) + rest or "none yet"
