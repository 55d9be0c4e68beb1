"""What a manager decides about callbacks that are owed."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from calls.callbacks.owed import owed
from calls.derived.callback_fulfilment import refresh_callbacks
from calls.derived.member_summaries import refresh_members
from calls.metrics.callbacks import calls_with_callback
from calls.models import Call, CallbackDecision
from campaigns.callers.eligible import Callers
from campaigns.models import Campaign, Status
from config.ui.formats import number
from markets.models import AuditAction, User, Workspace
from markets.workspaces.audit import mention, record_event

POSSIBLE = {
    Status.PAUSED: (CallbackDecision.KEPT, CallbackDecision.HANDED_OVER, CallbackDecision.RELEASED),
    Status.COMPLETED: (CallbackDecision.FOLLOW_UP, CallbackDecision.RELEASED),
}
DONE = {
    CallbackDecision.KEPT: gettext_noop("kept until the campaign resumes"),
    CallbackDecision.HANDED_OVER: gettext_noop("handed over"),
    CallbackDecision.FOLLOW_UP: gettext_noop("left to a follow-up campaign"),
    CallbackDecision.RELEASED: gettext_noop("released: nobody calls back"),
}
"""In English, for the audit log."""


def done(decision: CallbackDecision, count: int) -> str:
    """What was decided about so many callbacks, in a sentence."""
    text = ngettext("%(count)s callback %(done)s.", "%(count)s callbacks %(done)s.", count)
    return text % {"count": number(count), "done": _(DONE[decision])}


@dataclass
class Decided:
    """How many callbacks were decided, and why others were not."""

    count: int = 0
    refusals: list[str] = field(default_factory=list)


@transaction.atomic
def decide(
    *, workspace: Workspace, calls: Iterable[int], decision: CallbackDecision, by: User | None, to: User | None = None
) -> Decided:
    """Decides about those of the callbacks, by the ids of their calls, that are owed. `to` takes over those that are
    handed over: their people are assigned to `to`.

    Campaigns in which the decision is not possible are left as they are, and named.
    """
    of_campaigns: dict[int, list[Call]] = defaultdict(list)
    chosen = calls_with_callback(workspace).filter(pk__in=list(calls))
    campaigns = {
        campaign.pk: campaign
        for campaign in Campaign.objects.filter(workspace=workspace, pk__in=chosen.order_by().values("campaign"))
        .order_by("pk")
        .select_for_update(no_key=True)
    }
    for call in owed(chosen):
        of_campaigns[call.campaign_id].append(call)
    decided, callers = Decided(), Callers.of(workspace, list(campaigns.values()))
    for key, owing in of_campaigns.items():
        campaign = campaigns[key]
        if refusal := _refusal(campaign, decision, to, callers):
            decided.refusals.append(refusal)
            continue
        _decide(campaign, owing, decision, by, to)
        decided.count += len(owing)
    return decided


def _decide(
    campaign: Campaign, calls: list[Call], decision: CallbackDecision, by: User | None, to: User | None
) -> None:
    contacts = [call.contact_id for call in calls]
    Call.objects.filter(workspace=campaign.workspace_id, pk__in=[call.pk for call in calls]).update(
        callback_decision=decision, callback_decided_at=now(), callback_decided_by=by
    )
    if decision == CallbackDecision.HANDED_OVER:
        campaign.members.filter(contact__in=contacts).update(assigned_to=to)
    if decision == CallbackDecision.RELEASED:
        refresh_members(workspace=campaign.workspace_id, campaign=campaign.pk, contacts=contacts)
        refresh_callbacks(workspace=campaign.workspace_id, campaigns=[campaign.pk], contacts=contacts)
    count = f"{len(calls):,} callback{'' if len(calls) == 1 else 's'}"
    record_event(
        workspace=campaign.workspace,
        user=by,
        action=AuditAction.CALLBACKS_DECIDED,
        subject=campaign,
        summary=f"{count} {DONE[decision]}{f' to {mention(to)}' if to else ''}.",
        details={"decision": decision.value, "calls": [call.pk for call in calls]},
    )


def _refusal(campaign: Campaign, decision: CallbackDecision, to: User | None, callers: Callers) -> str:
    status = Status(campaign.status)
    if decision not in POSSIBLE.get(status, ()):
        return _("%(campaign)s is %(status)s: its callbacks can't be %(done)s. Possible: %(options)s.") % {
            "campaign": campaign,
            "status": status.label,
            "done": _(DONE[decision]),
            "options": ", ".join(_(DONE[each]) for each in POSSIBLE.get(status, ())),
        }
    if decision == CallbackDecision.HANDED_OVER and (to is None or to.pk not in callers.calling(campaign.pk)):
        text = _("%(user)s is not a caller of %(campaign)s. Choose another one, or add them first.")
        return text % {"user": to or _("Nobody"), "campaign": campaign}
    return ""
