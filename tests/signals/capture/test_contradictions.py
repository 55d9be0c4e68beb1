"""A contradiction is asked about before the call is saved, and saved once the user confirms it."""

from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from django.utils.html import escape
from django.utils.timezone import localtime, now

from calls.models import Call
from campaigns.dispositions import CONVERSATIONS, Disposition
from signals.capture.contradictions import CONTRADICTIONS, DISPOSITION, contradiction_questions
from signals.capture.services import NewSignal
from signals.capture.vocabulary import VALUES, SignalType
from tests.factories import utc

CASES = [
    ("not_interested", {"movement_state": "Active"}, "Not Interested, yet a move is Active."),
    ("not_interested", {"movement_state": "Exploring"}, "Not Interested, yet Exploring a move."),
    (
        "not_interested",
        {"timing_window": "Within 3 months"},
        "Not Interested, yet a move could happen Within 3 months.",
    ),
    ("not_interested", {"relationship_permission": "Opportunities Welcome"}, "yet Opportunities Welcome."),
    ("future_potential", {"conversation_access": "Closed"}, "Future Potential, yet Closed to talking."),
    ("future_potential", {"relationship_permission": "None"}, "Future Potential, yet there is no permission"),
    ("meeting_booked", {"conversation_access": "Closed"}, "Meeting Booked, yet Closed to talking."),
    ("meeting_booked", {"relationship_permission": "None"}, "Meeting Booked, yet Relationship Permission is None."),
    ("callback_requested", {"relationship_permission": "None"}, "Callback Requested, yet Relationship Permission is"),
    (
        "future_potential",
        {"movement_state": "Not Moving", "timing_window": "Within 3 months"},
        "Not Moving, yet a move",
    ),
    (
        "future_potential",
        {"movement_state": "Not Moving", "timing_window": "3-6 months"},
        "could happen in 3-6 months.",
    ),
    ("future_potential", {"motivation_driver": "Firm Instability", "firm_stability": "Stable"}, "their firm Stable."),
    (
        "not_interested",
        {"conversation_access": "Closed", "relationship_permission": "Trusted Adviser"},
        "Closed to talking, yet you are a Trusted Adviser.",
    ),
]


@pytest.fixture(autouse=True)
def noon():
    """A Wednesday in the time zone of the workspace, New York."""
    with time_machine.travel(utc(2026, 11, 25, 17), tick=False):
        yield


@pytest.fixture
def person(campaign):
    return campaign.members.order_by("pk").first().contact


@pytest.fixture
def post(as_caller, campaign, person):
    """Posts the call form with the given fields."""
    address = reverse("campaigns:call", args=["acme", campaign.pk, person.pk])
    started = localtime(now(), campaign.workspace.zone).strftime("%Y-%m-%dT%H:%M")
    always = {"started_at": started, "direction": "outbound", "then": "next"}

    def post_form(**fields):
        return as_caller.post(address, always | {"request_key": str(uuid4())} | fields)

    return post_form


def new_signals(answers):
    return [NewSignal(type=type_, value=value) for type_, value in answers.items()]


@pytest.mark.parametrize(("disposition", "answers", "sentence"), CASES)
def test_each_row_asks_its_question_and_nothing_else_does(disposition, answers, sentence):
    (question,) = contradiction_questions(disposition, new_signals(answers))

    assert sentence in question
    assert question.endswith("Is that right?")
    for type_ in answers:
        rest = {other: value for other, value in answers.items() if other != type_}
        assert not list(contradiction_questions(disposition, new_signals(rest)))


def test_every_row_of_the_table_is_tried_here_and_names_what_there_is():
    known = {(DISPOSITION, each) for each in Disposition.values} | {
        (type_, v) for type_ in SignalType for v in VALUES[type_]
    }

    assert {question for row in CASES for question in contradiction_questions(row[0], new_signals(row[1]))} == {
        each.question for each in CONTRADICTIONS
    }
    assert all({each.first, each.second} <= known for each in CONTRADICTIONS)
    assert all(each.first[1] in CONVERSATIONS for each in CONTRADICTIONS if each.first[0] == DISPOSITION)


def test_a_contradiction_is_asked_about_before_anything_is_kept(post):
    page = post(
        disposition="not_interested",
        movement_state="Active",
        movement_state_evidence="I will leave by May",
        notes="Sounded cross",
        callback_at="",
    ).content.decode()

    assert not Call.objects.exists()
    for shown in (
        "Not Interested, yet a move is Active. Is that right?",
        "Yes, both are correct",
        'value="I will leave by May"',
        "Sounded cross",
    ):
        assert escape(shown) in page or shown in page
    box = page.split('name="confirmed"')[1].split(">")[0]
    assert "autofocus" in box
    assert "checked" not in box


def test_confirmed_it_is_kept(post):
    answer = post(disposition="not_interested", movement_state="Active", confirmed="on")

    assert answer.status_code == 302
    assert Call.objects.get().signals.get().value == "Active"


def test_a_tick_answers_the_question_on_the_page_and_not_another(post):
    answers = {"disposition": "not_interested", "movement_state": "Not Moving", "timing_window": "Within 3 months"}
    (first,) = contradiction_questions(
        "future_potential", new_signals({"movement_state": "Not Moving", "timing_window": "Within 3 months"})
    )

    page = post(**answers, confirmed="on", asked=first).content.decode()
    assert not Call.objects.exists()
    assert "Not Interested, yet a move could happen Within 3 months. Is that right?" in page
    assert "checked" not in page.split('name="confirmed"')[1].split(">")[0]

    question = page.split('name="asked" value="')[1].split('"')[0]
    assert post(**answers, confirmed="on", asked=question).status_code == 302


def test_a_tick_stays_while_something_else_is_put_right(post):
    page = post(disposition="not_interested", movement_state="Active", confirmed="on", talk_seconds="long")

    assert "checked" in page.content.decode().split('name="confirmed"')[1].split(">")[0]
    assert not Call.objects.exists()


def test_what_was_no_conversation_is_refused_and_not_asked_about(post):
    page = post(disposition="voicemail", movement_state="Not Moving", timing_window="3-6 months", confirmed="on")

    assert "No signals can be heard on a call with the outcome Voicemail." in page.content.decode()
    assert 'name="confirmed"' not in page.content.decode()
    assert not Call.objects.exists()


@pytest.mark.parametrize("confirmed", ["", "on"])
def test_where_nothing_is_contradicted_nothing_is_asked(post, confirmed):
    answer = post(disposition="future_potential", movement_state="Exploring", confirmed=confirmed)

    assert answer.status_code == 302
