"""The findings that a page shows: those of the rules, at most five, ranked by the people concerned."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from calls.metrics.attempts_and_hours import HourlyRates, by_hour
from calls.metrics.definitions import hour_counts
from config.ui.periods import Period
from markets.models import Market, Role, Workspace
from markets.workspaces.calendar import working_days
from signals.findings.facts import (
    NO_COUNTS,
    ActiveNow,
    CallCounts,
    active_now,
    firm_states,
    movers_up,
    stability,
    total,
)
from signals.findings.rules import COMPARING, RULES, Rule, late_callbacks
from signals.findings.shape import Facts, Finding, Movers
from signals.models import SignalQuerySet

MOST, MOST_OF_A_RULE = 5, 2
OF_EVERYTHING = (*COMPARING, late_callbacks)
"""What the overview also says of all markets together, unless a market has the same finding."""
OF_A_MARKET = tuple(rule for rule in RULES if rule is not late_callbacks)


def market_findings(
    workspace: Workspace, market: Market, period: Period, counts: CallCounts | None, page: dict[str, Any], role: Role
) -> list[Finding]:
    """Of a market's page, whose context says the rest. None where there is no period before."""
    before = period.before()
    if counts is None or before is None:
        return []
    is_now = _reaches_now(workspace, period)
    active = active_now(workspace, market).get(market.pk, ActiveNow()) if is_now else ActiveNow()
    moved = movers_up(workspace, market, period, page["current"])
    facts = Facts(
        workspace,
        period,
        before,
        counts.now.get(market.pk, NO_COUNTS),
        counts.before.get(market.pk, NO_COUNTS),
        market,
        _working_days(workspace, period, before),
        len(COMPARING),
        hours=lambda: page["hours"],
        movers=moved.get(market.pk, Movers()),
        late_callbacks=active.late_callbacks,
        idle=active.idle,
        firms=firm_states(workspace, page["campaign_ids"], before, page["firms"]),
        stability=stability(page["breakdown"].answers),
    )
    return ranked(_apply(RULES, facts), role)


def workspace_findings(
    workspace: Workspace,
    markets: Sequence[Market],
    period: Period,
    counts: CallCounts | None,
    current: SignalQuerySet,
    role: Role,
) -> list[Finding]:
    """Of the overview: of each market, and of all together where no market has the same finding."""
    before = period.before()
    if counts is None or before is None:
        return []
    is_now = _reaches_now(workspace, period)
    active = active_now(workspace) if is_now else {}
    moved = movers_up(workspace, None, period, current)
    days = _working_days(workspace, period, before)
    known = sum(market.pk in counts.now and market.pk in counts.before for market in markets)
    compared = len(COMPARING) * (known + 1)

    def facts_of(market: Market | None) -> Facts:
        key = market.pk if market else 0
        now = counts.now.get(key, NO_COUNTS) if market else total(list(counts.now.values()))
        earlier = counts.before.get(key, NO_COUNTS) if market else counts.all_before
        late = sum(each.late_callbacks for each in active.values()) if market is None else 0
        return Facts(
            workspace,
            period,
            before,
            now,
            earlier,
            market,
            days,
            compared,
            hours=_hours(workspace, period, market),
            movers=moved.get(key, Movers()),
            late_callbacks=late,
            idle=active[key].idle if key in active else (),
        )

    of_markets = [finding for market in markets for finding in _apply(OF_A_MARKET, facts_of(market))]
    said = {finding.rule for finding in of_markets}
    of_all = _apply([rule for rule in OF_EVERYTHING if rule.__name__ not in said], facts_of(None))
    return ranked([*of_markets, *of_all], role)


def ranked(findings: Iterable[Finding], role: Role) -> list[Finding]:
    """The MOST that concern the most people, at most MOST_OF_A_RULE of each rule, with the actions of a role."""
    of_rule: Counter[str] = Counter()
    kept = []
    for finding in sorted(findings, key=lambda each: -each.people):
        of_rule[finding.rule] += 1
        if of_rule[finding.rule] <= MOST_OF_A_RULE:
            kept.append(finding)
    return [finding.shown_to(role) for finding in kept[:MOST]]


def _apply(rules: Iterable[Rule], facts: Facts) -> list[Finding]:
    return [finding for rule in rules for finding in rule(facts)]


def _reaches_now(workspace: Workspace, period: Period) -> bool:
    """What is only known as of now says nothing about a past day, or about a period that is over."""
    return period.as_of is None and period.last is not None and period.last >= workspace.today()


def _working_days(workspace: Workspace, period: Period, before: Period) -> tuple[int, int]:
    calendar = working_days(workspace)
    now, earlier = (
        calendar.count(each.first, each.last) if each.first and each.last else 0 for each in (period, before)
    )
    return now, earlier


def _hours(workspace: Workspace, period: Period, market: Market | None) -> Callable[[], HourlyRates | None]:
    def read() -> HourlyRates | None:
        hours = hour_counts(workspace, period)
        return by_hour(hours.filter(campaign__market=market) if market else hours)

    return read
