"""A market's page as a document of plain JSON: the same numbers, without the links to their rows and without ids.

Firms of which few people were heard are left out, as on the page. Unless people are shown, there are no names, and
counts of people spoken with in a group are too rough to tell one person.
"""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from calls.metrics.presentation import PRIMARY_METRICS, Scope, build_figures
from campaigns.models import Campaign
from config.ui.formats import day
from config.ui.periods import Period
from markets.models import Contact, Market, Workspace
from signals.market_page.coverage import Coverage
from signals.market_page.current_breakdown import MIN_CONTACTS, FirmBreakdown
from signals.market_page.movement import Moves
from signals.market_page.page import market_intelligence

MARKET_SECTIONS = {
    "figures": gettext_noop("Key numbers"),
    "weeks": gettext_noop("Calls by week"),
    "campaigns": gettext_noop("Campaigns"),
    "signals": gettext_noop("What the market says"),
    "movement": gettext_noop("Movement"),
    "outcomes": gettext_noop("Call outcomes"),
    "times": gettext_noop("Best times"),
    "coverage": gettext_noop("Coverage of the landscape"),
    "firms": gettext_noop("Firm watch"),
}
"""Keys and titles of the sections, in their order on the page."""
ONLY_INSIDE = {"href", "about", "key"}
"""Fields that lead into the workspace or hold ids."""

Json = dict[str, Any]


def market_document(workspace: Workspace, market: Market, period: Period, *, shows_people: bool) -> Json:
    """In the language of whoever asks for it: a frozen page stays in that of who shared it, as it has texts of charts,
    and `language` says which."""
    page = market_intelligence(workspace, market, period)
    moves = page["moves"]
    return {
        "as_of": now().isoformat(),
        "language": get_language(),
        "market": market.name,
        "seniority": market.seniority,
        "firm_tier": market.firm_tier,
        "landscape": page["landscape"],
        "first": period.first.isoformat() if period.first else None,
        "people": _people(moves) if shows_people else {},
        "figures": {"figures": plain(page["figures"]), "notes": plain(page["notes"])},
        "weeks": plain(page["weeks"]),
        "campaigns": [_campaign(campaign, page["scope"]) for campaign in page["campaigns"]],
        "signals": plain(page["breakdown"]),
        "movement": _movement(moves, shows_people),
        "outcomes": plain(page["outcomes"]),
        "times": plain(page["times"]),
        "coverage": _coverage(page["coverage"], shows_people),
        "firms": _firms(page["firms"], shows_people),
    }


def plain(value: Any) -> Any:
    """A value of a page as JSON. Of a dataclass it has the fields and properties that the templates show."""
    if is_dataclass(value):
        names = [field.name for field in fields(value)]
        names += [name for name, each in vars(type(value)).items() if isinstance(each, property)]
        return {name: plain(getattr(value, name)) for name in names if name not in ONLY_INSIDE}
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return str(value) if isinstance(value, Promise) else value


def _campaign(campaign: Campaign, scope: Scope) -> Json:
    figures = build_figures(campaign.metrics, scope, ("coverage", *PRIMARY_METRICS))  # type: ignore[attr-defined]
    return {
        "name": campaign.name,
        "kind": str(campaign.get_kind_display()),
        "status": campaign.status,
        "status_label": str(campaign.get_status_display()),
        "starts_on": day(campaign.starts_on),
        "ends_on": day(campaign.ends_on),
        "figures": plain(figures),
    }


def _people(moves: Moves) -> Json:
    def person(contact: Contact) -> Json:
        return {"name": contact.full_name or _("No name given"), "firm": contact.firm}

    return {str(signal.contact_id): person(signal.contact) for signal in moves.newest}


def _movement(moves: Moves, shows_people: bool) -> Json:
    rows = [
        {
            "person": str(signal.contact_id),
            "before": signal.before,
            "after": signal.value,
            "is_stronger": signal.direction == "stronger",
        }
        for signal in moves.newest
        if shows_people
    ]
    return {"people": moves.people, "rows": rows}


def _firms(firms: Sequence[FirmBreakdown], shows_people: bool) -> list[Json]:
    """Without people, what fewer than MIN_CONTACTS people of a firm said is left out."""
    rows = [plain(firm) for firm in firms]
    for row in rows:
        for answer in row["answers"]:
            if not shows_people and answer["bar"]["total"] < MIN_CONTACTS:
                answer["bar"] |= {"parts": [], "marks": [], "total": 0}
    return [row for row in rows if any(answer["bar"]["total"] for answer in row["answers"])]


def _coverage(coverage: Coverage, shows_people: bool) -> Json:
    """Without people, groups of fewer than MIN_CONTACTS are among the others, and so few spoken with are None."""
    rows: list[Json] = []
    others: dict[str, int] = dict.fromkeys(["landscape", "contact_count", "called", "reached"], 0)
    for group in coverage.groups:
        counts = {state: people for state, people, _ in group.counts}
        is_small = not shows_people and counts["landscape"] < MIN_CONTACTS
        if is_small or group.key.endswith(":others"):
            others = {state: others[state] + people for state, people in counts.items()}
        else:
            rows.append({"label": group.label, "counts": counts})
    if others["landscape"]:
        rows.append({"label": _("Other or unknown"), "counts": others})
    for row in rows:
        if not shows_people and 0 < row["counts"]["reached"] < MIN_CONTACTS:
            row["counts"]["reached"] = None
    return {"label": coverage.label, "rows": rows}
