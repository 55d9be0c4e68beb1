"""Who is next in a campaign, and why: one order over those who can be called, and holds.

A hold gives a person to one caller for a quarter of an hour, so that nobody else is handed the same one. It runs out by
itself. A hold without a caller puts somebody aside: nobody is handed them until then.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db import models, transaction
from django.db.models import Case, Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.timezone import now

from calls.hours import within_hours
from campaigns.models import Campaign, CampaignContact, Status
from markets.models import User, Workspace

HELD_FOR = timedelta(minutes=15)
ASIDE_FOR = timedelta(hours=1)
ORDER = ("rank", "callback_due_at", F("last_call_at").asc(nulls_first=True), "pk")


class Rank(models.IntegerChoices):
    """Why somebody comes when they do, first to last."""

    PROMISED = 1, "Callback due"
    INTERESTED = 2, "Showed interest"
    UNCALLED = 3, "Not called yet"
    RESTED = 4, "Longest rest"


class State(models.TextChoices):
    """Whether somebody who can be called is offered now, or why not: of several reasons the first that holds here."""

    READY = "ready", "Ready now"
    LATER = "later", "Callback later"
    USED_UP = "used_up", "Attempts used up"
    RESTING = "resting", "Resting"
    OUTSIDE_HOURS = "outside_hours", "Outside their calling hours"
    HELD = "held", "With a caller"
    ASIDE = "aside", "Put aside"


def queue(
    workspace: Workspace, campaigns: Collection[Campaign], moment: datetime, *, by: User | None = None
) -> QuerySet[Any]:
    """Everybody who can be called for those of the campaigns that are Active, next first, with `rank`, `reason`,
    `state` and `interest_at`, when interest was last shown.

    For `by` whom they hold themselves are ready. A promise is kept whatever the cap on attempts and the rest say.
    """
    reason = Case(*(When(rank=rank, then=Value(rank.label)) for rank in Rank))
    ranked = _ranked(workspace, campaigns, moment, by)
    return ranked.annotate(reason=reason, interest_at=_interest_at()).order_by(*ORDER)


def _ranked(workspace: Workspace, campaigns: Collection[Campaign], moment: datetime, by: User | None) -> QuerySet[Any]:
    members = CampaignContact.objects.filter(
        workspace=workspace, campaign__in=[each.pk for each in campaigns], campaign__status=Status.ACTIVE
    )
    return members.callable().annotate(
        rank=Case(
            When(callback_due_at__lte=moment, then=Value(Rank.PROMISED)),
            When(Exists(_interest()), then=Value(Rank.INTERESTED)),
            When(attempt_count=0, then=Value(Rank.UNCALLED)),
            default=Value(Rank.RESTED),
        ),
        state=_state(workspace, campaigns, moment, by),
    )


def _interest() -> QuerySet[CampaignContact]:
    """Of a member, the memberships of that person in which they showed interest."""
    return CampaignContact.objects.filter(contact=OuterRef("contact"), has_shown_interest=True)


def _interest_at() -> Subquery:
    return Subquery(_interest().order_by().values("contact").annotate(at=Max("last_conversation_at")).values("at"))


def _state(workspace: Workspace, campaigns: Collection[Campaign], moment: datetime, by: User | None) -> Case:
    is_promised = Q(callback_due_at__lte=moment)
    is_held = Q(held_until__gt=moment)
    if by:
        is_held &= ~Q(held_by=by)
    return Case(
        When(callback_due_at__gt=moment, then=Value(State.LATER)),
        When(~is_promised & Q(attempt_count__gte=F("campaign__most_attempts")), then=Value(State.USED_UP)),
        When(~is_promised & _is_resting(workspace, campaigns, moment), then=Value(State.RESTING)),
        When(~within_hours(workspace, moment, "contact__"), then=Value(State.OUTSIDE_HOURS)),
        When(is_held & Q(held_by=None), then=Value(State.ASIDE)),
        When(is_held, then=Value(State.HELD)),
        default=Value(State.READY),
        output_field=models.CharField(choices=State.choices),
    )


def _is_resting(workspace: Workspace, campaigns: Collection[Campaign], moment: datetime) -> Q:
    """Called so lately that the days between attempts, which are days of the workspace, are not over."""
    today = workspace.day_of(moment)

    def within(days: int) -> Q:
        lately = workspace.moments("last_attempt_at", today - timedelta(days=days - 1), None)
        return Q(campaign__rest_days=days) & lately

    return reduce(or_, map(within, {each.rest_days for each in campaigns if each.rest_days}), Q(pk=None))


def ready_counts(workspace: Workspace, campaigns: Collection[Campaign], moment: datetime) -> dict[int, int]:
    """How many people each campaign (by id) could offer now; a campaign that could offer nobody is left out."""
    ready = queue(workspace, campaigns, moment).filter(state=State.READY).order_by()
    return dict(ready.values("campaign").annotate(people=Count("pk")).values_list("campaign", "people"))


def take_next(*, campaign: Campaign, by: User) -> Any:
    """Holds the next person for the caller and returns the member with what `queue` says of them, or None.

    Whom the caller holds already, and may still call, comes first. Others who ask at the same moment go on to whoever
    comes after.
    """
    with transaction.atomic():
        moment = now()
        ready = _ranked(campaign.workspace, [campaign], moment, by).filter(state=State.READY)
        is_own = Case(When(held_by=by, held_until__gt=moment, then=Value(0)), default=Value(1))
        locked = ready.order_by(is_own, *ORDER).select_for_update(skip_locked=True, of=("self",), no_key=True)
        # Only what orders them: whatever else is asked would be found for everybody, as they are sorted to be locked.
        found = locked.values_list("pk", "rank").first()
        if found is None:
            return None
        key, rank = found
        CampaignContact.objects.filter(pk=key).update(held_by=by, held_until=moment + HELD_FOR)
        still_there = CampaignContact.objects.filter(pk=key, campaign__status=Status.ACTIVE).callable()
        member: Any = _with_their_own(still_there.annotate(interest_at=_interest_at())).first()
    if member is None:
        return take_next(campaign=campaign, by=by)  # they were suppressed in between, or the campaign was paused
    member.rank, member.reason, member.state = rank, Rank(rank).label, State.READY
    return member


def hold(*, member: CampaignContact, by: User) -> bool:
    """Gives the member to the caller if nobody else has them, and says whether it did. Who was put aside is free."""
    moment = now()
    free = Q(held_until=None) | Q(held_until__lte=moment) | Q(held_by=None) | Q(held_by=by)
    return _set(member, free, held_by=by, held_until=moment + HELD_FOR)


def release(*, member: CampaignContact, by: User) -> None:
    """Ends the caller's hold, and nobody else's."""
    _set(member, Q(held_by=by), held_by=None, held_until=None)


def skip(*, member: CampaignContact, by: User) -> bool:
    """Puts the member aside for an hour, unless another caller has them, and says whether it did."""
    moment = now()
    free = Q(held_until=None) | Q(held_until__lte=moment) | Q(held_by=None) | Q(held_by=by)
    return _set(member, free, held_by=None, held_until=moment + ASIDE_FOR)


def place_of(member: CampaignContact, campaign: Campaign, by: User, moment: datetime) -> Any:
    """The member as the `queue` has them for the caller, or None for one who cannot be called."""
    if hasattr(member, "rank"):
        return member
    return _with_their_own(queue(campaign.workspace, [campaign], moment, by=by)).filter(pk=member.pk).first()


def _with_their_own(people: QuerySet[Any]) -> QuerySet[Any]:
    return people.select_related("contact__workspace", "campaign", "held_by")


def is_held_by_another(member: CampaignContact, by: User) -> bool:
    return bool(member.held_by_id and member.held_until and member.held_until > now() and member.held_by_id != by.pk)


def _set(member: CampaignContact, condition: Q | None = None, /, **fields: Any) -> bool:
    """One statement: of two that want the member, the second looks at what the first has written."""
    members = CampaignContact.objects.filter(condition or Q(), pk=member.pk)
    if not members.update(**fields):
        return False
    for name, value in fields.items():
        setattr(member, name, value)
    return True
