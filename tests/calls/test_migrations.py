"""What migrations fill in for rows that were there before."""

from importlib import import_module

from django.db import connection

from calls import tallies
from calls.recording import void
from campaigns.models import CampaignContact
from tests.factories import active_campaign, call, now, timedelta

NEW_FIELDS = {"last_attempt_at": None, "last_conversation_at": None, "has_shown_interest": False}


def test_members_who_were_called_before_get_what_follows_from_their_calls(market):
    campaign = active_campaign(5, market=market)
    first, second, third, fourth, _ = (each.contact for each in campaign.members.order_by("pk"))
    for hours, contact, disposition in (
        (9, first, "future_potential"),
        (8, first, "no_answer"),
        (7, second, "callback_requested"),
        (6, second, "not_interested"),
        (5, third, "voicemail"),
    ):
        call(campaign, contact, disposition=disposition, started_at=now() - timedelta(hours=hours))
    void(call=call(campaign, third, disposition="meeting_booked"), by=None, reason="Twice")
    call(campaign, fourth, disposition="future_potential", direction="inbound")
    CampaignContact.objects.update(**NEW_FIELDS)
    assert tallies.differences(campaign.workspace) != []

    migration = import_module("calls.migrations.0003_corrections_and_leaner_calls")
    with connection.cursor() as cursor:
        cursor.execute(migration.FILL_IN)

    assert tallies.differences(campaign.workspace) == []
