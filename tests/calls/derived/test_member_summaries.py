"""A member's summary is carried on over new calls, and is then what a count of all their calls would find."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils.timezone import now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calls.derived import member_summaries as summaries
from calls.derived.member_summaries import member_differences
from calls.log.services import record_many, void
from calls.log.validation import NewCall
from calls.models import Direction
from campaigns.dispositions import Disposition
from markets.imports.counts import rolled_back
from tests.factories import active_campaign, call, utc

MORNING = utc(2026, 3, 2, 9)
PEOPLE = 3

reported = st.tuples(
    st.integers(0, PEOPLE - 1),
    st.integers(0, 6),
    st.sampled_from(Disposition),
    st.sampled_from([Direction.OUTBOUND, Direction.OUTBOUND, Direction.INBOUND]),
)


def new_call(people, person, minute, disposition, direction):
    started_at = MORNING + timedelta(minutes=minute)
    promised = started_at + timedelta(days=1) if disposition == Disposition.CALLBACK_REQUESTED else None
    return NewCall(
        contact=people[person],
        started_at=started_at,
        disposition=disposition,
        direction=direction,
        callback_at=promised,
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(reported, min_size=1, max_size=5), min_size=1, max_size=4))
def test_calls_in_any_order_leave_what_a_count_of_all_finds(db, batches):
    with rolled_back():
        campaign = active_campaign(PEOPLE)
        people = [each.contact for each in campaign.members.order_by("pk").select_related("contact")]
        for batch in batches:
            record_many(campaign=campaign, new_calls=[new_call(people, *each) for each in batch], historical=True)

            assert list(member_differences(campaign.workspace)) == []


def test_whoever_had_no_later_call_is_not_counted_again(db, monkeypatch):
    campaign = active_campaign(2)
    first, second = (each.contact for each in campaign.members.order_by("pk").select_related("contact"))
    counted = []
    recount = summaries.refresh_members
    monkeypatch.setattr(summaries, "refresh_members", lambda **which: counted.append(which) or recount(**which))

    def record_at(*minutes):
        made = [new_call([first, second], n, minute, "no_answer", "outbound") for n, minute in enumerate(minutes)]
        record_many(campaign=campaign, new_calls=made, historical=True)

    record_at(5, 5)
    record_at(6, 6)
    assert counted == []

    record_at(7, 1)
    assert [which["contacts"] for which in counted] == [{second.pk}]


def test_a_member_says_since_when_they_are_called_and_spoken_with(db, manager):
    campaign = active_campaign(1)
    added_at = campaign.members.get().reached_changed_at

    def since_after(hour, change, *values, **named):
        with time_machine.travel(added_at + timedelta(hours=hour), tick=False):
            change(*values, **named)
        member = campaign.members.get()
        return [
            (moment - added_at) / timedelta(hours=1) for moment in (member.called_changed_at, member.reached_changed_at)
        ]

    assert since_after(1, call, campaign) == [1, 0]
    assert since_after(2, call, campaign) == [1, 0]
    assert since_after(3, call, campaign, disposition="future_potential") == [1, 3]
    talk = campaign.calls.get(disposition="future_potential")
    assert since_after(4, void, call=talk, by=manager, reason="Twice in the log") == [1, 4]


def test_a_member_keeps_when_the_first_of_their_calls_was_recorded_though_it_was_voided(db, manager):
    campaign = active_campaign(1)
    first = call(campaign)
    with time_machine.travel(first.recorded_at + timedelta(hours=1), tick=False):
        void(call=first, by=manager, reason="Twice in the log")
        call(campaign)

    assert campaign.members.get().first_recorded_at == first.recorded_at
    assert list(member_differences(campaign.workspace)) == []


def test_a_member_keeps_the_first_attempt_until_it_is_voided(db, manager):
    campaign = active_campaign(1)
    call(campaign, direction="inbound", started_at=now() - timedelta(days=4))
    first, second = (call(campaign, started_at=now() - timedelta(days=days)) for days in (3, 2))
    assert campaign.members.get().first_attempt_at == first.started_at

    void(call=first, by=manager, reason="Twice in the log")

    assert campaign.members.get().first_attempt_at == second.started_at
    assert list(member_differences(campaign.workspace)) == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no other way to join")
def test_a_check_does_not_compare_each_member_with_every_other(db):
    """As PostgreSQL would plan it before it has looked at what was just filled."""
    campaign, plans = active_campaign(2), []

    def explained(execute, sql, parameters, many, context):
        if sql.startswith("SELECT stored.id"):
            with connection.connection.cursor() as cursor:
                plans.append(str(cursor.execute(f"EXPLAIN {sql}", parameters).fetchall()))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(explained):
        assert list(member_differences(campaign.workspace)) == []

    assert len(plans) == 1
    assert "Join" in plans[0]
    assert "Nested Loop" not in plans[0]
