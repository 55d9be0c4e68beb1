"""Looks up markets and campaigns by name, ignoring letter case, and creates missing ones on request."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from campaigns.models import Campaign
from markets.contacts.normalization import fold
from markets.models import Market, Workspace


class NotFound(Exception):
    """No market or campaign has the name, or several have. The message lists the existing ones."""


def get_market(workspace: Workspace, name: str, *, create: bool = False) -> Market:
    """The market of that name. Raises NotFound, or ValidationError if `create` makes an invalid one."""
    for market in workspace.markets.all():
        if fold(str(market)) == fold(name):
            return market
    known = _list_names(str(market) for market in workspace.markets.all())
    if not create:
        raise NotFound(
            _("%(workspace)s has no market “%(name)s”. Its markets are: %(known)s.")
            % {"workspace": workspace, "name": name, "known": known}
        )
    practice_area, sign, geography = (part.strip() for part in name.partition(" -- "))
    if not sign:
        raise NotFound(
            _("“%(name)s” is no name for a market; write “practice area -- geography”, as in “M&A -- New York”.")
            % {"name": name}
        )
    market = Market(workspace=workspace, practice_area=practice_area, geography=geography)
    market.full_clean()
    market.save()
    return market


def get_campaign(workspace: Workspace, name: str, *, market: Market | None = None, create: bool = False) -> Campaign:
    """The campaign of that name, which is unique only within a market. With `create`, a new Draft in `market`.

    Raises NotFound, or ValidationError if `create` makes an invalid one.
    """
    campaigns = workspace.campaigns.select_related("market", "workspace")
    if market:
        campaigns = campaigns.for_market(market)
    matches = [campaign for campaign in campaigns if fold(campaign.name) == fold(name)]
    if len(matches) == 1:
        return matches[0]
    if matches:
        markets = _list_names(str(campaign.market) for campaign in matches)
        raise NotFound(
            _("%(count)s campaigns are called “%(name)s”. Say in which market: %(markets)s.")
            % {"count": len(matches), "name": name, "markets": markets}
        )
    if not (create and market):
        where = market or workspace
        raise NotFound(
            _("%(where)s has no campaign “%(name)s”. Those there are: %(names)s.")
            % {"where": where, "name": name, "names": _list_names(str(each) for each in campaigns)}
        )
    campaign = Campaign(workspace=workspace, market=market, name=name.strip())
    campaign.full_clean()
    campaign.save()
    return campaign


def get_campaigns(workspace: Workspace, names: Collection[str]) -> dict[str, Campaign | NotFound]:
    """The campaign for each name or id, or the reason why there is none, in one query."""
    if not names:
        return {}
    campaigns = list(workspace.campaigns.select_related("market"))
    results: dict[str, Campaign | NotFound] = {}
    for name in names:
        by_name = [campaign for campaign in campaigns if fold(campaign.name) == fold(name)]
        matches = by_name or [campaign for campaign in campaigns if str(campaign.pk) == name]
        if len(matches) == 1:
            results[name] = matches[0]
        elif matches:
            which = ", ".join(f"{campaign.pk} in {campaign.market}" for campaign in matches)
            results[name] = NotFound(
                _("%(count)s campaigns are called “%(name)s”. Give the ID instead: %(which)s.")
                % {"count": len(matches), "name": name[:120], "which": which}
            )
        else:
            known = _list_names(str(campaign) for campaign in campaigns)
            results[name] = NotFound(
                _("%(workspace)s has no campaign “%(name)s”. Those there are: %(known)s.")
                % {"workspace": workspace, "name": name[:120], "known": known}
            )
    return results


def _list_names(names: Iterable[str], most: int = 20) -> str:
    known = sorted(names)
    rest = " " + _("and %(count)s more") % {"count": len(known) - most} if len(known) > most else ""
    return ", ".join(f"“{name}”" for name in known[:most]) + rest or _("none yet")
