"""What is owed to a person and what is to be done next, most urgent first: with what the page of the person begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from calls.models import Meeting
from calls.queue.explanations import explain_rank
from calls.queue.ranking import QueueState, queue
from campaigns.models import CampaignContact, Status
from config.ui.formats import moment as shown
from markets.models import Contact
from signals.contacts.standing import scheduled_meetings

ON_TIME_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class NextStep:
    """A sentence and, for callers, the label and the address of its button. `about` is the campaign with its market."""

    text: str
    about: str = ""
    action: str = ""
    url: str = ""
    is_urgent: bool = False


def next_steps(
    contact: Contact, memberships: Sequence[CampaignContact], moment: datetime, *, is_barred: bool
) -> list[NextStep]:
    """`is_barred`: the person must not be called, so no call is proposed."""
    calls = [] if is_barred else _calls(contact, memberships, moment)
    scheduled = scheduled_meetings(contact.workspace, [contact.pk])
    meetings = [_meeting(each, contact, moment) for each in scheduled.get(contact.pk, [])]
    return sorted([*meetings, *calls], key=lambda step: not step.is_urgent)


def _calls(contact: Contact, memberships: Sequence[CampaignContact], moment: datetime) -> list[NextStep]:
    """The callbacks promised in all campaigns, or else a call for the campaign that would offer the person first."""
    running = [
        each
        for each in memberships
        if each.removed_at is None and not each.is_closed and each.campaign.status == Status.ACTIVE
    ]
    repair = _repair(contact)
    promised = [each for each in running if each.callback_due_at]
    if promised:
        promised.sort(key=lambda each: (each.callback_due_at, each.pk))
        return [*repair, *(_callback(contact, each, moment, not repair) for each in promised)]
    if repair:
        return repair
    if not running:
        return [NextStep(_("In no running campaign that would call them."))]
    return [_best_call(contact, running, moment)]


def _repair(contact: Contact) -> list[NextStep]:
    if contact.phone_e164 and not contact.has_wrong_phone:
        return []
    text = _("There is no number to call.")
    if contact.has_wrong_phone:
        text = _("The number %(number)s is incorrect.") % {"number": contact.phone}
    return [NextStep(text, action=_("Save a number"), url="#repair", is_urgent=True)]


def _callback(contact: Contact, member: CampaignContact, moment: datetime, is_callable: bool) -> NextStep:
    assert member.callback_due_at
    if member.callback_due_at > moment:
        text = _("The next callback is promised for %(moment)s.")
    elif member.callback_due_at > moment - ON_TIME_FOR:
        text = _("A callback is due now: promised for %(moment)s.")
    else:
        text = _("A callback is late: promised for %(moment)s.")
    is_due = member.callback_due_at <= moment
    text = text % {"moment": shown(member.callback_due_at)}
    return _step(text, contact, member, _("Call back") if is_due and is_callable else "", is_urgent=is_due)


def _best_call(contact: Contact, running: Sequence[CampaignContact], moment: datetime) -> NextStep:
    campaigns = {each.campaign_id: each.campaign for each in running}
    queued = list(queue(contact.workspace, list(campaigns.values()), moment).filter(contact=contact))
    if not queued:
        return NextStep(_("Nobody can call them now."))
    ready = [each for each in queued if each.state == QueueState.READY]
    member = (ready or queued)[0]
    member.contact, member.campaign = contact, campaigns[member.campaign_id]
    why = explain_rank(member, moment)
    return _step(f"{why[0].upper()}{why[1:]}.", contact, member, pgettext("verb", "Call") if ready else "")


def _step(
    text: str, contact: Contact, member: CampaignContact, action: str = "", *, is_urgent: bool = False
) -> NextStep:
    campaign = member.campaign
    url = reverse("campaigns:call", args=[contact.workspace.slug, campaign.pk, contact.pk]) if action else ""
    return NextStep(text, f"{campaign} · {campaign.market}", action, url, is_urgent)


def _meeting(meeting: Meeting, contact: Contact, moment: datetime) -> NextStep:
    url = reverse("meetings:detail", args=[contact.workspace.slug, meeting.pk])
    if meeting.scheduled_at is None:
        return NextStep(_("A meeting is booked, and its time is not agreed yet."), action=_("Set the time"), url=url)
    if meeting.scheduled_at <= moment:
        text = _("The meeting of %(moment)s has no outcome yet.") % {"moment": shown(meeting.scheduled_at)}
        return NextStep(text, action=_("Record the outcome"), url=url, is_urgent=True)
    text = _("A meeting is booked for %(moment)s.") % {"moment": shown(meeting.scheduled_at)}
    return NextStep(text, action=_("Open meeting"), url=url)
