"""Whose people a campaign's members are: assigned by hand, evenly, or by firm so that each firm hears one voice."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Exists, Subquery
from django.utils.translation import gettext as _

from campaigns.bulk.records import NO_MEMBER, SAME_CALLER, Candidates, begin, finish, insert_people, of_person
from campaigns.callers.eligible import Callers
from campaigns.membership import lock_unless_completed
from campaigns.models import BulkAction, Campaign, CampaignContact
from markets.contacts.normalization import fold
from markets.models import User
from markets.workspaces.audit import mention

CHUNK = 2_000


class AssignmentRefused(Exception):
    """Nobody was assigned. The message says why."""


@dataclass(frozen=True)
class Assignable:
    """A member who can be assigned, or is: `caller` is the id of a user who calls in the campaign, or 0."""

    pk: int
    firm: str
    caller: int


@transaction.atomic
def assign_people(*, campaign: Campaign, contacts: Collection[int], to: User | None, by: User | None) -> BulkAction:
    """Makes these people the caller's, or nobody's.

    Whoever has them on the screen keeps them until the call is saved or the hold ends. Raises AssignmentRefused or
    CampaignClosed.
    """
    lock_unless_completed(campaign)
    if to:
        check_callers(campaign, [to.pk])
    chosen = _begin(campaign, contacts, by)
    current = of_person(CampaignContact.objects.current().filter(campaign=campaign))
    chosen.skip(NO_MEMBER, ~Exists(current))
    chosen.skip(SAME_CALLER, Exists(current.filter(assigned_to=to)))
    chosen.people.update(user_before=Subquery(current.order_by().values("assigned_to")[:1]), user_after=to)
    members = campaign.members.current().filter(contact__in=chosen.people.values("contact"))
    members.update(assigned_to=to)
    summary = f"{{}} assigned to {mention(to)}." if to else "{} left to all callers."
    return finish(chosen, summary, {"to": to.pk if to else None})


def assign(*, campaign: Campaign, contacts: Collection[int], to: User | None, by: User | None) -> int:
    """The same, and returns how many were changed."""
    return assign_people(campaign=campaign, contacts=contacts, to=to, by=by).people_count


@transaction.atomic
def spread_people(
    *, campaign: Campaign, among: Sequence[User], by_firm: bool, only_unassigned: bool, by: User | None
) -> BulkAction:
    """Shares the people who are still to be called among callers.

    Evenly counts whom they have already. By firm, a firm goes to one caller: to the one who has most of its people, if
    they stay. Raises AssignmentRefused or CampaignClosed.
    """
    lock_unless_completed(campaign)
    if not among:
        raise AssignmentRefused(_("Choose at least one caller. Nobody was assigned."))
    calling = check_callers(campaign, [user.pk for user in among])
    members = _assignable(campaign, calling)
    shares = plan(members, [user.pk for user in among], by_firm=by_firm, only_unassigned=only_unassigned)
    chosen = _begin(campaign, [], by)
    for user, keys in shares.items():
        for start in range(0, len(keys), CHUNK):
            part = campaign.members.filter(pk__in=keys[start : start + CHUNK])
            before = list(part.values_list("contact", "assigned_to"))
            insert_people(chosen.action, ((contact, whose, user, None) for contact, whose in before))
            part.update(assigned_to=user)
    how = "by firm" if by_firm else "evenly"
    return finish(chosen, f"{{}} assigned {how} to {len(among)} callers.")


def spread(
    *, campaign: Campaign, among: Sequence[User], by_firm: bool, only_unassigned: bool, by: User | None
) -> dict[int, int]:
    """The same, and returns how many each got, by user id."""
    action = spread_people(campaign=campaign, among=among, by_firm=by_firm, only_unassigned=only_unassigned, by=by)
    return {user.pk: 0 for user in among} | shares_of(action)


def shares_of(action: BulkAction) -> dict[int, int]:
    """How many people each caller got, by user id."""
    if action.pk is None:
        return {}
    return dict(action.people.order_by().values_list("user_after").annotate(people=Count("pk")))


def _begin(campaign: Campaign, contacts: Collection[int], by: User | None) -> Candidates:
    return begin(workspace=campaign.workspace, kind=BulkAction.Kind.ASSIGN, contacts=contacts, by=by, campaign=campaign)


def plan(
    members: Sequence[Assignable], callers: Sequence[int], *, by_firm: bool, only_unassigned: bool
) -> dict[int, list[int]]:
    """The members that each caller gets, by user id: the largest groups first, each to whoever has fewest so far."""
    kept = [member for member in members if only_unassigned and member.caller]
    load = Counter(dict.fromkeys(callers, 0))
    load.update(member.caller for member in kept if member.caller in load)
    place = {caller: number for number, caller in enumerate(callers)}
    voices = _voices(kept) if by_firm else {}
    groups: dict[object, list[int]] = defaultdict(list)
    for member in members:
        if not (only_unassigned and member.caller):
            groups[member.firm if by_firm and member.firm else member.pk].append(member.pk)
    shares: dict[int, list[int]] = {caller: [] for caller in callers}
    for group, keys in sorted(groups.items(), key=lambda each: -len(each[1])):
        voice = voices.get(group)
        caller = voice if voice in shares else min(callers, key=lambda each: (load[each], place[each]))
        assert caller is not None
        shares[caller] += keys
        load[caller] += len(keys)
    return shares


def _voices(members: Sequence[Assignable]) -> dict[object, int]:
    """Who has most of each firm's people."""
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    for member in members:
        if member.firm:
            counts[member.firm][member.caller] += 1
    return {firm: of_firm.most_common(1)[0][0] for firm, of_firm in counts.items()}


def _assignable(campaign: Campaign, calling: Collection[int]) -> list[Assignable]:
    """The members who are still to be called, first added first."""
    members = campaign.members.current().filter(is_closed=False).order_by("pk")
    rows = members.values_list("pk", "contact__firm", "assigned_to")
    return [Assignable(pk, fold(firm), caller if caller in calling else 0) for pk, firm, caller in rows.iterator(CHUNK)]


def check_callers(campaign: Campaign, users: Collection[int]) -> frozenset[int]:
    """The campaign's callers. Raises AssignmentRefused if one of the users is none of them."""
    calling = Callers.of(campaign.workspace_id, [campaign]).calling(campaign.pk)
    if others := set(users) - calling:
        names = ", ".join(sorted(map(str, User.objects.filter(pk__in=others))))
        raise AssignmentRefused(
            _("%(names)s is not a caller of %(campaign)s. Add them first. Nobody was assigned.")
            % {"names": names, "campaign": campaign}
        )
    return calling


def assigned_counts(campaign: Campaign) -> Iterator[tuple[int | None, int]]:
    """How many of the campaign's people each user has, by user id; None for nobody's."""
    members = campaign.members.current().order_by().values_list("assigned_to")
    yield from members.annotate(people=Count("pk"))
