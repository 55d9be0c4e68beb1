"""Requests that conflict, in threads with connections of their own. SQLite lets one writer in at a time anyway."""

import threading
import time

import pytest
from django.db import connection, connections
from django.utils.timezone import now

from calls.log.services import record
from calls.log.validation import CallRefused, NewCall
from calls.models import Call
from campaigns.lifecycle.transitions import StatusConflict, StatusHistory, change_status
from campaigns.models import Campaign, StatusChange
from signals.report.freeze import freeze_again
from tests.factories import active_campaign

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="a race needs a server with several writers"),
]
ROUNDS, CLIENTS = 10, 8


def at_once(*actions):
    """Starts all actions together and returns what each returned or raised."""
    barrier, results = threading.Barrier(len(actions)), [None] * len(actions)

    def run(place, action):
        try:
            barrier.wait()
            results[place] = action()
        except Exception as error:  # the test looks at what it was
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def step(campaign, to):
    return lambda: change_status(
        campaign=Campaign.objects.get(pk=campaign.pk), to=to, by=None, reason="Race", seen="active"
    )


def careless_step(campaign, to):
    """What change_status would be without its lock and its condition."""

    def take():
        found = Campaign.objects.get(pk=campaign.pk)
        assert found.status == "active"
        time.sleep(0.02)
        Campaign.objects.filter(pk=campaign.pk).update(status=to)
        return StatusChange.objects.create(
            workspace=found.workspace, campaign=found, from_status="active", to_status=to, reason="Race"
        )

    return take


def winners(make):
    """How many of the conflicting clients won, by round."""
    won = []
    for n in range(ROUNDS):
        campaign = active_campaign()
        results = at_once(*(make(campaign, ["paused", "completed"][(n + each) % 2]) for each in range(CLIENTS)))
        assert all(isinstance(each, StatusChange | StatusConflict | AssertionError) for each in results), results
        won.append(sum(isinstance(each, StatusChange) for each in results))
    return won


def test_of_conflicting_steps_exactly_one_wins():
    won = winners(step)

    assert won == [1] * ROUNDS
    print(f"{won.count(1)}/{ROUNDS} one winner of {CLIENTS}")


def test_without_the_guard_several_would_win():
    """The control: the same clients without lock and condition."""
    assert max(winners(careless_step)) > 1


def later(seconds, action):
    """Spreads the calls over the time that the pause takes, so that some come before and some after."""

    def wait():
        time.sleep(seconds)
        return action()

    return wait


def careful_call(campaign, contact):
    return lambda: record(campaign=campaign, new=NewCall(contact=contact, disposition="no_answer", started_at=now()))


def careless_call(campaign, contact):
    """What recording would be without looking again under the lock."""

    def make():
        assert Campaign.objects.get(pk=campaign.pk).status == "active"
        time.sleep(0.03)
        return Call.objects.create(
            workspace_id=campaign.workspace_id,
            campaign=campaign,
            contact=contact,
            disposition="no_answer",
            started_at=now(),
        )

    return make


def calls_outside_active(make):
    outside = made = 0
    for _ in range(ROUNDS):
        campaign = active_campaign()
        contact = campaign.members.get().contact
        pause = step(campaign, "paused")
        results = at_once(pause, *(later(0.01 * n, make(campaign, contact)) for n in range(CLIENTS)))
        assert all(isinstance(each, Call | StatusChange | CallRefused | AssertionError) for each in results), results
        history = StatusHistory.for_campaign(campaign)
        started = list(campaign.calls.values_list("started_at", flat=True))
        made += len(started)
        outside += sum(not history.was_active_at(each) for each in started)
    return outside, made


def test_no_call_that_races_with_a_pause_lies_outside_active():
    outside, made = calls_outside_active(careful_call)

    assert 0 < made < ROUNDS * CLIENTS, "all on one side of the pause: no race was run"
    assert outside == 0
    print(f"0 of {made} calls outside Active")


def test_without_looking_under_the_lock_some_would():
    """The control: the same calls, checked before and written after."""
    outside, _ = calls_outside_active(careless_call)

    assert outside > 0


def test_of_clients_that_complete_at_once_one_freezes_the_report():
    campaign = active_campaign()

    results = at_once(*[step(campaign, "completed")] * CLIENTS)

    assert sum(isinstance(each, StatusChange) for each in results) == 1
    assert [each.version for each in campaign.reports.all()] == [1]


def test_managers_who_freeze_at_once_get_versions_of_their_own():
    campaign = active_campaign()
    change_status(campaign=campaign, to="completed", by=None, reason="Done")

    results = at_once(*[lambda: freeze_again(campaign=Campaign.objects.get(pk=campaign.pk), by=None)] * CLIENTS)

    assert sorted(each.version for each in results) == list(range(2, CLIENTS + 2))
