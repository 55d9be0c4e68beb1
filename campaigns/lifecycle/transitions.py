"""The lifecycle of a campaign (product.md, section 2): the allowed transitions and the function that makes them."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext, gettext_lazy, ngettext

from campaigns.bulk.records import forget_campaign_actions
from campaigns.bulk.selection import forget_selections
from campaigns.lifecycle.completion import run_completion_steps
from campaigns.models import Campaign, ProposedChange, Status, StatusChange
from campaigns.notes.services import forget_campaign
from config.ui.dates import full_day
from config.ui.english import in_english
from config.ui.formats import in_sentence, number
from markets.models import AuditAction, EventKind, User
from markets.webhooks.publish import Fact, publish
from markets.workspaces.audit import record_event


@dataclass(frozen=True)
class Transition:
    """An allowed change of status, and the label of its button."""

    to: Status
    verb: str | Promise
    needs_reason: bool = False
    reason_unless_covered: bool = False


TRANSITIONS: dict[str, list[Transition]] = {
    Status.DRAFT: [Transition(Status.ACTIVE, gettext_lazy("Activate"))],
    Status.ACTIVE: [
        Transition(Status.PAUSED, gettext_lazy("Pause"), needs_reason=True),
        Transition(Status.COMPLETED, gettext_lazy("Complete"), reason_unless_covered=True),
    ],
    Status.PAUSED: [
        Transition(Status.ACTIVE, gettext_lazy("Resume")),
        Transition(Status.COMPLETED, gettext_lazy("Complete"), reason_unless_covered=True),
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
    Campaign.objects.select_for_update(no_key=True).get(workspace=campaign.workspace_id, pk=campaign.pk)
    campaign.refresh_from_db(fields=["status", "starts_on"])
    from_status, moment, reason = campaign.status, at or now(), reason.strip()
    step = next((step for step in TRANSITIONS[from_status] if step.to == to), None)
    if step is None or (seen and seen != from_status):
        raise StatusConflict(explain_refusal(campaign, to))
    _check_requirements(campaign, step, reason)
    starts_on = campaign.starts_on or campaign.workspace.day_of(moment)
    unchanged = Campaign.objects.filter(workspace=campaign.workspace_id, pk=campaign.pk, status=from_status)
    if not unchanged.update(status=to, starts_on=starts_on):
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
    with in_english():
        summary = f"Changed the status from {change.get_from_status_display()} to {change.get_to_status_display()}"
    record_event(
        workspace=campaign.workspace,
        user=by,
        action=AuditAction.STATUS_CHANGED,
        subject=campaign,
        summary=summary,
    )
    data = {"campaign": campaign.pk, "from": from_status, "to": to, "changed_at": moment.isoformat()}
    publish(campaign.workspace_id, {EventKind.STATUS_CHANGED: lambda: [Fact(data, subject=campaign)]})
    if to == Status.COMPLETED:
        run_completion_steps(campaign, change)
    return change


@transaction.atomic
def delete_draft(*, campaign: Campaign, by: User | None = None) -> None:
    """Deletes a Draft without calls together with its members and its set-up.

    Raises StatusConflict for any other campaign, and for one that others follow or were made from.
    """
    locked = Campaign.objects.select_for_update().get(workspace=campaign.workspace_id, pk=campaign.pk)
    if not locked.can_be_deleted:
        raise StatusConflict(
            gettext(
                "%(campaign)s stays: only a Draft that was never called for can be deleted, and nothing else is "
                "ever lost."
            )
            % {"campaign": campaign}
        )
    if heir := Campaign.objects.following([locked]).order_by("name", "pk").first():
        raise StatusConflict(
            gettext(
                "%(campaign)s stays: %(heir)s follows it. Choose another campaign under “Follows” there, or "
                "keep this Draft."
            )
            % {"campaign": campaign, "heir": heir}
        )
    proposals = locked.audience_proposals.all()
    ProposedChange.objects.filter(workspace=locked.workspace_id, proposal__in=proposals).delete()
    proposals.delete()
    locked.goals.all().delete()
    locked.callers.all().delete()
    locked.campaign_sources.all().delete()
    locked.tags.all().delete()
    forget_campaign(locked)
    locked.selected_contacts.all().delete()
    forget_selections(locked.workspace, locked.people_selections.all())
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
        raise TransitionIncomplete(
            gettext("The reason has %(count)s characters; at most 500 are kept.") % {"count": len(reason)}
        )
    if step.needs_reason and not reason:
        raise TransitionIncomplete(gettext("Say why: %(verb)s needs a reason.") % {"verb": in_sentence(str(step.verb))})
    if step.to == Status.ACTIVE and campaign.status == Status.DRAFT and not members.callable().exists():
        raise TransitionIncomplete(
            gettext(
                "A campaign starts with at least one person who can be called; this one has none. "
                "Choose people from the market's landscape, or look at why those chosen cannot be called."
            )
        )
    uncalled = members.current().filter(attempt_count=0).count() if step.reason_unless_covered and not reason else 0
    if uncalled:
        sentence = ngettext(
            "Say why: %(count)s person was not called yet, and completing before that needs a reason.",
            "Say why: %(count)s people were not called yet, and completing before that needs a reason.",
            uncalled,
        )
        raise TransitionIncomplete(sentence % {"count": number(uncalled)})


def explain_refusal(campaign: Campaign, to: str) -> str:
    """Why the transition to `to` is refused: the current status, who set it, and what is possible instead."""
    wanted = Status(to).label if to in Status.values else to
    last = campaign.status_changes.select_related("changed_by").last()
    words = {"campaign": campaign, "status": campaign.get_status_display(), "since": "", "user": ""}
    text = gettext("%(campaign)s is %(status)s") % words
    if last:
        since = last.changed_at.astimezone(campaign.workspace.zone)
        words |= {"since": f"{full_day(since.date())}, {since:%H:%M}", "user": last.changed_by or ""}
        text = gettext("%(campaign)s is %(status)s since %(since)s") % words
        if last.changed_by:
            text = gettext("%(campaign)s is %(status)s since %(since)s by %(user)s") % words
        text += f" ({last.reason})" if last.reason else ""
    steps = gettext(" or ").join(str(step.to.label) for step in TRANSITIONS[campaign.status])
    if steps:
        return gettext("%(text)s; from there it cannot be made %(wanted)s, only %(steps)s.") % {
            "text": text,
            "wanted": wanted,
            "steps": steps,
        }
    return gettext("%(text)s. Completed is final: to go on, create a follow-up campaign.") % {"text": text}


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
