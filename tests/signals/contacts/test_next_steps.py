"""With what the page of a person begins: what is owed, what is next, and what was heard last."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import now

from campaigns.models import Campaign
from markets.models import Contact
from signals.contacts.next_steps import next_steps
from tests.calls.views.call_form_pages import text
from tests.factories import SuppressionFactory, active_campaign, booked, call, member_of, signal, utc


@pytest.fixture(autouse=True)
def wednesday_noon(workspace):
    with time_machine.travel(utc(2026, 11, 25, 17), tick=False), timezone.override(workspace.zone):
        yield


@pytest.fixture
def person(campaign):
    return campaign.members.order_by("pk").first().contact


def steps(person, *, is_barred=False):
    person = Contact.objects.get(pk=person.pk)
    return next_steps(person, list(person.campaign_contacts.all()), now(), is_barred=is_barred)


def call_page(campaign, person):
    return reverse("campaigns:call", args=["acme", campaign.pk, person.pk])


def test_who_was_never_called_is_called_for_the_campaign_that_offers_them(campaign, person):
    (step,) = steps(person)

    assert (step.text, step.action, step.url) == ("Not called yet.", "Call", call_page(campaign, person))
    assert step.about == "Ongoing coverage · M&A -- New York"


def test_of_several_campaigns_the_one_that_would_offer_them_now_is_chosen(campaign, person):
    late = active_campaign(market=campaign.market, calls_from=18)
    called = active_campaign(market=campaign.market)
    for each in (late, called):
        member_of(each, person)
    call(called, person, started_at=now() - timedelta(days=9))
    Campaign.objects.filter(pk=campaign.pk).update(calls_from=19)

    assert [step.url for step in steps(person)] == [call_page(called, person)]


@pytest.mark.parametrize(
    ("due_in", "sentence", "action"),
    [
        (timedelta(days=-1), "A callback is late: promised for 24 Nov, 12:00.", "Call back"),
        (timedelta(minutes=-10), "A callback is due now: promised for 25 Nov, 11:50.", "Call back"),
        (timedelta(hours=2), "The next callback is promised for 25 Nov, 14:00.", ""),
    ],
)
def test_a_callback_is_owed(campaign, person, due_in, sentence, action):
    called_at = now() - timedelta(days=3)
    call(campaign, person, disposition="callback_requested", callback_at=now() + due_in, started_at=called_at)

    (step,) = steps(person)

    assert (step.text, step.action, step.is_urgent) == (sentence, action, bool(action))


@pytest.mark.parametrize(
    ("at", "sentence", "action"),
    [
        (timedelta(days=-1), "The meeting of 24 Nov, 12:00 has no outcome yet.", "Record the outcome"),
        (timedelta(days=1), "A meeting is booked for 26 Nov, 12:00.", "Open meeting"),
        (None, "A meeting is booked, and its time is not agreed yet.", "Set the time"),
    ],
)
def test_a_meeting_comes_before_a_call_that_nobody_waits_for(campaign, at, sentence, action):
    meeting = booked(campaign, at=at)
    person = meeting.call.contact
    member_of(active_campaign(market=campaign.market), person)

    first, second = steps(person)

    assert (first.text, first.action) == (sentence, action)
    assert first.url == reverse("meetings:detail", args=["acme", meeting.pk])
    assert second.text == "Had a meeting booked on 20 Nov, fresh."


def test_a_number_is_repaired_before_anybody_calls(campaign, person):
    call(campaign, person, disposition="callback_requested", callback_at=now(), started_at=now() - timedelta(days=1))
    call(active_campaign(market=campaign.market), None, disposition="no_answer")
    person.refresh_from_db()
    person.wrong_phone = person.phone_e164
    person.save()

    repair, callback = steps(person)

    assert (repair.text, repair.url) == (f"The number {person.phone} is incorrect.", "#repair")
    assert (callback.is_urgent, callback.action) == (True, "")


def test_nobody_is_proposed_to_be_called_who_must_not_be_or_is_in_no_running_campaign(campaign, person):
    assert steps(person, is_barred=True) == []
    Campaign.objects.filter(pk=campaign.pk).update(status="paused")
    assert [step.text for step in steps(person)] == ["In no running campaign that would call them."]


def test_who_rests_is_said_to_without_a_button(campaign, person):
    call(campaign, person, started_at=now() - timedelta(hours=20))

    (step,) = steps(person)

    assert (step.text, step.action) == ("Rests until 26 Nov, 1 attempt so far.", "")


@pytest.mark.parametrize(("role", "has_button"), [("as_caller", True), ("as_viewer", False)])
def test_the_page_begins_with_it_and_a_caller_has_a_button(request, role, has_button, campaign, person):
    client, page = request.getfixturevalue(role), reverse("contacts:detail", args=["acme", person.pk])

    shown = text(client.get(page))

    assert (f'class="button primary" href="{call_page(campaign, person)}">Call</a>' in shown) == has_button
    assert shown.index("Not called yet.") < shown.index('id="signals"') < shown.index('id="timeline"')
    SuppressionFactory(workspace=campaign.workspace, contact=person)
    assert "Not called yet." not in text(client.get(page))


def test_a_signal_shows_what_it_was_before(as_caller, campaign, person):
    for days_ago, value in ((30, "Soft Listening"), (20, "Exploring"), (10, "Exploring")):
        made = call(
            campaign,
            person,
            disposition="callback_requested",
            started_at=now() - timedelta(days=days_ago),
            callback_at=now() + timedelta(days=9),
        )
        signal(made, value=value)

    page = text(as_caller.get(reverse("contacts:detail", args=["acme", person.pk])))

    assert "Soft Listening →</span> <strong>Exploring</strong>" in page
