"""Who is next in a campaign, and why: one order over those who can be called, and holds.

A hold gives a person to one caller for a quarter of an hour, so that nobody else is handed the same one. It runs out by
itself. A hold without a caller puts somebody aside: nobody is handed them until then.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db import models, transaction
from django.db.models import Case, Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.timezone import now

from calls.queue.calling_hours import within_hours
from campaigns.models import Campaign, CampaignContact, Status
from campaigns.models.members import CampaignContactQuerySet
from markets.models import User, Workspace

HELD_FOR = timedelta(minutes=15)
ASIDE_FOR = timedelta(hours=1)
FEW = 50
"""So many are looked at first for somebody who is ready, before everybody is."""
OFFERED = 20
"""Of so many members who are ready the first people are shown."""
NOBODY = Q(pk=None)
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
    outside = ~within_hours(workspace, moment, "contact__")
    state = _state(moment, by, _rested(workspace, campaigns, moment), outside)
    members = _ranked(workspace, campaigns, moment).annotate(state=state).callable()
    return members.annotate(reason=reason, interest_at=_interest_at()).order_by(*ORDER)


def _ranked(workspace: Workspace, campaigns: Collection[Campaign], moment: datetime) -> CampaignContactQuerySet:
    """The members of those of the campaigns that are Active."""
    members = CampaignContact.objects.filter(
        workspace=workspace, campaign__in=[each.pk for each in campaigns], campaign__status=Status.ACTIVE
    )
    return members.annotate(
        rank=Case(
            When(callback_due_at__lte=moment, then=Value(Rank.PROMISED)),
            When(Exists(_interest()), then=Value(Rank.INTERESTED)),
            When(attempt_count=0, then=Value(Rank.UNCALLED)),
            default=Value(Rank.RESTED),
        )
    )


def _interest() -> QuerySet[CampaignContact]:
    """Of a member, the memberships of that person in which they showed interest."""
    return CampaignContact.objects.filter(contact=OuterRef("contact"), has_shown_interest=True)


def _interest_at() -> Subquery:
    return Subquery(_interest().order_by().values("contact").annotate(at=Max("last_conversation_at")).values("at"))


def _state(moment: datetime, by: User | None, rested: Mapping[int, datetime], outside: Q) -> Case:
    """`outside` says who is outside their calling hours."""
    is_promised = Q(callback_due_at__lte=moment)
    is_held = Q(leased_until__gt=moment)
    if by:
        is_held &= ~Q(leased_by=by)
    lately = (Q(campaign__rest_days=days, last_attempt_at__gte=since) for days, since in rested.items())
    return Case(
        When(callback_due_at__gt=moment, then=Value(State.LATER)),
        When(~is_promised & Q(attempt_count__gte=F("campaign__most_attempts")), then=Value(State.USED_UP)),
        When(~is_promised & reduce(or_, lately, NOBODY), then=Value(State.RESTING)),
        When(outside, then=Value(State.OUTSIDE_HOURS)),
        When(is_held & Q(leased_by=None), then=Value(State.ASIDE)),
        When(is_held, then=Value(State.HELD)),
        default=Value(State.READY),
        output_field=models.CharField(choices=State.choices),
    )


def _rested(workspace: Workspace, campaigns: Collection[Campaign], moment: datetime) -> dict[int, datetime]:
    """For each number of days between attempts, which are days of the workspace, since when they are not over."""
    today = workspace.day_of(moment)
    return {
        days: start
        for days in sorted({each.rest_days for each in campaigns} - {0})
        if (start := workspace.bounds(today - timedelta(days=days - 1), None)[0])
    }


def ready_counts(workspace: Workspace, campaigns: Collection[Campaign], moment: datetime) -> dict[int, int]:
    """How many people each campaign (by id) could offer now; a campaign that could offer nobody is left out."""
    ready = queue(workspace, campaigns, moment).filter(state=State.READY).order_by()
    return dict(ready.values("campaign").annotate(people=Count("pk")).values_list("campaign", "people"))


def first_ready(workspace: Workspace, campaigns: Sequence[Campaign], moment: datetime, people: int) -> list[Any]:
    """The first so many people of the `queue` who are ready now, each by the member that comes first."""
    by_key = {campaign.pk: campaign for campaign in campaigns}
    found: dict[int, Any] = {}
    for among in (FEW, None) if campaigns else ():
        ready = _ready(workspace, campaigns, moment, among, ORDER)
        for member in ready.annotate(interest_at=_interest_at()).select_related("contact")[:OFFERED]:
            member.campaign, member.contact.workspace = by_key[member.campaign_id], workspace
            found.setdefault(member.contact_id, member)
        if len(found) >= people:
            break
    return list(found.values())[:people]


def take_next(*, campaign: Campaign, by: User) -> Any:
    """Holds the next person for the caller and returns the member with what `queue` says of them, or None.

    Whom the caller holds already, and may still call, comes first. Others who ask at the same moment go on to whoever
    comes after.
    """
    with transaction.atomic():
        moment = now()
        for among in (FEW, None):
            if found := _next(campaign, moment, by, among):
                break
        if found is None:
            return None
        member: Any = CampaignContact(pk=found["pk"])
        _set(member, leased_by=by, leased_until=moment + HELD_FOR)
        member = _still_there(member)
    if member is None:
        return take_next(campaign=campaign, by=by)  # they were suppressed in between, or the campaign was paused
    member.campaign, member.contact.workspace, member.leased_by = campaign, campaign.workspace, by
    member.rank, member.reason, member.state = found["rank"], Rank(found["rank"]).label, State.READY
    return member


def _ready(
    workspace: Workspace,
    campaigns: Collection[Campaign],
    moment: datetime,
    among: int | None,
    order: Sequence[Any],
    by: User | None = None,
) -> QuerySet[Any]:
    """Who can be called now, in an order, looked for `among` so many who come first by what their memberships say, or
    among all: whether somebody can be called lies with the person, too, and to look that up for everybody takes several
    times as long."""
    members = _ranked(workspace, campaigns, moment)
    rested = _rested(workspace, campaigns, moment)
    likely = members.annotate(may_be=_state(moment, by, rested, NOBODY)).filter(may_be=State.READY)
    likely = likely.current().filter(is_closed=False)
    if among:
        likely = members.filter(pk__in=likely.order_by(*order)[:among].values("pk"))
    outside = ~within_hours(workspace, moment, "contact__")
    ready = likely.annotate(state=_state(moment, by, rested, outside)).filter(state=State.READY)
    return ready.callable().order_by(*order)


def _next(campaign: Campaign, moment: datetime, by: User, among: int | None) -> dict[str, Any] | None:
    """The key and rank of whoever is ready first in a campaign for a caller, locked."""
    is_own = Case(When(leased_by=by, leased_until__gt=moment, then=Value(0)), default=Value(1))
    ready = _ready(campaign.workspace, [campaign], moment, among, [is_own, *ORDER], by)
    locked = ready.select_for_update(skip_locked=True, of=("self",), no_key=True)
    # Only what orders them: whatever else is asked would be found for everybody, as they are sorted to be locked.
    return locked.values("pk", "rank").first()


def _still_there(member: CampaignContact) -> CampaignContact | None:
    there = CampaignContact.objects.filter(pk=member.pk, campaign__status=Status.ACTIVE).callable()
    return there.annotate(interest_at=_interest_at()).select_related("contact").first()


def hold(*, member: CampaignContact, by: User) -> bool:
    """Gives the member to the caller if nobody else has them, and says whether it did. Who was put aside is free."""
    moment = now()
    free = Q(leased_until=None) | Q(leased_until__lte=moment) | Q(leased_by=None) | Q(leased_by=by)
    return _set(member, free, leased_by=by, leased_until=moment + HELD_FOR)


def release(*, member: CampaignContact, by: User) -> None:
    """Ends the caller's hold, and nobody else's."""
    _set(member, Q(leased_by=by), leased_by=None, leased_until=None)


def skip(*, member: CampaignContact, by: User) -> bool:
    """Puts the member aside for an hour, unless another caller has them, and says whether it did."""
    moment = now()
    free = Q(leased_until=None) | Q(leased_until__lte=moment) | Q(leased_by=None) | Q(leased_by=by)
    return _set(member, free, leased_by=None, leased_until=moment + ASIDE_FOR)


def place_of(member: CampaignContact, campaign: Campaign, by: User, moment: datetime) -> Any:
    """The member as the `queue` has them for the caller, or None for one who cannot be called."""
    if hasattr(member, "rank"):
        return member
    people = queue(campaign.workspace, [campaign], moment, by=by).filter(pk=member.pk)
    return people.select_related("contact__workspace", "campaign", "leased_by").first()


def is_leased_to_another(member: CampaignContact, by: User) -> bool:
    return bool(
        member.leased_by_id and member.leased_until and member.leased_until > now() and member.leased_by_id != by.pk
    )


def _set(member: CampaignContact, condition: Q | None = None, /, **fields: Any) -> bool:
    """One statement: of two that want the member, the second looks at what the first has written."""
    members = CampaignContact.objects.filter(condition or Q(), pk=member.pk)
    if not members.update(**fields):
        return False
    for name, value in fields.items():
        setattr(member, name, value)
    return True
