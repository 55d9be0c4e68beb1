"""The screen where a caller lives: the next person, what is known, one call, and on."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localtime, now

from calls.models import Call
from calls.queue.leases import lease, lease_next
from campaigns.lifecycle.transitions import change_status
from markets.contacts.points import add_points
from markets.imports.contacts.extras import FurtherPoint
from tests.calls.views.call_form_pages import heading, text, url
from tests.factories import active_campaign, call, signal

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def person(campaign):
    return campaign.members.order_by("pk").first().contact


def posted(campaign, **fields):
    """What the form sends for a call that just started; moments are in the workspace's zone."""
    started = localtime(now() - timedelta(minutes=5), campaign.workspace.zone)
    return {
        "disposition": "no_answer",
        "started_at": started.strftime("%Y-%m-%dT%H:%M"),
        "direction": "outbound",
        "request_key": str(uuid4()),
        "then": "next",
    } | fields


def test_the_next_person_comes_with_why_and_what_is_known(as_caller, campaign, person):
    heard = call(campaign, person, disposition="callback_requested", callback_at=now() - timedelta(minutes=30))
    signal(heard, value="Exploring", evidence="I might listen")

    page = as_caller.get(url("next", campaign))

    assert heading(page) == person.full_name
    for shown in (
        "Callback promised for 11:30",
        "Wed 12:00",
        f'href="tel:{person.phone_e164}"',
        "I might listen",
        "Callback Requested",
        "reserved for you",
    ):
        assert shown in text(page)


def test_a_saved_call_brings_the_next_person(as_caller, caller, campaign, person):
    as_caller.get(url("next", campaign))

    answer = as_caller.post(url("call", campaign, person.pk), posted(campaign))

    assert answer["Location"] == url("next", campaign)
    page = as_caller.get(answer["Location"])
    assert f"Recorded: No Answer, {person}." in text(page)
    assert heading(page) == campaign.members.order_by("pk")[1].contact.full_name
    assert campaign.members.get(contact=person).leased_by is None


def test_a_caller_may_stop_after_a_call(as_caller, campaign, person):
    answer = as_caller.post(url("call", campaign, person.pk), posted(campaign, then="stop"))

    assert answer["Location"] == url("queue", campaign)
    assert Call.objects.count() == 1


def test_the_same_form_sent_twice_writes_one_call_and_moves_on_both_times(as_caller, campaign, person):
    as_caller.get(url("next", campaign))
    fields = posted(campaign, disposition="future_potential", movement_state="Exploring")
    pages = [as_caller.post(url("call", campaign, person.pk), fields, follow=True) for _ in range(2)]

    second = campaign.members.order_by("pk")[1]
    assert [heading(page) for page in pages] == [second.contact.full_name] * 2
    assert (Call.objects.count(), Call.objects.get().signals.count()) == (1, 1)
    assert f"Recorded: Future Potential, {person}." in text(pages[1])


def test_a_form_is_not_taken_for_one_that_another_workspace_sent(as_caller, campaign, person):
    fields = posted(campaign)
    call(active_campaign(), request_key=fields["request_key"])

    as_caller.post(url("call", campaign, person.pk), fields)

    assert campaign.calls.get().contact == person


def test_a_form_sent_again_is_not_looked_at_again(as_caller, campaign, person, manager):
    fields = posted(campaign, disposition="incorrect_number", new_phone="(212) 555-7777")
    as_caller.post(url("call", campaign, person.pk), fields)
    change_status(campaign=campaign, to="paused", by=manager, reason="Holidays")

    answer = as_caller.post(url("call", campaign, person.pk), fields)

    assert answer.status_code == 302
    assert Call.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"disposition": "callback_requested"}, "callback_at"),
        ({"disposition": ""}, "disposition"),
        ({"disposition": "no_answer", "movement_state": "Active"}, "disposition"),
        ({"disposition": "future_potential", "movement_state_evidence": "Perhaps"}, "movement_state"),
        ({"talk_seconds": "long"}, "talk_seconds"),
    ],
)
def test_the_first_field_in_error_has_the_focus_and_its_sentence(as_caller, campaign, person, fields, name):
    page = text(as_caller.post(url("call", campaign, person.pk), posted(campaign, **fields)))

    first = re.search(r"<(?:input|select|textarea)[^>]*\sautofocus[^>]*>", page)[0]
    assert f'name="{name}"' in first
    assert 'aria-invalid="true"' in first
    assert re.search(rf'id="id_{name}_error">\s*<p class="error" role="alert">[^<]+\.', page)
    assert f'aria-describedby="id_{name}_error"' in page


def test_skipping_brings_another_person_and_says_so(as_caller, campaign, person):
    as_caller.get(url("next", campaign))

    page = as_caller.post(url("skip", campaign, person.pk), follow=True)

    assert f"{person} skipped for an hour." in text(page)
    assert heading(page) != person.full_name


def test_whom_another_caller_has_cannot_be_skipped(as_caller, other, campaign, person):
    lease_next(campaign=campaign, by=other)

    page = as_caller.post(url("skip", campaign, person.pk), follow=True)

    assert f"{person} is with Otto now and was not skipped." in text(page)
    assert campaign.members.get(contact=person).leased_by == other


def test_the_page_of_somebody_whom_another_caller_has_says_so_until_when(as_caller, other, campaign, person):
    lease(member=campaign.members.get(contact=person), by=other)

    page = text(as_caller.get(url("call", campaign, person.pk)))

    assert f"Otto has {person} on the screen until" in page
    assert "25 Nov, 12:15" in page
    assert "reserved for you" not in page


