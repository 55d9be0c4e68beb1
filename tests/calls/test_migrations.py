"""What migrations fill in for rows that were there before."""

from importlib import import_module

from django.apps import apps
from django.db import connection

from calls import tallies
from calls.models import Call, CampaignDay, CampaignHour
from calls.models.days import OUTCOME_COUNTS
from calls.recording import void
from campaigns.dispositions import Disposition
from campaigns.models import CampaignContact
from signals.models import Signal
from tests.factories import active_campaign, call, now, signal, timedelta, utc

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


def test_days_and_hours_of_calls_that_were_there_before_are_counted(market):
    campaign = active_campaign(market=market, days_ago=500)
    for started_at in (utc(2025, 11, 2, 4), utc(2025, 11, 2, 5, 30), utc(2025, 11, 2, 6, 30)):
        for disposition in Disposition:  # the night in which New York sets its clocks back
            call(campaign, disposition=disposition, started_at=started_at)
    void(call=call(campaign), by=None, reason="Twice")
    call(campaign, direction="inbound")
    CampaignDay.objects.update(**dict.fromkeys(OUTCOME_COUNTS.values(), 0))
    CampaignHour.objects.filter(call_count__gt=0).delete()
    assert tallies.differences(campaign.workspace) != []

    import_module("calls.migrations.0004_tallies_by_outcome_and_hour").fill_in(apps, connection.schema_editor())

    assert tallies.differences(campaign.workspace) == []


def test_signals_that_were_there_before_speak_as_ever(market, manager):
    campaign = active_campaign(2, market=market)
    one, two = (each.contact for each in campaign.members.order_by("pk"))
    made = [
        call(campaign, person, disposition="future_potential", started_at=now() - timedelta(hours=hours), **fields)
        for person, hours, fields in (
            *((one, 9, {}), (one, 8, {}), (one, 7, {})),
            *((two, 6, {}), (two, 5, {"direction": "inbound"})),
        )
    ]
    for each in made:
        signal(each)
    void(call=made[2], by=manager, reason="Twice")
    Signal.objects.update(speaks_for=None)
    assert tallies.differences(campaign.workspace) != []

    with connection.cursor() as cursor:
        cursor.execute(import_module("signals.migrations.0003_who_speaks_for_what").FILL_IN)

    assert tallies.differences(campaign.workspace) == []
    assert Signal.objects.get(speaks_for=campaign).call == made[1]


def test_members_who_were_there_before_know_when_the_first_of_their_calls_was_recorded(market, manager):
    campaign = active_campaign(2, market=market)
    made = call(campaign)
    call(campaign, made.contact)
    void(call=made, by=manager, reason="Twice")
    CampaignContact.objects.update(first_recorded_at=None)
    assert tallies.differences(campaign.workspace) != []

    import_module("calls.migrations.0012_when_first_recorded").fill_in(apps, connection.schema_editor())

    assert tallies.differences(campaign.workspace) == []


def test_promises_that_were_there_before_are_settled(campaign, manager):
    made = [
        call(campaign, disposition="callback_requested", started_at=now() - timedelta(hours=hours))
        for hours in (9, 7, 5, 3)
    ]
    void(call=made[2], by=manager, reason="Twice")
    call(campaign, direction="inbound", started_at=now() - timedelta(hours=8))
    Call.objects.update(settled_at=None)
    assert len(tallies.differences(campaign.workspace)) == 2

    import_module("calls.migrations.0015_when_promises_were_settled").fill_in(apps, connection.schema_editor())

    assert tallies.differences(campaign.workspace) == []
