"""Who takes the callbacks of a caller who leaves a campaign, or the workspace."""

from collections import Counter, defaultdict
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.metrics.callbacks import IS_OPEN, with_state
from campaigns.callers.eligible import Callers
from campaigns.callers.services import CallerRefused, Leaving, leave_workspace, remove_caller
from campaigns.models import Campaign, CampaignContact, Status
from config.ui.formats import number
from markets.audit.mentions import name_events
from markets.models import AuditAction, AuditEvent, User, Workspace
from markets.workspaces.audit import mention, record_event

REMOVED, LEFT = AuditAction.CALLER_REMOVED, AuditAction.CALLER_LEFT
HANDED_OVER = AuditAction.CALLBACKS_HANDED_OVER
RUNNING = (Status.ACTIVE, Status.PAUSED)


@transaction.atomic
def remove_from_campaign(*, campaign: Campaign, user: User, by: User | None) -> AuditEvent:
    """Removes a caller. The event that is returned remembers their callbacks, until somebody takes them over."""
    callbacks = list(callbacks_of(campaign.workspace, user, [campaign.pk]).values_list("pk", flat=True))
    leaving = remove_caller(campaign=campaign, user=user)
    return _record(campaign.workspace, campaign, REMOVED, user, by, leaving, callbacks)


def leave(workspace: Workspace, user: User, by: User | None) -> AuditEvent | None:
    """Frees everything of a user who may no longer call in the workspace; None if they had nothing."""
    callbacks = list(callbacks_of(workspace, user).values_list("pk", flat=True))
    leaving = leave_workspace(workspace=workspace, user=user)
    if not (callbacks or leaving.campaigns or leaving.people or leaving.holds):
        return None
    return _record(workspace, user, LEFT, user, by, leaving, callbacks)


def callbacks_of(workspace: Workspace, user: User, campaigns: Collection[int] | None = None) -> QuerySet[Any]:
    """The open callbacks that the user promised, or that are owed to their people; others' people are theirs."""
    members = _members().callable()
    own = Q(Exists(members.filter(assigned_to=user))) | Q(Exists(members.filter(assigned_to=None)), caller=user)
    promised = with_state(workspace).filter(IS_OPEN, own, campaign__status__in=RUNNING)
    return promised if campaigns is None else promised.filter(campaign__in=campaigns)


def to_hand_over(workspace: Workspace, event: AuditEvent) -> QuerySet[Any]:
    """The callbacks of an event that are still open, and that nobody has taken over."""
    unassigned = _members().callable().filter(assigned_to=None)
    promised = with_state(workspace).filter(pk__in=event.details.get("callbacks", []))
    return promised.filter(IS_OPEN, Exists(unassigned), campaign__status__in=RUNNING).order_by("callback_at", "pk")


def is_decided(event: AuditEvent) -> bool:
    return AuditEvent.objects.filter(
        workspace=event.workspace_id, action=HANDED_OVER, subject_kind="auditevent", subject_id=event.pk
    ).exists()


def undecided(workspace: Workspace, campaign: Campaign | None = None) -> list[AuditEvent]:
    """Departures whose callbacks wait for a decision, newest first: of a campaign, or from the workspace."""
    events = workspace.audit_events.filter(action=REMOVED if campaign else LEFT).exclude(details__callbacks=[])
    if campaign:
        events = events.filter(subject_kind="campaign", subject_id=campaign.pk)
    decided = workspace.audit_events.filter(action=HANDED_OVER, subject_kind="auditevent").values("subject_id")
    waiting = [event for event in events.exclude(pk__in=decided)[:20] if to_hand_over(workspace, event).exists()]
    name_events(workspace, waiting)
    return waiting


@transaction.atomic
def hand_over(
    *, workspace: Workspace, event: AuditEvent, to: User | None, evenly: bool = False, by: User | None
) -> Counter[int]:
    """Assigns the people of an event's callbacks to `to`, evenly to each campaign's callers, or leaves them to all.

    Returns how many each user got. In a campaign where `to` does not call nobody is assigned: raises CallerRefused.
    """
    callbacks = to_hand_over(workspace, event)
    campaigns = list(
        Campaign.objects.filter(workspace=workspace, pk__in=callbacks.order_by().values("campaign"))
        .order_by("pk")
        .select_for_update(no_key=True)
    )
    callers, names = Callers.of(workspace, campaigns), {each.pk: each for each in campaigns}
    takers: Counter[int] = Counter()
    shares: dict[tuple[int, int], list[int]] = defaultdict(list)
    for campaign, contact in callbacks.values_list("campaign", "contact"):
        calling = callers.calling(campaign)
        if to and to.pk not in calling:
            text = _("%(user)s does not call in %(campaign)s. Choose another caller, or add them first.")
            raise CallerRefused(text % {"user": to, "campaign": names[campaign]})
        user = to.pk if to else min(calling, key=lambda each: (takers[each], each), default=0) if evenly else 0
        if user:
            takers[user] += 1
            shares[campaign, user].append(contact)
    for (campaign, user), contacts in shares.items():
        CampaignContact.objects.filter(workspace=workspace, campaign=campaign, contact__in=contacts).update(
            assigned_to=user
        )
    total = sum(takers.values())
    how = (
        f"handed to {mention(to)}" if to else f"spread over {len(takers)} callers" if takers else "left to all callers"
    )
    record_event(
        workspace=workspace,
        user=by,
        action=HANDED_OVER,
        subject=event,
        summary=f"Callbacks {how}.",
        details={"people": total, "of": event.details.get("user")},
    )
    return takers


def _record(
    workspace: Workspace,
    subject: Campaign | User,
    action: AuditAction,
    user: User,
    by: User | None,
    leaving: Leaving,
    callbacks: list[int],
) -> AuditEvent:
    where = "the campaign" if isinstance(subject, Campaign) else "the team"
    with translation.override("en"):
        left = describe(leaving.people, leaving.holds, len(callbacks))
    return record_event(
        workspace=workspace,
        user=by,
        action=action,
        subject=subject,
        summary=f"{mention(user)} no longer calls in {where}. {left}",
        details={
            "user": user.pk,
            "people": leaving.people,
            "holds": leaving.holds,
            "campaigns": leaving.campaigns,
            "callbacks": callbacks,
        },
    )


def describe_event(event: AuditEvent) -> str:
    """The summary of a departure, in the language of the page."""
    details = event.details
    user = User.objects.filter(pk=details.get("user")).first()
    if user is None:
        return event.summary
    in_campaign, in_team = _("%(user)s no longer calls in the campaign."), _("%(user)s no longer calls in the team.")
    left = describe(details["people"], details["holds"], len(details["callbacks"]))
    return f"{(in_campaign if event.action == REMOVED else in_team) % {'user': user}} {left}"


def describe(people: int, holds: int, callbacks: int) -> str:
    """What became of a caller's people, in sentences."""
    texts = [(people, ngettext("%(n)s person is unassigned now.", "%(n)s people are unassigned now.", people))]
    if holds:
        texts.append((holds, ngettext("%(n)s on the screen was freed.", "%(n)s on the screen were freed.", holds)))
    if callbacks:
        text = ngettext(
            "%(n)s callback needs somebody to make them.", "%(n)s callbacks need somebody to make them.", callbacks
        )
        texts.append((callbacks, text))
    return " ".join(text % {"n": number(count)} for count, text in texts)


def _members() -> Any:
    return CampaignContact.objects.filter(contact=OuterRef("contact"), campaign=OuterRef("campaign"))
