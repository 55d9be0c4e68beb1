"""What webhooks are told of calls: without notes and without names."""

from collections.abc import Collection, Iterator

from calls.models import Call, Meeting
from campaigns.models import Campaign
from markets.models import EventKind
from markets.webhooks.publish import Fact, publish


def publish_calls(campaign: Campaign, calls: Collection[int]) -> None:
    """Publishes new calls (by id) and the meetings that they booked, in the transaction that wrote them."""
    publish(
        campaign.workspace_id,
        {
            EventKind.CALL_RECORDED: lambda: _call_facts(campaign, calls),
            EventKind.MEETING_BOOKED: lambda: _meeting_facts(campaign, calls),
        },
    )


def publish_meeting(call: Call) -> None:
    """Publishes the meeting that a correction of the call has made."""
    publish(call.workspace_id, {EventKind.MEETING_BOOKED: lambda: _meeting_facts(call.campaign, [call.pk])})


def _call_facts(campaign: Campaign, calls: Collection[int]) -> Iterator[Fact]:
    for call in Call.objects.filter(workspace=campaign.workspace_id, pk__in=calls).order_by("pk"):
        data = {
            "call": call.pk,
            "campaign": call.campaign_id,
            "direction": call.direction,
            "started_at": call.started_at.isoformat(),
            "talk_seconds": call.talk_seconds,
            "disposition": call.disposition,
            "callback_at": call.callback_at.isoformat() if call.callback_at else None,
            "caller": call.caller_id,
            "dialer_call_id": call.dialer_call_id,
        }
        yield Fact(data, contact=call.contact_id)


def _meeting_facts(campaign: Campaign, calls: Collection[int]) -> Iterator[Fact]:
    meetings = Meeting.objects.filter(workspace=campaign.workspace_id, call__in=calls)
    rows = meetings.order_by("pk").values_list("pk", "call", "call__contact", "scheduled_at")
    for meeting, call, contact, at in rows:
        data = {"meeting": meeting, "call": call, "campaign": campaign.pk, "scheduled_at": at and at.isoformat()}
        yield Fact(data, contact=contact)
