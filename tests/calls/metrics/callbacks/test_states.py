"""The state of a callback: open, due, missed or fulfilled."""

from datetime import datetime, timedelta

import pytest

from calls.log.services import void
from calls.metrics.callbacks import with_state
from tests.calls.metrics.callbacks.pages import NEW_YORK, NOON
from tests.factories import active_campaign, call, member_of


def state_of(made):
    return with_state(made.workspace).get(pk=made.pk).state


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (NOON + timedelta(seconds=1), "upcoming"),
        (NOON, "due"),
        (datetime(2026, 3, 10, 0, 0, tzinfo=NEW_YORK), "due"),
        (datetime(2026, 3, 9, 23, 59, 59, tzinfo=NEW_YORK), "missed"),
    ],
)
def test_an_open_promise_is_upcoming_then_due_and_missed_when_its_day_is_over(add_callback, at, expected):
    assert state_of(add_callback(at)) == expected


@pytest.mark.parametrize(
    ("called", "expected"),
    [
        (timedelta(days=-1), "kept"),
        (timedelta(0), "kept"),
        (timedelta(hours=1), "kept"),
        (timedelta(hours=1, seconds=1), "late"),
        (timedelta(days=1), "late"),
    ],
)
def test_the_next_call_keeps_a_promise_up_to_an_hour_after_its_time(campaign, add_callback, called, expected):
    at = NOON - timedelta(days=2)
    made = add_callback(at)

    call(campaign, made.contact, started_at=at + called)

    assert state_of(made) == expected


def test_only_the_next_call_decides(campaign, add_callback):
    at = NOON - timedelta(days=2)
    made = add_callback(at)
    call(campaign, made.contact, started_at=at + timedelta(minutes=5))
    call(campaign, made.contact, started_at=at + timedelta(hours=9))

    assert state_of(made) == "kept"


def test_a_call_for_another_campaign_or_of_before_or_voided_settles_nothing(campaign, add_callback, manager, market):
    made = add_callback(NOON - timedelta(days=1))
    other = active_campaign(market=market)
    member_of(other, made.contact)
    call(other, made.contact, started_at=NOON - timedelta(hours=1))
    call(campaign, made.contact, started_at=NOON - timedelta(days=5))
    void(call=call(campaign, made.contact, started_at=NOON), by=manager, reason="Twice")

    assert state_of(made) == "missed"


def test_a_voided_promise_is_none(add_callback, manager):
    made = add_callback(NOON)

    void(call=made, by=manager, reason="Not this person")

    assert not with_state(made.workspace).exists()


def test_a_new_promise_takes_the_place_of_the_old_one(add_callback):
    first = add_callback(NOON - timedelta(days=2))
    second = add_callback(NOON + timedelta(days=1), contact=first.contact, started_at=NOON - timedelta(days=1))

    assert (state_of(first), state_of(second)) == ("late", "upcoming")


def test_of_two_calls_at_one_moment_the_one_recorded_later_settles(campaign, add_callback):
    made = add_callback(NOON)
    call(campaign, made.contact, started_at=made.started_at)

    assert state_of(made) == "kept"
