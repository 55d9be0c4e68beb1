"""The lifecycle of a campaign (product.md, section 2): the allowed transitions and the function that makes them."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.timezone import now

from campaigns.bulk.records import forget_campaign_actions
from campaigns.bulk.selection import forget_selections
from campaigns.lifecycle.completion import run_completion_steps
from campaigns.models import Campaign, ProposedChange, Status, StatusChange
from campaigns.notes.services import forget_campaign
from markets.models import AuditAction, User
from markets.workspaces.audit import record_event


@dataclass(frozen=True)
class Transition:
    """An allowed change of status, and the label of its button."""

    to: Status
    verb: str
    needs_reason: bool = False
    reason_unless_covered: bool = False


TRANSITIONS: dict[str, list[Transition]] = {
    Status.DRAFT: [Transition(Status.ACTIVE, "Activate")],
    Status.ACTIVE: [
        Transition(Status.PAUSED, "Pause", needs_reason=True),
        Transition(Status.COMPLETED, "Complete", reason_unless_covered=True),
    ],
    Status.PAUSED: [
        Transition(Status.ACTIVE, "Resume"),
        Transition(Status.COMPLETED, "Complete", reason_unless_covered=True),
    ],
    Status.COMPLETED: [],
}


class StatusConflict(Exception):
    """The campaign's current status does not allow the transition. The message lists what it allows."""


class TransitionIncomplete(Exception):
    """The transition is allowed, but a requirement is not met. The message says which."""


@transaction.atomic
def change_status(
    *, campaign: Campaign, to: str, by: User | None, reason: str = "", seen: str = "", at: datetime | None = None
) -> StatusChange:
    """Makes one transition. `seen` is the status on the page that the user decided from; `at` is for past records.

    Raises StatusConflict or TransitionIncomplete, in which case nothing changes. Of two conflicting requests one wins:
    a single UPDATE finds the campaign only in the status that was checked. The time of the change is read under the
    lock that recording a call takes too, so no call that was recorded before can have started after it.
    """
    Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    campaign.refresh_from_db(fields=["status", "starts_on"])
    from_status, moment, reason = campaign.status, at or now(), reason.strip()
    step = next((step for step in TRANSITIONS[from_status] if step.to == to), None)
    if step is None or (seen and seen != from_status):
        raise StatusConflict(explain_refusal(campaign, to))
    _check_requirements(campaign, step, reason)
    starts_on = campaign.starts_on or campaign.workspace.day_of(moment)
    updated = Campaign.objects.filter(pk=campaign.pk, status=from_status).update(status=to, starts_on=starts_on)
    if not updated:
        campaign.refresh_from_db(fields=["status"])
        raise StatusConflict(explain_refusal(campaign, to))
    campaign.status, campaign.starts_on = to, starts_on
    change = StatusChange.objects.create(
        workspace_id=campaign.workspace_id,
        campaign=campaign,
        from_status=from_status,
        to_status=to,
        changed_at=moment,
        changed_by=by,
        reason=reason,
    )
    record_event(
        workspace=campaign.workspace,
        user=by,
        action=AuditAction.STATUS_CHANGED,
        subject=campaign,
        summary=f"Changed the status from {change.get_from_status_display()} to {change.get_to_status_display()}",
    )
    if to == Status.COMPLETED:
        run_completion_steps(campaign, change)
    return change


@transaction.atomic
def delete_draft(*, campaign: Campaign, by: User | None = None) -> None:
    """Deletes a Draft without calls together with its members and its set-up.

    Raises StatusConflict for any other campaign, and for one that others follow or were made from.
    """
    locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if not locked.can_be_deleted:
        raise StatusConflict(
            f"{campaign} stays: only a Draft that was never called for can be deleted, and nothing else is ever lost."
        )
    if heir := Campaign.objects.following([locked]).order_by("name", "pk").first():
        raise StatusConflict(
            f"{campaign} stays: {heir} follows it. Choose another campaign under “Follows” there, or keep this Draft."
        )
    ProposedChange.objects.filter(workspace=locked.workspace_id, proposal__campaign=locked).delete()
    locked.audience_proposals.all().delete()
    locked.goals.all().delete()
    locked.callers.all().delete()
    locked.campaign_sources.all().delete()
    locked.tags.all().delete()
    forget_campaign(locked)
    locked.selected_contacts.all().delete()
    forget_selections(locked.people_selections.all())
    forget_campaign_actions(locked)
    locked.absences.all().delete()
    members, _ = locked.members.all().delete()
    record_event(
        workspace=locked.workspace,
        user=by,
        action=AuditAction.CAMPAIGN_DELETED,
        subject=locked,
        summary=f"Deleted a draft with {members:,} people",
    )
    locked.delete()


def _check_requirements(campaign: Campaign, step: Transition, reason: str) -> None:
    members = campaign.members.all()
    if len(reason) > 500:
        raise TransitionIncomplete(f"The reason has {len(reason)} characters; at most 500 are kept.")
    if step.needs_reason and not reason:
        raise TransitionIncomplete(f"Say why: {step.verb.lower()} needs a reason.")
    if step.to == Status.ACTIVE and campaign.status == Status.DRAFT and not members.callable().exists():
        raise TransitionIncomplete(
            "A campaign starts with at least one person who can be called; this one has none. "
            "Choose people from the market's landscape, or look at why those chosen cannot be called."
        )
    uncalled = members.current().filter(attempt_count=0).count() if step.reason_unless_covered and not reason else 0
    if uncalled:
        people = "1 person was" if uncalled == 1 else f"{uncalled:,} people were"
        raise TransitionIncomplete(f"Say why: {people} not called yet, and completing before that needs a reason.")


def explain_refusal(campaign: Campaign, to: str) -> str:
    """Why the transition to `to` is refused: the current status, who set it, and what is possible instead."""
    wanted = Status(to).label if to in Status.values else to
    last = campaign.status_changes.select_related("changed_by").last()
    text = f"{campaign} is {campaign.get_status_display()}"
    if last:
        by = f" by {last.changed_by}" if last.changed_by else ""
        why = f" ({last.reason})" if last.reason else ""
        text += f" since {last.changed_at.astimezone(campaign.workspace.zone):%-d %b %Y, %H:%M}{by}{why}"
    steps = [step.to.label for step in TRANSITIONS[campaign.status]]
    if steps:
        return f"{text}; from there it cannot be made {wanted}, only {' or '.join(steps)}."
    return f"{text}. Completed is final: to go on, create a follow-up campaign."


class StatusHistory:
    """The status of a campaign at any time, from its recorded changes."""

    def __init__(self, changes: Sequence[tuple[datetime, str]]):
        self._moments = [moment for moment, _ in changes]
        self._statuses = [status for _, status in changes]

    @classmethod
    def for_campaign(cls, campaign: Campaign) -> "StatusHistory":
        return cls(list(campaign.status_changes.order_by("changed_at", "id").values_list("changed_at", "to_status")))

    def status_at(self, moment: datetime) -> Status:
        position = bisect_right(self._moments, moment)
        return Status(self._statuses[position - 1]) if position else Status.DRAFT

    def was_active_at(self, moment: datetime) -> bool:
        return self.status_at(moment) == Status.ACTIVE
