from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localtime, now

from calls.models import Call, CampaignDay, Meeting
from campaigns.lifecycle.transitions import change_status
from signals.models import Signal
from tests.factories import (
    CampaignFactory,
    ContactFactory,
    MarketFactory,
    active_campaign,
    call,
    member,
    signal,
    timedelta,
    utc,
)
from tests.reading import metric


@pytest.fixture(autouse=True)
def noon():
    """When people may be called."""
    with time_machine.travel(utc(2026, 11, 25, 17)):
        yield


def form_url(campaign, contact):
    return reverse("campaigns:call", args=["acme", campaign.pk, contact.pk])


def posted(workspace, **fields):
    """What the form sends for a call that just started; moments are in the workspace's zone."""
    started = localtime(now() - timedelta(minutes=5), workspace.zone)
    return {
        "disposition": "no_answer",
        "started_at": started.strftime("%Y-%m-%dT%H:%M"),
        "direction": "outbound",
        "request_key": str(uuid4()),
    } | fields


@pytest.fixture
def person(campaign):
    return campaign.members.order_by("pk").first().contact


def test_a_logged_call_moves_the_numbers_of_every_page(as_caller, campaign, person, caller):
    fields = {"disposition": "future_potential", "movement_state": "Exploring", "movement_state_evidence": "I might"}

    answer = as_caller.post(form_url(campaign, person), posted(campaign.workspace, **fields))

    assert answer.status_code == 302
    made = Call.objects.get()
    assert (made.caller, made.contact, made.disposition) == (caller, person, "future_potential")
    assert Signal.objects.get().evidence == "I might"
    page = as_caller.get(reverse("campaigns:detail", args=["acme", campaign.pk]))
    about = f"campaign:{campaign.pk}"
    assert metric(page, "calls_made", about) == 1
    assert metric(page, "connection_rate", about) == 1
    assert metric(page, "signals_captured", about) == 1


def test_times_are_read_in_the_zone_of_the_workspace(as_caller, market):
    campaign = active_campaign(market=market, days_ago=1000)
    fields = posted(campaign.workspace, started_at="2026-07-01T09:30")

    as_caller.post(form_url(campaign, campaign.members.get().contact), fields)

    assert Call.objects.get().started_at == utc(2026, 7, 1, 13, 30)  # New York in summer


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"disposition": "callback_requested"}, "Say when to call back"),
        ({"disposition": "callback_requested", "callback_at": "2020-01-01T09:00"}, "lies before the call itself"),
        ({"disposition": ""}, "This field is required"),
        ({"disposition": "spoke"}, "spoke"),
        (
            {"disposition": "voicemail", "movement_state": "Active"},
            "No signals can be heard on a call with the outcome Voicemail",
        ),
        ({"disposition": "future_potential", "movement_state_evidence": "Hm"}, "Choose the value"),
        ({"disposition": "future_potential", "movement_state": "Stable"}, "Stable"),
        ({"started_at": "2099-01-01T09:00"}, "in the future"),
        ({"started_at": "2019-01-01T09:00"}, "was not Active but Draft"),
        ({"started_at": "2026-03-08T02:30"}, "2026-03-08"),  # an hour that did not exist in New York
        ({"talk_seconds": "-1"}, "greater than or equal to 0"),
    ],
)
def test_what_a_call_lacks_is_said_and_nothing_is_written(as_caller, campaign, person, fields, sentence):
    answer = as_caller.post(form_url(campaign, person), posted(campaign.workspace, **fields))

    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not Call.objects.exists()
    assert not CampaignDay.objects.exists()
    assert not Signal.objects.exists()


def test_sending_the_form_twice_writes_one_call(as_caller, campaign, person):
    fields = posted(campaign.workspace, disposition="future_potential", movement_state="Exploring")

    for _ in range(2):
        assert as_caller.post(form_url(campaign, person), fields).status_code == 302

    assert Call.objects.count() == 1
    assert Signal.objects.count() == 1


def test_a_meeting_is_kept_with_its_time(as_caller, campaign, person):
    fields = posted(campaign.workspace, disposition="meeting_booked", meeting_at="2030-01-15T10:00")

    as_caller.post(form_url(campaign, person), fields)

    assert Meeting.objects.get().scheduled_at == utc(2030, 1, 15, 15)


def test_a_paused_campaign_takes_no_call_from_the_form(as_caller, campaign, person, manager):
    change_status(campaign=campaign, to="paused", by=manager, reason="Holidays", at=now() - timedelta(days=1))

    answer = as_caller.post(form_url(campaign, person), posted(campaign.workspace))

    assert "was not Active but Paused" in answer.content.decode()


def test_a_voided_call_stays_readable_and_counts_nowhere(as_manager, campaign):
    made = call(campaign, disposition="future_potential")
    signal(made)

    as_manager.post(reverse("calls:void", args=["acme", made.pk]), {"reason": "Logged on the wrong person"})

    page = as_manager.get(reverse("calls:detail", args=["acme", made.pk])).content.decode()
    assert "Logged on the wrong person" in page
    campaign_page = as_manager.get(reverse("campaigns:detail", args=["acme", campaign.pk]))
    assert metric(campaign_page, "calls_made", f"campaign:{campaign.pk}") == 0
    assert metric(campaign_page, "signals_captured", f"campaign:{campaign.pk}") == 0
    listed = as_manager.get(reverse("calls:list", args=["acme"]))
    assert metric(listed, "rows") == 1


def test_a_caller_voids_their_own_calls_of_the_same_day_only(as_caller, campaign, caller):
    today, yesterday = (call(campaign, caller=caller, started_at=now() - timedelta(days=days)) for days in (0, 1))

    answers = [
        as_caller.post(reverse("calls:void", args=["acme", made.pk]), {"reason": "Wrong person"}).status_code
        for made in (today, yesterday)
    ]

    assert answers == [302, 403]
    assert list(Call.objects.exclude(voided_at=None)) == [today]


def test_voiding_needs_a_reason(as_manager, campaign):
    made = call(campaign)

    answer = as_manager.post(reverse("calls:void", args=["acme", made.pk]), follow=True)

    assert "Say why the call is voided" in answer.content.decode()
    assert Call.objects.get().voided_at is None


@pytest.mark.parametrize("name", ["calls:list", "campaigns:list", "contacts:list", "signals:list", "markets:list"])
def test_a_list_costs_the_same_for_2_and_for_20_rows(as_viewer, campaign, market, name):
    def grow(count):
        for _ in range(count):
            ContactFactory(workspace=market.workspace)
            CampaignFactory(market=MarketFactory(workspace=market.workspace))
            signal(call(campaign, disposition="future_potential"))

    def cost():
        with CaptureQueriesContext(connection) as queries:
            as_viewer.get(reverse(name, args=["acme"]))
        return len(queries)

    grow(2)
    cost()  # Django asks SQLite once in a process what it can do
    few = cost()
    grow(18)

    assert cost() == few
    assert few <= (15 if name == "contacts:list" else 12)  # where each person stands takes three more


def test_the_calls_of_one_attempt_cost_the_same_for_2_and_for_20_rows(as_viewer, campaign):
    def cost(rows):
        with CaptureQueriesContext(connection) as queries:
            page = as_viewer.get(reverse("calls:list", args=["acme"]), {"attempt": "1"})
        assert metric(page, "rows") == rows
        return len(queries)

    for _ in range(2):
        call(campaign, member(campaign).contact)
    few = cost(2)
    for _ in range(18):
        call(campaign, member(campaign).contact)

    assert cost(20) == few
