"""Stores bulk actions and whom they changed.

An action first has a row for everybody selected. Those whom it cannot change are taken out, each with the first reason
that applies; the changes then refer to the rows that are left, so that statements do not grow with the people.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import OuterRef, Q, QuerySet
from django.utils.timezone import now

from campaigns.models import BulkAction, BulkActionPerson, Campaign
from config.db import bulk
from markets.models import AuditAction, Contact, Tag, User, Workspace
from markets.models.landscape import ContactQuerySet
from markets.workspaces.audit import record_event

KEPT_FOR = timedelta(days=30)
"""So long an action can be undone."""
COLUMNS = ("workspace_id", "action_id", "contact_id", "user_before_id", "user_after_id", "moment_before")
OUTSIDE, MEMBER, NO_MEMBER, SAME_CALLER = "outside_market", "member", "no_member", "same_caller"
HAS_TAG, HAS_NO_TAG, SUPPRESSED, OFF_LIMITS = "has_tag", "has_no_tag", "suppressed", "off_limits"
"""Why people are skipped. campaigns.bulk.sentences says them in words."""
AUDITED: Mapping[str, AuditAction] = {
    BulkAction.Kind.ADD: AuditAction.PEOPLE_ADDED,
    BulkAction.Kind.REMOVE: AuditAction.PEOPLE_REMOVED,
    BulkAction.Kind.ASSIGN: AuditAction.PEOPLE_ASSIGNED,
    BulkAction.Kind.TAG: AuditAction.TAGS_CHANGED,
    BulkAction.Kind.UNTAG: AuditAction.TAGS_CHANGED,
    BulkAction.Kind.SUPPRESS: AuditAction.SUPPRESSION_ADDED,
    BulkAction.Kind.OFF_LIMITS: AuditAction.OFF_LIMITS_ADDED,
}


class ActionRefused(Exception):
    """Nobody was changed. The message says why."""


@dataclass
class Candidates:
    """The people of an action in progress: those it may still change, and how many it skipped, by reason."""

    action: BulkAction
    skipped: dict[str, int] = field(default_factory=dict)

    @property
    def people(self) -> QuerySet[BulkActionPerson]:
        return BulkActionPerson.objects.filter(workspace=self.action.workspace_id, action=self.action)

    @property
    def contacts(self) -> ContactQuerySet:
        return Contact.objects.filter(workspace=self.action.workspace_id, pk__in=self.people.values("contact"))

    def skip(self, reason: str, condition: Any) -> None:
        """Takes out the people whom the condition, on BulkActionPerson, applies to."""
        count = self.people.filter(pk__in=self.people.filter(condition).values("pk")).delete()[0]
        if count:
            self.skipped[reason] = self.skipped.get(reason, 0) + count

    def ids(self) -> list[int]:
        return list(self.people.order_by("contact").values_list("contact", flat=True))


def of_person(rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Rows with a contact, for a subquery on BulkActionPerson."""
    return rows.filter(workspace=OuterRef("workspace"), contact=OuterRef("contact"))


def begin(
    *,
    workspace: Workspace,
    kind: BulkAction.Kind,
    contacts: Collection[int],
    by: User | None,
    campaign: Campaign | None = None,
    tag: Tag | None = None,
) -> Candidates:
    """Run it, and all up to `finish`, in a transaction."""
    forget_old_people(workspace)
    action = BulkAction.objects.create(workspace=workspace, kind=kind, campaign=campaign, tag=tag, done_by=by)
    insert_people(action, ((contact, None, None, None) for contact in sorted(set(contacts))))
    return Candidates(action)


def insert_people(action: BulkAction, people: Iterable[tuple[int, int | None, int | None, datetime | None]]) -> None:
    """Each is a contact, whose person they were and are, and when they had been tagged."""
    key = (action.workspace_id, action.pk)
    bulk.insert(BulkActionPerson, COLUMNS, ((*key, *person) for person in people))


def finish(candidates: Candidates, summary: str, details: Mapping[str, object] | None = None) -> BulkAction:
    """Counts whom it changed. An action that changed nobody is not kept: its `pk` is None. `summary` is for the audit
    log, without names, with one place for the number of people."""
    action = candidates.action
    action.people_count, action.skipped = candidates.people.count(), candidates.skipped
    if not action.people_count:
        action.delete()
        return action
    action.save(update_fields=["people_count", "skipped"])
    number = f"{action.people_count:,} {'person' if action.people_count == 1 else 'people'}"
    record_event(
        workspace=action.workspace,
        user=action.done_by,
        action=AUDITED[action.kind],
        subject=action.campaign or action.tag,
        summary=summary.format(number),
        details={**(details or {}), "people": action.people_count, "bulk_action": action.pk},
    )
    return action


def can_undo(action: BulkAction) -> bool:
    return action.undone_at is None and action.done_at > now() - KEPT_FOR


def forget_old_people(workspace: Workspace) -> int:
    """Deletes the rows that are needed to undo old actions. The actions and their counts stay."""
    old = BulkAction.objects.filter(workspace=workspace, done_at__lt=now() - KEPT_FOR)
    return BulkActionPerson.objects.filter(workspace=workspace, action__in=old).delete()[0]


def forget_campaign_actions(campaign: Campaign) -> None:
    """Before the campaign is deleted."""
    actions = BulkAction.objects.filter(workspace=campaign.workspace_id, campaign=campaign)
    BulkActionPerson.objects.filter(Q(action__in=actions), workspace=campaign.workspace_id).delete()
    actions.delete()
