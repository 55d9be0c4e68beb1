"""The context of the page of a market, and the history of a contact, gathered from all apps."""

from collections.abc import Sequence
from typing import Any

from django.db.models import FETCH_PEERS, Count
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from calls.log.wrong_numbers import wrong_numbers_of
from calls.metrics.attempts_and_hours import by_hour, hours_chart
from calls.metrics.definitions import (
    TABLE_CONTACT_METRICS,
    Counts,
    call_totals,
    call_totals_by_campaign,
    counted_calls,
    day_counts,
    hour_counts,
    pooled,
    with_rates,
)
from calls.metrics.goals import plans_of
from calls.metrics.outcomes import count_outcomes
from calls.metrics.presentation import Scope, build_figures
from calls.metrics.row_metrics import set_metrics
from calls.models import Meeting
from calls.queue.explanations import explain_rank
from calls.queue.ranking import first_ready
from campaigns.models import Campaign, Status
from config.ui.charts import FunnelStep, LinkedCell, LinkedNumber, funnel
from config.ui.formats import number
from config.ui.periods import Period
from markets.contacts.inferred_timezone import source_of_timezone
from markets.contacts.points import further_points
from markets.custom_fields.shown import shown_values
from markets.models import Contact, Market, User, Workspace
from markets.models.suppressions import names_contact
from signals.capture.vocabulary import SignalType
from signals.market_page.coverage import CoverageGroup, coverage
from signals.market_page.current_breakdown import CurrentBreakdown, current_breakdown, firm_breakdowns
from signals.market_page.movement import moves
from signals.market_page.weekly_chart import weeks
from signals.models import Signal

MAX_NEXT = 5
"""The number of contacts shown to call next."""


def market_intelligence(
    workspace: Workspace,
    market: Market,
    period: Period,
    by: str = "",
    caller: User | None = None,
    earlier: Counts | None = None,
) -> dict[str, Any]:
    """The context of a market's page for a period. `by` is the dimension of the coverage; a caller sees whom the queue
    hands to them. `earlier` are the totals of calls of the period before, if they are known."""
    campaigns = market.campaigns.as_of(workspace, period.as_of)
    all_campaigns = list(market.campaigns.order_by_status().fetch_mode(FETCH_PEERS))
    ids = [campaign.pk for campaign in all_campaigns]
    scope, before = Scope(workspace, period, market=market), period.before()
    days, hours = (counts(workspace, period).filter(campaign__in=ids) for counts in (day_counts, hour_counts))
    current = workspace.signals.as_of(workspace, period.as_of).current_in(ids)
    rows = list(campaigns.order_by_status().fetch_mode(FETCH_PEERS)) if period.as_of else all_campaigns
    calls = call_totals_by_campaign(workspace, [campaign.pk for campaign in rows], period)
    totals = pooled(calls.values())
    market_coverage = coverage(workspace, market, ids, period, by)
    earlier = call_totals(workspace, campaigns, before) if before and earlier is None else earlier
    breakdown = current_breakdown(workspace, market, current)
    meetings = _meeting_outcomes(scope, ids)
    chart = weeks(scope, totals["last_day"], days)
    members = market_coverage.by_campaign
    known = {key: calls.get(key, {}) | members.get(key, {}) for key in ids}
    set_metrics(rows, workspace, period, TABLE_CONTACT_METRICS, known=known)
    moved = moves(workspace, market, current, period)
    times = by_hour(hours)
    next_contacts = None if period.as_of else next_to_call(workspace, all_campaigns, caller)
    firms = firm_breakdowns(workspace, market, current)
    counts = with_rates(totals | market_coverage.people)
    return {
        "scope": scope,
        "counts": counts,
        "figures": build_figures(counts, scope, before=earlier),
        "notes": _notes(scope, counts, market_coverage.landscape, breakdown, meetings),
        "landscape": market_coverage.landscape,
        "campaigns": rows,
        "weeks": chart,
        "outcomes": count_outcomes(scope, counts),
        "times": hours_chart(times, scope),
        "hours": times,
        "current": current,
        "campaign_ids": ids,
        "breakdown": breakdown,
        "moves": moved,
        "firms": firms,
        "coverage": market_coverage,
        "funnel": _funnel(scope, counts, market_coverage.whole),
        "next": next_contacts,
        "plans": [] if period.as_of else plans_of(workspace, [each for each in all_campaigns if each.is_active]),
    }


