"""Explains the queue in words: why a member is next, and why the others wait."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min

from calls.queue.calling_hours import CallingHours, zone_by_name, zone_name, zone_of
from calls.queue.ranking import QueueState, Rank, describe_interest, queue
from campaigns.models import Campaign
from config.ui.formats import day
from markets.models import User, Workspace


def explain_rank(member: Any, moment: datetime) -> str:
    """Why a member of the `queue` has its rank, or is not offered yet."""
    words = _explain(member, moment)
    is_first = member.priority == 0 and member.rank != Rank.CALLBACK_DUE and member.state == QueueState.READY
    return f"{words}; in the priority audience" if is_first else words


def _explain(member: Any, moment: datetime) -> str:
    workspace = member.contact.workspace
    if member.state == QueueState.CALLBACK_LATER or member.rank == Rank.CALLBACK_DUE:
        return f"callback promised for {_format_time(workspace, member.callback_due_at, moment)}"
    if member.state == QueueState.ANOTHER_ONES:
        return f"assigned to {member.assigned_to}"
    if member.state == QueueState.USED_UP:
        return f"{_pluralise(member.attempt_count, 'attempt')}, the most of this campaign"
    if member.state == QueueState.RESTING:
        back = workspace.day_of(member.last_attempt_at) + timedelta(days=member.campaign.rest_days)
        return f"rests until {day(back)}, {_pluralise(member.attempt_count, 'attempt')} so far"
    if member.state == QueueState.OUTSIDE_HOURS:
        hours = CallingHours.of(member.campaign)
        opening = hours.next_opening(zone_of(member.contact), moment)
        return f"called from {hours} there, again at {_format_time(workspace, opening, moment)}"
    if member.rank == Rank.INTERESTED:
        strength, freshness = describe_interest(member.interest)
        if not member.interest_at:
            return strength
        return f"{strength} on {day(workspace.day_of(member.interest_at))}, {freshness}"
    if member.rank == Rank.UNCALLED:
        return "not called yet"
    rest = workspace.day_of(moment) - workspace.day_of(member.last_attempt_at or member.last_call_at)
    return f"rested for {_pluralise(rest.days, 'day')}, {_pluralise(member.attempt_count, 'attempt')} so far"


def describe_lease(member: Any, moment: datetime) -> str:
    """The caller who leases the member, or that it was put aside, and until when."""
    if not member.leased_until or member.leased_until <= moment:
        return ""
    return (
        f"{member.leased_by or 'skipped'} until {_format_time(member.contact.workspace, member.leased_until, moment)}"
    )


def _format_time(workspace: Workspace, at: datetime, moment: datetime) -> str:
    """The time of day in the workspace, after the date unless it is today."""
    local = at.astimezone(workspace.zone)
    is_today = local.date() == workspace.day_of(moment)
    return f"{local:%H:%M}" if is_today else f"{day(local.date())}, {local:%H:%M}"


def _pluralise(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


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
        return f"The first promise is for {_format_time(workspace, first('earliest_callback'), moment)}."
    if state == QueueState.USED_UP:
        most = _pluralise(campaign.most_attempts, "attempt")
        return f"The campaign makes at most {most}; a manager can allow more."
    if state == QueueState.RESTING:
        back = workspace.day_of(first("earliest_attempt")) + timedelta(days=campaign.rest_days)
        return f"{_pluralise(campaign.rest_days, 'day')} between attempts; the first are offered again on {day(back)}."
    if state == QueueState.OUTSIDE_HOURS:
        zones = [zone_by_name(row["zone"], workspace) for row in rows]
        hours = CallingHours.of(campaign)
        opening = min(hours.next_opening(zone, moment) for zone in zones)
        first_opening = _format_time(workspace, opening, moment)
        return f"People are called from {hours} where they are; the first from {first_opening}."
    if state == QueueState.ANOTHER_ONES:
        return "They could be called now, by the caller whose people they are."
    until = _format_time(workspace, first("earliest_lease_end"), moment)
    if state == QueueState.LEASED:
        return f"Callers have them on the screen; the first hold ends at {until}."
    return f"Skipped for now; the first come back at {until}."
