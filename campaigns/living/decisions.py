"""What a manager decides about a proposal."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext as _

from campaigns.audience import ids_of_people
from campaigns.living.matching import joining, leaving, rule_of
from campaigns.living.proposals import Change, Decision
from campaigns.membership import enroll, lock_unless_completed, remove
from campaigns.models import Campaign, ProposedChange
from markets.models import AuditAction, User
from markets.models.landscape import ContactQuerySet
from markets.models.off_limits import is_off_limits
from markets.models.suppressions import is_suppressed
from markets.workspaces.audit import record_event


@dataclass
class Decided:
    """What came of a decision. `skipped` names people whose situation has changed since the proposal, and how."""

    joined: int = 0
    left: int = 0
    refused: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_nothing(self) -> bool:
        return not (self.joined or self.left or self.refused or self.skipped)


@transaction.atomic
def decide(*, campaign: Campaign, contacts: Collection[int], accept: bool, by: User) -> Decided:
    """Accepts or refuses what the open proposal says of these contacts.

    An accepted change is checked again: nobody joins or leaves for whom the rule does not say so any more. Raises
    CampaignClosed or RuleInvalid, and changes nothing.
    """
    lock_unless_completed(campaign)
    changes = ProposedChange.objects.filter(
        workspace=campaign.workspace_id,
        proposal__campaign=campaign,
        proposal__superseded_at=None,
        decision=Decision.OPEN,
    )
    wanted = set(contacts)
    chosen = [each for each in changes.select_for_update(of=("self",)).order_by("pk") if each.contact_id in wanted]
    if accept:
        decided = _accept(campaign, chosen, by)
    else:
        decided = Decided(refused=_record(campaign, chosen, Decision.REFUSED, by))
    if not decided.is_nothing:
        _log(campaign, decided, by)
    return decided


def _accept(campaign: Campaign, chosen: Collection[ProposedChange], by: User) -> Decided:
    rule = rule_of(campaign)
    by_change = {change: [each for each in chosen if each.change == change] for change in Change}
    may_join = _still(joining(campaign, rule), by_change[Change.JOIN])
    may_leave = _still(leaving(campaign, rule), by_change[Change.LEAVE])
    reasons = {each.contact_id: each.reason for each in by_change[Change.JOIN]}
    joined = len(enroll(campaign=campaign, contacts=may_join, by=by, reasons=reasons))
    leaving_for: dict[str, list[int]] = {}
    for each in by_change[Change.LEAVE]:
        if each.contact_id in may_leave:
            leaving_for.setdefault(each.reason, []).append(each.contact_id)
    left = sum(
        remove(campaign=campaign, contacts=people, by=by, reason=reason) for reason, people in leaving_for.items()
    )
    done = [each for each in chosen if each.contact_id in may_join | may_leave]
    skipped = [each for each in chosen if each.contact_id not in may_join | may_leave]
    _record(campaign, done, Decision.ACCEPTED, by)
    named = _why_skipped(campaign, skipped)
    _rows(campaign, skipped).delete()
    return Decided(joined=joined, left=left, skipped=named)


def _still(people: ContactQuerySet, changes: Collection[ProposedChange]) -> set[int]:
    """The contacts of these changes for whom the rule still says so."""
    if not changes:
        return set()
    return {each.contact_id for each in changes} & set(ids_of_people(people))


def _rows(campaign: Campaign, changes: Collection[ProposedChange]) -> QuerySet[ProposedChange]:
    return ProposedChange.objects.filter(workspace=campaign.workspace_id, pk__in=[each.pk for each in changes])


def _record(campaign: Campaign, changes: Collection[ProposedChange], decision: str, by: User) -> int:
    return _rows(campaign, changes).update(decision=decision, decided_at=now(), decided_by=by)


def _why_skipped(campaign: Campaign, skipped: Collection[ProposedChange]) -> list[tuple[str, str]]:
    ids = [each.contact_id for each in skipped]
    if not ids:
        return []
    people = campaign.workspace.contacts.filter(pk__in=ids).annotate(
        is_suppressed=is_suppressed(),
        is_off_limits=is_off_limits(),
        is_member=Exists(campaign.members.current().filter(contact=OuterRef("pk"))),
    )
    change_of = {each.contact_id: each.change for each in skipped}
    return [(str(person), _why(person, change_of[person.pk])) for person in people]


def _why(person: Any, change: str) -> str:
    if change == Change.LEAVE:
        return _("matches again") if person.is_member else _("is not in the campaign any more")
    if person.is_suppressed:
        return _("is on the do-not-call list now")
    if person.is_off_limits:
        return _("is off-limits now")
    return _("is in the campaign already") if person.is_member else _("does not match any more")


def _log(campaign: Campaign, decided: Decided, by: User) -> None:
    if decided.refused:
        summary = f"What the living audience proposed was refused for {decided.refused:,} people."
    else:
        summary = f"{decided.joined:,} people joined and {decided.left:,} left by the living audience."
    record_event(
        workspace=campaign.workspace,
        user=by,
        action=AuditAction.AUDIENCE_DECIDED,
        subject=campaign,
        summary=summary,
        details={"joined": decided.joined, "left": decided.left, "refused": decided.refused},
    )
