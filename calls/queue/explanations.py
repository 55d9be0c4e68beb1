"""Explains the queue in words: why a member is next, and why the others wait."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.queue.calling_hours import CallingHours, zone_by_name, zone_name, zone_of
from calls.queue.ranking import QueueState, Rank, describe_interest, queue
from campaigns.models import Campaign
from config.ui.formats import day, number
from markets.models import User, Workspace


def explain_rank(member: Any, moment: datetime) -> str:
    """Why a member of the `queue` has its rank, or is not offered yet."""
    words = _explain(member, moment)
    is_first = member.priority == 0 and member.rank != Rank.CALLBACK_DUE and member.state == QueueState.READY
    return _("%(why)s; in the priority audience") % {"why": words} if is_first else words


def _explain(member: Any, moment: datetime) -> str:
    workspace = member.contact.workspace
    if member.state == QueueState.CALLBACK_LATER or member.rank == Rank.CALLBACK_DUE:
        return _("callback promised for %(time)s") % {"time": _format_time(workspace, member.callback_due_at, moment)}
    if member.state == QueueState.ANOTHER_ONES:
        return _("assigned to %(user)s") % {"user": member.assigned_to}
    if member.state == QueueState.USED_UP:
        return _("%(attempts)s, the most of this campaign") % {"attempts": _attempts(member.attempt_count)}
    if member.state == QueueState.RESTING:
        back = workspace.day_of(member.last_attempt_at) + timedelta(days=member.campaign.rest_days)
        text = _("rests until %(day)s, %(attempts)s so far")
        return text % {"day": day(back), "attempts": _attempts(member.attempt_count)}
    if member.state == QueueState.OUTSIDE_HOURS:
        hours = CallingHours.of(member.campaign)
        opening = hours.next_opening(zone_of(member.contact), moment)
        text = _("called from %(hours)s there, again at %(time)s")
        return text % {"hours": hours, "time": _format_time(workspace, opening, moment)}
    if member.rank == Rank.INTERESTED:
        strength, freshness = describe_interest(member.interest)
        if not member.interest_at:
            return strength
        words = {"interest": strength, "day": day(workspace.day_of(member.interest_at)), "freshness": freshness}
        return _("%(interest)s on %(day)s, %(freshness)s") % words
    if member.rank == Rank.UNCALLED:
        return _("not called yet")
    rest = workspace.day_of(moment) - workspace.day_of(member.last_attempt_at or member.last_call_at)
    text = _("rested for %(days)s, %(attempts)s so far")
    return text % {"days": _days(rest.days), "attempts": _attempts(member.attempt_count)}


def describe_lease(member: Any, moment: datetime) -> str:
    """The caller who leases the member, or that it was put aside, and until when."""
    if not member.leased_until or member.leased_until <= moment:
        return ""
    time = _format_time(member.contact.workspace, member.leased_until, moment)
    return _("%(user)s until %(time)s") % {"user": member.leased_by or _("skipped"), "time": time}


def _format_time(workspace: Workspace, at: datetime, moment: datetime) -> str:
    """The time of day in the workspace, after the date unless it is today."""
    local = at.astimezone(workspace.zone)
    is_today = local.date() == workspace.day_of(moment)
    return f"{local:%H:%M}" if is_today else f"{day(local.date())}, {local:%H:%M}"


def _attempts(count: int) -> str:
    return ngettext("%(n)s attempt", "%(n)s attempts", count) % {"n": number(count)}


def _days(count: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", count) % {"n": number(count)}


@dataclass(frozen=True)
class WaitingGroup:
    """Callable members that are not offered now for one reason: their number, and until when they wait."""

    state: QueueState
    people: int
    note: str


def waiting_groups(campaign: Campaign, moment: datetime, by: User | None = None) -> list[WaitingGroup]:
    """All callable members of the campaign that are not offered now, or not to `by`, grouped by reason."""
    waiting = queue(campaign.workspace, [campaign], moment, by=by).exclude(state=QueueState.READY)
    rows = (
        waiting.order_by()
        .values("state", zone=zone_name("contact__"))
        .annotate(
            people=Count("pk"),
            earliest_callback=Min("callback_due_at"),
            earliest_attempt=Min("last_attempt_at"),
            earliest_lease_end=Min("leased_until"),
        )
    )
    rows_by_state: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        rows_by_state[row["state"]].append(row)
    return [
        WaitingGroup(
            state,
            sum(row["people"] for row in rows_by_state[state]),
            _describe_wait(campaign, state, rows_by_state[state], moment),
        )
        for state in QueueState
        if state in rows_by_state
    ]


def _describe_wait(campaign: Campaign, state: QueueState, rows: list[dict[str, Any]], moment: datetime) -> str:
    workspace = campaign.workspace

    def first(name: str) -> datetime:
        return min(row[name] for row in rows)

    if state == QueueState.CALLBACK_LATER:
        time = _format_time(workspace, first("earliest_callback"), moment)
        return _("The first promise is for %(time)s.") % {"time": time}
    if state == QueueState.USED_UP:
        most = _attempts(campaign.most_attempts or 0)
        return _("The campaign makes at most %(attempts)s; a manager can allow more.") % {"attempts": most}
    if state == QueueState.RESTING:
        back = workspace.day_of(first("earliest_attempt")) + timedelta(days=campaign.rest_days)
        text = _("%(days)s between attempts; the first are offered again on %(day)s.")
        return text % {"days": _days(campaign.rest_days), "day": day(back)}
    if state == QueueState.OUTSIDE_HOURS:
        zones = [zone_by_name(row["zone"], workspace) for row in rows]
        hours = CallingHours.of(campaign)
        opening = min(hours.next_opening(zone, moment) for zone in zones)
        first_opening = _format_time(workspace, opening, moment)
        text = _("People are called from %(hours)s where they are; the first from %(time)s.")
        return text % {"hours": hours, "time": first_opening}
    if state == QueueState.ANOTHER_ONES:
        return _("They could be called now, by the caller whose people they are.")
    until = _format_time(workspace, first("earliest_lease_end"), moment)
    if state == QueueState.LEASED:
        return _("Callers have them on the screen; the first hold ends at %(time)s.") % {"time": until}
    return _("Skipped for now; the first come back at %(time)s.") % {"time": until}