def next_to_call(
    workspace: Workspace, campaigns: Sequence[Campaign], caller: User | None = None
) -> list[tuple[Any, str]]:
    """The first ready contacts of the Active campaigns, each contact once, with an explanation of the rank."""
    moment = now()
    active = [each for each in campaigns if each.status == Status.ACTIVE]
    members = first_ready(workspace, active, moment, MAX_NEXT, by=caller)
    return [(member, explain_rank(member, moment)) for member in members]


def _notes(
    scope: Scope,
    counts: dict[str, Any],
    landscape: int,
    breakdown: CurrentBreakdown,
    meetings: tuple[LinkedNumber, ...],
) -> dict[str, str | LinkedCell]:
    """The notes below the figures, by metric."""
    fresh, share = breakdown.fresh_share, 100 * counts["contact_count"] / landscape if landscape else None
    people = {"people": number(landscape), "share": f"{share or 0:.0f} %"}
    of_landscape = (
        _("of %(people)s of the landscape") if share is None else _("of %(people)s · %(share)s of the landscape")
    )
    return {
        "contact_count": of_landscape % people,
        "meetings_booked": LinkedCell(scope.key, meetings),
        "signals_captured": ""
        if fresh is None
        else _("%(share)s of the current ones fresh") % {"share": f"{100 * fresh:.0f} %"},
    }


FUNNEL = {
    "landscape": gettext_noop("In the landscape"),
    "contact_count": gettext_noop("In a campaign"),
    "called": gettext_noop("Called"),
    "reached": gettext_noop("Spoken with"),
}


def _funnel(scope: Scope, counts: dict[str, Any], landscape: CoverageGroup) -> tuple[FunnelStep, ...]:
    """From the landscape to meetings: its people, and the meetings that the market's calls booked."""
    steps = [
        (_(FUNNEL[state]), LinkedNumber(state, people, number(people), href))
        for state, people, href in landscape.counts
    ]
    return funnel([*steps, (_("Meetings booked"), scope.number("meetings_booked", counts["meetings_booked"]))])


def _meeting_outcomes(scope: Scope, campaigns: Sequence[int]) -> tuple[LinkedNumber, ...]:
    """The meetings booked by the market's calls, by status. Each number links to the calls that booked them."""
    calls = counted_calls(scope.workspace, scope.period).meetings().filter(campaign__in=campaigns)
    meetings = scope.workspace.meetings.as_of(scope.workspace, scope.period.as_of).filter(call__in=calls.values("pk"))
    counts = dict(meetings.order_by().values_list("status").annotate(n=Count("pk")))
    href = scope.list_url("meetings_booked")
    statuses = (Meeting.Status.HELD, Meeting.Status.NO_SHOW, Meeting.Status.CANCELLED)
    return tuple(
        LinkedNumber(status, count, f"{number(count)} {str(status.label).lower()}", f"{href}&became={status}")
        for status, count in ((status, counts.get(status, 0)) for status in statuses)
    )


def current_signals_of(contact: Contact) -> list[Signal]:
    """In the order of the vocabulary."""
    current = Signal.objects.filter(contact=contact).current().select_related("call")
    return sorted(current, key=lambda signal: list(SignalType.values).index(signal.type))


def history_of(contact: Contact) -> dict[str, Any]:
    """What is known of a contact: calls (newest first), memberships, markets, suppressions, off-limits entries,
    erasures and custom values."""
    of_campaigns = contact.campaign_contacts.select_related("campaign__market", "assigned_to")
    calls = contact.calls.select_related("campaign", "caller", "meeting").prefetch_related("signals")
    return {
        "calls": calls.newest_first(),
        "memberships": of_campaigns.order_by("-added_at"),
        "contact_markets": contact.markets.filter(workspace=contact.workspace_id),
        "erasures": contact.erasures.select_related("erased_by"),
        "points": further_points(contact, wrong_numbers_of),
        "zone_source": source_of_timezone(contact),
        "suppressions": contact.workspace.suppressions.in_force().filter(names_contact(contact)),
        "off_limits": contact.workspace.off_limits.in_force().naming(contact).select_related("workspace"),
        "custom_values": shown_values(contact),
    }
