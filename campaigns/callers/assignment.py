"""Whose people a campaign's members are: assigned by hand, evenly, or by firm so that each firm hears one voice."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count

from campaigns.callers.eligible import Callers
from campaigns.membership import lock_unless_completed
from campaigns.models import Campaign
from markets.contacts.normalization import fold
from markets.models import AuditAction, User
from markets.workspaces.audit import mention, record_event

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
def assign(*, campaign: Campaign, contacts: Collection[int], to: User | None, by: User | None) -> int:
    """Makes these people the caller's, or nobody's, and returns how many were changed.

    Whoever has them on the screen keeps them until the call is saved or the hold ends. Raises AssignmentRefused or
    CampaignClosed.
    """
    lock_unless_completed(campaign)
    if to:
        _check(campaign, [to.pk])
    members = campaign.members.current().filter(contact__in=list(contacts))
    changed = (members.exclude(assigned_to=to) if to else members.exclude(assigned_to=None)).update(assigned_to=to)
    if changed:
        whose = f"assigned to {mention(to)}" if to else "left to all callers"
        _record(campaign, by, f"{_people(changed)} {whose}.", {"to": to.pk if to else None, "people": changed})
    return changed


@transaction.atomic
def spread(
    *, campaign: Campaign, among: Sequence[User], by_firm: bool, only_unassigned: bool, by: User | None
) -> dict[int, int]:
    """Shares the people who are still to be called among callers and returns how many each got, by user id.

    Evenly counts whom they have already. By firm, a firm goes to one caller: to the one who has most of its people, if
    they stay. Raises AssignmentRefused or CampaignClosed.
    """
    lock_unless_completed(campaign)
    if not among:
        raise AssignmentRefused("Choose at least one caller. Nobody was assigned.")
    calling = _check(campaign, [user.pk for user in among])
    members = _assignable(campaign, calling)
    shares = plan(members, [user.pk for user in among], by_firm=by_firm, only_unassigned=only_unassigned)
    for user, keys in shares.items():
        for start in range(0, len(keys), CHUNK):
            campaign.members.filter(pk__in=keys[start : start + CHUNK]).update(assigned_to=user)
    counts = {user: len(keys) for user, keys in shares.items()}
    if total := sum(counts.values()):
        how = "by firm" if by_firm else "evenly"
        _record(campaign, by, f"{_people(total)} assigned {how} to {len(among)} callers.", {"people": total})
    return counts


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


def _check(campaign: Campaign, users: Collection[int]) -> frozenset[int]:
    """The campaign's callers. Raises AssignmentRefused if one of the users is none of them."""
    calling = Callers.of(campaign.workspace_id, [campaign]).calling(campaign.pk)
    if others := set(users) - calling:
        names = ", ".join(sorted(map(str, User.objects.filter(pk__in=others))))
        raise AssignmentRefused(f"{names} is not a caller of {campaign}. Add them first. Nobody was assigned.")
    return calling


def assigned_counts(campaign: Campaign) -> Iterator[tuple[int | None, int]]:
    """How many of the campaign's people each user has, by user id; None for nobody's."""
    members = campaign.members.current().order_by().values_list("assigned_to")
    yield from members.annotate(people=Count("pk"))


def _record(campaign: Campaign, by: User | None, summary: str, details: dict[str, object]) -> None:
    record_event(
        workspace=campaign.workspace,
        user=by,
        action=AuditAction.PEOPLE_ASSIGNED,
        subject=campaign,
        summary=summary,
        details=details,
    )


def _people(number: int) -> str:
    return f"{number:,} {'person' if number == 1 else 'people'}"
