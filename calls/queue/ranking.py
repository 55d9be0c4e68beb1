"""Who is next in a campaign and why: one order over the callable members.

Within each rank the people of the campaign's priority audience come first, then those who are assigned to the caller.
Of those who showed interest the freshest and strongest interest comes first.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Case, Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils import translation
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from calls.queue.calling_hours import are_open_in_workspace, within_hours
from calls.queue.priority import priority_people
from campaigns.callers.eligible import Callers
from campaigns.dispositions import CALLBACKS, MEETINGS
from campaigns.models import Campaign, CampaignContact, Status
from campaigns.models.members import CampaignContactQuerySet
from markets.models import User, Workspace

FIRST_BATCH = 50
"""How many members are searched for a ready one before all of them are."""
MOST_OFFERED = 20
FRESH_FOR, AGEING_FOR = timedelta(days=90), timedelta(days=180)
STRENGTHS = 3
OFFER_FIELDS = (
    *("campaign", "attempt_count", "callback_due_at", "last_attempt_at", "last_call_at"),
    *("contact__full_name", "contact__firm"),
)
"""The fields that a page shows of the first ready members: all of them take longer to compile than to fetch."""
NO_MEMBER = Q(pk=None)


class Rank(models.IntegerChoices):
    """The main key of the order, first to last."""

    CALLBACK_DUE = 1, _("Callback due")
    INTERESTED = 2, _("Showed interest")
    UNCALLED = 3, _("Not called yet")
    RESTED = 4, _("Longest rest")


class QueueState(models.TextChoices):
    """Whether a callable member is offered now, or why not: the first reason in this order that applies."""

    READY = "ready", _("Ready now")
    CALLBACK_LATER = "later", _("Callback later")
    USED_UP = "used_up", _("Attempts used up")
    RESTING = "resting", _("Resting")
    OUTSIDE_HOURS = "outside_hours", _("Outside their calling hours")
    ANOTHER_ONES = "another_ones", _("Assigned to another caller")
    LEASED = "held", _("With a caller")
    SKIPPED = "aside", _("Put aside")


def queue(
    workspace: Workspace, campaigns: Collection[Campaign], moment: datetime, *, by: User | None = None
) -> QuerySet[Any]:
    """The callable members of the Active ones among the campaigns, next first, with `rank`, `reason`, `state` and
    `interest_at` (when the contact last showed interest).

    As `by` sees it: members leased to `by` count as ready, those assigned to another caller do not. A due callback
    ignores the limit of attempts and the days of rest.
    """
    with translation.override("en"):  # as a value, it is the same in each language
        reason = Case(*(When(rank=rank, then=Value(str(rank.label))) for rank in Rank))
    conditions = reasons_to_wait(workspace, campaigns, moment, by, _another_ones(workspace, campaigns, by))
    state = Case(
        *(When(condition, then=Value(state)) for state, condition in conditions.items()),
        default=Value(QueueState.READY),
        output_field=models.CharField(choices=QueueState.choices),
    )
    members = _ranked(workspace, campaigns, moment).annotate(state=state).callable()
    return members.annotate(reason=reason).order_by(*order_of(by))


def order_of(by: User | None) -> list[Any]:
    own_first = [Case(When(assigned_to=by, then=Value(0)), default=Value(1))] if by else []
    interest_first = ["-interest", F("interest_at").desc(nulls_last=True)]
    return [
        "rank",
        "priority",
        *own_first,
        *interest_first,
        "callback_due_at",
        F("last_call_at").asc(nulls_first=True),
        "pk",
    ]


def _another_ones(workspace: Workspace, campaigns: Collection[Campaign], by: User | None) -> Q:
    return Callers.of(workspace, campaigns).is_another_ones(by, campaigns) if by else NO_MEMBER


def _ranked(workspace: Workspace, campaigns: Collection[Campaign], moment: datetime) -> CampaignContactQuerySet:
    members = CampaignContact.objects.filter(
        workspace=workspace, campaign__in=[each.pk for each in campaigns], campaign__status=Status.ACTIVE
    )
    return members.annotate(
        rank=Case(
            When(callback_due_at__lte=moment, then=Value(Rank.CALLBACK_DUE)),
            When(Exists(_interested()), then=Value(Rank.INTERESTED)),
            When(attempt_count=0, then=Value(Rank.UNCALLED)),
            default=Value(Rank.RESTED),
        ),
        priority=Case(When(priority_people(workspace, campaigns), then=Value(0)), default=Value(1)),
    ).annotate(
        interest=Case(When(rank=Rank.INTERESTED, then=interest(moment)), default=Value(0)),
        interest_at=Case(When(rank=Rank.INTERESTED, then=interest_at()), default=None),
    )


def _interested() -> QuerySet[CampaignContact]:
    """The memberships in which a member's contact showed interest."""
    return CampaignContact.objects.filter(contact=OuterRef("contact"), has_shown_interest=True)


def interest(moment: datetime) -> Subquery:
    """How fresh and strong the contact's interest is: the larger, the sooner they are called. See `describe_interest`.

    First by freshness, in the periods of a signal's; then a meeting, a callback, other interest.
    """
    freshness = Case(
        When(last_conversation_at__gte=moment - FRESH_FOR, then=Value(2)),
        When(last_conversation_at__gte=moment - AGEING_FOR, then=Value(1)),
        default=Value(0),
    )
    strength = Case(
        When(last_disposition__in=MEETINGS, then=Value(2)),
        When(last_disposition__in=CALLBACKS, then=Value(1)),
        default=Value(0),
    )
    interest = Max(freshness * STRENGTHS + strength)
    return Subquery(_interested().order_by().values("contact").annotate(interest=interest).values("interest"))