def test_opening_somebodys_page_holds_them(as_caller, caller, campaign, person):
    as_caller.get(url("call", campaign, person.pk))

    assert campaign.members.get(contact=person).leased_by == caller


def test_the_screen_shows_ten_calls_of_many(as_caller, campaign, person):
    for n in range(12):
        call(campaign, person, started_at=now() - timedelta(days=n + 1), notes=f"note {n:02}")

    page = text(as_caller.get(url("call", campaign, person.pk)))

    assert ("note 09" in page, "note 10" in page, "See all" in page) == (True, False, True)


def test_the_screen_costs_the_same_after_2_and_after_30_calls(as_caller, campaign, person):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            as_caller.get(url("next", campaign))
        return len(queries)

    def talk(count):
        for _ in range(count):
            signal(call(campaign, person, disposition="callback_requested", callback_at=now()))

    talk(2)
    cost()  # the first view of the person is recorded
    few = cost()
    talk(28)

    assert cost() == few
    assert few <= 21


@pytest.mark.parametrize(
    ("started_at", "zone", "sentence"),
    [
        ("2026-11-25T07:59", "", "Wednesday at 7:59"),
        ("2026-11-24T21:00", "", "Tuesday at 21:00"),
        ("2026-11-25T10:30", "America/Los_Angeles", "(America/Los_Angeles); people are called from 8:00 to 21:00."),
    ],
)
def test_a_call_outside_the_hours_needs_a_word(as_caller, campaign, person, started_at, zone, sentence):
    person.timezone = zone
    person.save()
    fields = posted(campaign, started_at=started_at)

    page = text(as_caller.post(url("call", campaign, person.pk), fields))
    assert sentence in page
    assert 'name="outside_hours_reason"' in page
    assert not Call.objects.exists()

    as_caller.post(url("call", campaign, person.pk), fields | {"outside_hours_reason": "Asked for the early hour"})
    assert Call.objects.get().outside_hours_reason == "Asked for the early hour"


@pytest.mark.parametrize(
    "fields", [{"started_at": "2026-11-25T08:00"}, {"started_at": "2026-11-25T07:00", "direction": "inbound"}]
)
def test_a_call_within_the_hours_or_from_the_person_needs_none(as_caller, campaign, person, fields):
    as_caller.post(url("call", campaign, person.pk), posted(campaign, **fields, outside_hours_reason="No need"))

    assert Call.objects.get().outside_hours_reason == ""


def test_the_screen_warns_before_a_call_outside_the_hours(as_caller, campaign, person):
    person.timezone = "Asia/Tokyo"
    person.save()

    page = text(as_caller.get(url("call", campaign, person.pk)))

    assert f"It is Thursday at 2:00 where {person} is (Asia/Tokyo); people are called from 8:00 to 21:00." in page
    assert 'name="outside_hours_reason"' in page


def test_an_incorrect_number_can_be_replaced_at_once(as_caller, campaign, person):
    dialled = person.phone_e164

    fields = posted(campaign, disposition="incorrect_number", new_phone="(212) 555-7777")
    as_caller.post(url("call", campaign, person.pk), fields)

    person.refresh_from_db()
    assert (person.phone_e164, person.wrong_phone, person.has_wrong_phone) == ("+12125557777", dialled, False)
    assert Call.objects.get().dialled == dialled
    assert campaign.members.callable().filter(contact=person).exists()


@pytest.mark.parametrize(
    ("typed", "sentence"), [("soon", "“soon” is not a phone number"), ("same", "is the number that turned out to be")]
)
def test_a_new_number_that_cannot_be_is_refused_with_the_call(as_caller, campaign, person, typed, sentence):
    typed = person.phone if typed == "same" else typed

    answer = as_caller.post(
        url("call", campaign, person.pk), posted(campaign, disposition="incorrect_number", new_phone=typed)
    )

    assert sentence in text(answer)
    assert not Call.objects.exists()


def test_callback_choices_are_the_workspaces_times_for_hours_there(as_caller, campaign, person):
    person.timezone = "America/Los_Angeles"
    person.save()

    page = text(as_caller.get(url("call", campaign, person.pk)))

    assert 'value="2026-11-25T13:00"' in page  # in an hour
    assert 'value="2026-11-27T12:00"' in page  # 9:00 in Los Angeles, on the day after Thanksgiving
    assert 'value="2026-11-30T12:00"' in page  # next Monday
    assert 'value="2026-12-09T12:00"' in page  # in two weeks
    assert "Friday 9:00 there" in page


def test_the_caller_says_which_of_several_numbers_was_dialled(as_caller, campaign, person):
    point = FurtherPoint("phone", "212-555-0150 x7", "+12125550150", "7")
    add_points(workspace=campaign.workspace_id, points={person.pk: [point]})

    page = text(as_caller.get(url("call", campaign, person.pk)))
    assert "tel:+12125550150;ext=7" in page
    assert "Number dialled" in page
    as_caller.post(url("call", campaign, person.pk), posted(campaign, disposition="voicemail", dialled="+12125550150"))

    assert Call.objects.get(contact=person).dialled == "+12125550150"


def test_one_number_needs_no_question(as_caller, campaign, person):
    assert "Number dialled" not in text(as_caller.get(url("call", campaign, person.pk)))
