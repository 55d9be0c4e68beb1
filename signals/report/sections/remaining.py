"""Coverage: how many people were called, and who is left and why."""

from collections import Counter
from datetime import timedelta
from enum import StrEnum

from django.utils.translation import gettext_noop

from campaigns.dispositions import Disposition
from signals.report.facts import Facts, Member
from signals.report.shape import MOST_LISTED, Coverage, Left, LeftGroup
from signals.report.words import english


class Reason(StrEnum):
    """Why a person is left, in the order of precedence."""

    DO_NOT_CALL = "do_not_call"
    OFF_LIMITS = "off_limits"
    REPAIR = "repair"
    CALLBACK = "callback"
    UNCALLED = "uncalled"
    USED_UP = "used_up"
    RESTING = "resting"
    CALLED = "called"


UNCALLABLE = (Reason.DO_NOT_CALL, Reason.OFF_LIMITS, Reason.REPAIR)
LABELS = {
    Reason.DO_NOT_CALL: gettext_noop("Do not call"),
    Reason.OFF_LIMITS: gettext_noop("Off-limits"),
    Reason.REPAIR: gettext_noop("Number to repair"),
    Reason.CALLBACK: gettext_noop("Callback owed"),
    Reason.UNCALLED: gettext_noop("Not called"),
    Reason.USED_UP: gettext_noop("Attempts used up"),
    Reason.RESTING: gettext_noop("Resting after a call"),
    Reason.CALLED: gettext_noop("Called without a result"),
}


def coverage(facts: Facts) -> Coverage:
    """Everybody whose last outcome did not close them is left, for the first reason that applies."""
    left = [(member, _reason(facts, member)) for member in facts.members if not member.is_closed]
    order = list(Reason)
    left.sort(key=lambda each: order.index(each[1]))
    counts = Counter(reason for _, reason in left)
    return Coverage(
        contacts=facts.counts["contact_count"],
        called=facts.counts["called"],
        reached=facts.counts["reached"],
        closed=len(facts.members) - len(left),
        left=len(left),
        callable=sum(reason not in UNCALLABLE for _, reason in left),
        groups=[
            LeftGroup(reason=str(reason), label=LABELS[reason], people=counts[reason])
            for reason in Reason
            if counts[reason]
        ],
        rows=[_row(facts, member, reason) for member, reason in left[:MOST_LISTED]],
    )


def _reason(facts: Facts, member: Member) -> Reason:
    if member.is_suppressed:
        return Reason.DO_NOT_CALL
    if member.is_off_limits:
        return Reason.OFF_LIMITS
    if not member.has_phone:
        return Reason.REPAIR
    if member.callback_at:
        return Reason.CALLBACK
    if not member.attempts:
        return Reason.UNCALLED
    if member.attempts >= facts.campaign.most_attempts:
        return Reason.USED_UP
    today = facts.workspace.day_of(facts.at)
    rested_on = member.last_attempt_at and facts.workspace.day_of(member.last_attempt_at) + timedelta(
        days=facts.campaign.rest_days
    )
    return Reason.RESTING if rested_on and rested_on > today else Reason.CALLED


def _row(facts: Facts, member: Member, reason: Reason) -> Left:
    return Left(
        person=member.contact,
        reason=str(reason),
        attempts=member.attempts,
        last_outcome=english(Disposition(member.last_outcome)) if member.last_outcome else "",
        last_call=facts.workspace.day_of(member.last_call_at).isoformat() if member.last_call_at else None,
        callback_at=member.callback_at.isoformat() if member.callback_at else None,
    )