def describe_interest(interest: int) -> tuple[str, str]:
    """The strength and the freshness in words."""
    freshness, strength = divmod(interest or 0, STRENGTHS)
    return (
        (gettext("showed interest"), gettext("asked for a callback"), gettext("had a meeting booked"))[strength],
        (pgettext("interest", "stale"), pgettext("interest", "ageing"), pgettext("interest", "fresh"))[freshness],
    )


def interest_at() -> Subquery:
    return Subquery(_interested().order_by().values("contact").annotate(at=Max("last_conversation_at")).values("at"))


def reasons_to_wait(
    workspace: Workspace, campaigns: Collection[Campaign], moment: datetime, by: User | None, another_ones: Q
) -> Mapping[QueueState, Q]:
    """The condition of each reason not to offer a member now; the first that applies is the member's state.

    No condition negates a nullable field, so that it may be negated itself: in SQL the negation of unknown is unknown.
    """
    callback_not_due = Q(callback_due_at=None) | Q(callback_due_at__gt=moment)
    is_leased = Q(leased_until__gt=moment)
    if by:
        is_leased &= Q(leased_by=None) | ~Q(leased_by=by)
    resting = (
        Q(campaign__rest_days=days, last_attempt_at__gte=since)
        for days, since in _rest_starts(workspace, campaigns, moment).items()
    )
    return {
        QueueState.CALLBACK_LATER: Q(callback_due_at__gt=moment),
        QueueState.USED_UP: callback_not_due & Q(attempt_count__gte=F("campaign__most_attempts")),
        QueueState.RESTING: callback_not_due & reduce(or_, resting, NO_MEMBER),
        QueueState.OUTSIDE_HOURS: ~within_hours(workspace, campaigns, moment),
        QueueState.ANOTHER_ONES: another_ones,
        QueueState.SKIPPED: is_leased & Q(leased_by=None),
        QueueState.LEASED: is_leased,
    }


def _rest_starts(workspace: Workspace, campaigns: Collection[Campaign], moment: datetime) -> dict[int, datetime]:
    """By the number of rest days, which are days of the workspace: members called since this moment are resting."""
    today = workspace.day_of(moment)
    return {
        days: start
        for days in sorted({each.rest_days for each in campaigns} - {0})
        if (start := workspace.bounds(today - timedelta(days=days - 1), None)[0])
    }


def ready_counts(
    workspace: Workspace, campaigns: Collection[Campaign], moment: datetime, by: User | None = None
) -> dict[int, int]:
    """The number of ready members by campaign id; a campaign without any is left out."""
    ready = queue(workspace, campaigns, moment, by=by).filter(state=QueueState.READY).order_by()
    return dict(ready.values("campaign").annotate(people=Count("pk")).values_list("campaign", "people"))


def first_ready(
    workspace: Workspace, campaigns: Sequence[Campaign], moment: datetime, most: int, by: User | None = None
) -> list[Any]:
    """The first ready members of the `queue`, at most one for each contact, who is in each campaign at most once."""
    campaigns_by_id = {campaign.pk: campaign for campaign in campaigns}
    members: dict[int, Any] = {}
    if not campaigns:
        return []
    limit = min(most * len(campaigns), MOST_OFFERED)
    reasons = reasons_to_wait(workspace, campaigns, moment, by, _another_ones(workspace, campaigns, by))
    for batch in batches(workspace, campaigns, moment):
        ready = ready_members(workspace, campaigns, moment, batch, order_of(by), reasons)
        ready = ready.select_related("contact").only(*OFFER_FIELDS)
        for member in ready[:limit]:
            member.campaign, member.contact.workspace = campaigns_by_id[member.campaign_id], workspace
            member.state = QueueState.READY
            members.setdefault(member.contact_id, member)
        if len(members) >= most:
            break
    return list(members.values())[:most]


def batches(workspace: Workspace, campaigns: Collection[Campaign], moment: datetime) -> tuple[int | None, ...]:
    """How many members to search, one after the other. None: all of them. Outside the workspace's calling hours the
    first batch rarely has anybody ready."""
    return (FIRST_BATCH, None) if are_open_in_workspace(workspace, campaigns, moment) else (None,)


def ready_members(
    workspace: Workspace,
    campaigns: Collection[Campaign],
    moment: datetime,
    batch: int | None,
    order: Sequence[Any],
    reasons: Mapping[QueueState, Q],
) -> QuerySet[Any]:
    """The ready members in an order; with `batch` only those among so many that come first by their own fields.

    Suppressions and calling hours depend on the contact. Looking them up for all members takes several times as long.
    """
    members = _ranked(workspace, campaigns, moment)
    ready = members
    if batch:
        of_member = [condition for state, condition in reasons.items() if state != QueueState.OUTSIDE_HOURS]
        likely = members.filter(~reduce(or_, of_member)).current().filter(is_closed=False)
        ready = members.filter(pk__in=likely.order_by(*order)[:batch].values("pk"))
    return ready.filter(~reduce(or_, reasons.values())).callable().order_by(*order)


def as_queued(member: CampaignContact, campaign: Campaign, by: User, moment: datetime) -> Any:
    """The member as `queue` returns it for the caller, or None if the contact cannot be called."""
    if hasattr(member, "rank"):
        return member
    members = queue(campaign.workspace, [campaign], moment, by=by).filter(pk=member.pk)
    return members.select_related("contact__workspace", "campaign", "leased_by").first()
