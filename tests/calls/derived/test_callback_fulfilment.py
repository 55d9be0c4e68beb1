"""When a promise was settled is kept with it, and is then what the calls that followed say."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calls import derived
from calls.derived.callback_fulfilment import callback_differences
from calls.log.services import amend, record, record_many, void, void_many
from calls.log.validation import NewCall
from calls.models import Call, Direction
from campaigns.dispositions import Disposition
from markets.imports.counts import rolled_back
from signals.contacts.merge import merge
from tests.factories import active_campaign, call, member, member_of, utc

MORNING = utc(2026, 3, 2, 9)
HOUR = timedelta(hours=1)
PEOPLE = 2


@pytest.fixture
def add_callback(campaign):
    """Promises to call a new person back at noon, by default in the morning."""

    def make(contact=None, *, started_at=MORNING, **fields):
        fields |= {"disposition": "callback_requested", "callback_at": MORNING + 3 * HOUR}
        return call(campaign, contact or member(campaign).contact, started_at=started_at, **fields)

    return make


def fulfilled_at_of(made):
    return Call.objects.get(pk=made.pk).fulfilled_at


def test_a_promise_is_settled_when_the_next_call_is_recorded(campaign, add_callback):
    made = add_callback()
    assert fulfilled_at_of(made) is None

    call(campaign, made.contact, started_at=MORNING + HOUR)
    call(campaign, made.contact, started_at=MORNING + 2 * HOUR)

    assert fulfilled_at_of(made) == MORNING + HOUR


def test_a_call_that_comes_late_settles_what_it_came_before(campaign, add_callback):
    made = add_callback()
    call(campaign, made.contact, started_at=MORNING + 5 * HOUR)

    call(campaign, made.contact, started_at=MORNING + HOUR)

    assert fulfilled_at_of(made) == MORNING + HOUR


def test_a_promise_that_comes_late_is_settled_by_the_call_that_is_there(campaign, add_callback):
    later = call(campaign, member(campaign).contact, started_at=MORNING + HOUR)

    assert fulfilled_at_of(add_callback(later.contact)) == MORNING + HOUR


def test_calls_of_one_log_settle_each_other(campaign):
    contact = member(campaign).contact
    callback = {"disposition": "callback_requested", "callback_at": MORNING + 9 * HOUR}
    first, second, third = record_many(
        campaign=campaign,
        new_calls=[
            NewCall(contact=contact, started_at=MORNING + number * HOUR, **fields)
            for number, fields in enumerate([callback, callback, {"disposition": "no_answer"}])
        ],
    )

    kept = dict(Call.objects.values_list("pk", "fulfilled_at"))
    assert (kept[first], kept[second], kept[third]) == (MORNING + HOUR, MORNING + 2 * HOUR, None)


def test_a_voided_call_settles_nothing_any_more_and_a_voided_promise_is_not_settled(campaign, add_callback, manager):
    made = add_callback()
    answer = call(campaign, made.contact, started_at=MORNING + HOUR)
    call(campaign, made.contact, started_at=MORNING + 2 * HOUR)

    void(call=answer, by=manager, reason="Twice")
    assert fulfilled_at_of(made) == MORNING + 2 * HOUR

    void(call=made, by=manager, reason="Twice")
    assert fulfilled_at_of(made) is None


def test_what_is_corrected_to_be_no_promise_is_settled_by_nothing(campaign, add_callback, manager):
    made = add_callback()
    call(campaign, made.contact, started_at=MORNING + HOUR)

    amend(call=made, by=manager, reason="Misheard", disposition="no_answer")
    assert fulfilled_at_of(made) is None

    amend(
        call=made,
        by=manager,
        reason="Heard again",
        disposition="callback_requested",
        callback_at=MORNING + 3 * HOUR,
    )
    assert fulfilled_at_of(made) == MORNING + HOUR


def test_a_call_that_is_corrected_to_have_been_earlier_settles_nothing(campaign, add_callback, manager):
    made = add_callback()
    answer = call(campaign, made.contact, started_at=MORNING + HOUR)

    amend(call=answer, by=manager, reason="The clock was wrong", started_at=MORNING - HOUR)

    assert fulfilled_at_of(made) is None


def test_whoever_is_merged_brings_the_calls_that_settle(campaign, add_callback, manager):
    made, other = add_callback(), member(campaign).contact
    call(campaign, other, started_at=MORNING + HOUR)

    merge(keep=made.contact, merged=other, by=manager)

    assert fulfilled_at_of(made) == MORNING + HOUR


def test_a_call_for_another_campaign_settles_nothing(campaign, add_callback, market):
    made, other = add_callback(), active_campaign(market=market)
    member_of(other, made.contact)

    call(other, made.contact, started_at=MORNING + HOUR)

    assert fulfilled_at_of(made) is None


def statements_of(campaign, contact, after=HOUR):
    """The SQL statements that record a call."""
    new = NewCall(contact=contact, disposition="no_answer", started_at=MORNING + after)
    with CaptureQueriesContext(connection) as queries:
        record(campaign=campaign, new=new)
    return [each["sql"] for each in queries]


def test_nobody_looks_for_promises_where_nothing_was_promised(campaign, add_callback):
    promised = add_callback().contact

    def fulfilments(*which):
        return sum('"fulfilled_at" =' in sql for sql in statements_of(campaign, *which))

    assert (fulfilments(member(campaign).contact), fulfilments(promised), fulfilments(promised, 2 * HOUR)) == (0, 1, 0)


def test_a_call_that_settles_a_promise_takes_one_more_statement_than_any_other(campaign, add_callback):
    promised = add_callback().contact

    assert len(statements_of(campaign, promised)) - 1 == len(statements_of(campaign, member(campaign).contact)) <= 10, (
        "with the savepoint's and the one that looks for webhooks"
    )


def test_what_is_kept_wrongly_is_found_and_put_right(campaign, add_callback):
    kept, never = add_callback(), add_callback()
    call(campaign, kept.contact, started_at=MORNING + HOUR)
    Call.objects.filter(pk=kept.pk).update(fulfilled_at=None)
    Call.objects.filter(pk=never.pk).update(fulfilled_at=MORNING)

    wrong = derived.check(campaign.workspace)
    assert [each.partition(":")[0] for each in wrong] == [f"call {kept.pk}", f"call {never.pk}"]

    derived.recount_all(campaign.workspace)
    assert derived.check(campaign.workspace) == []
    assert (fulfilled_at_of(kept), fulfilled_at_of(never)) == (MORNING + HOUR, None)


def test_the_database_settles_promises_alone(campaign):
    made = call(campaign, member(campaign).contact)

    with pytest.raises(IntegrityError, match="call_fulfilled_was_promised"), transaction.atomic():
        Call.objects.filter(pk=made.pk).update(fulfilled_at=MORNING)


step = st.one_of(
    st.tuples(
        st.just("bring"),
        st.lists(
            st.tuples(
                st.integers(0, PEOPLE - 1),
                st.integers(0, 6),
                st.sampled_from(["callback_requested", "callback_requested", "no_answer", "not_interested"]),
                st.sampled_from([Direction.OUTBOUND, Direction.INBOUND]),
            ),
            min_size=1,
            max_size=4,
        ),
    ),
    st.tuples(st.just("void"), st.integers(0, 20)),
    st.tuples(st.just("amend"), st.integers(0, 20)),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(step, min_size=1, max_size=6))
def test_whatever_is_brought_voided_and_corrected_each_promise_is_kept_as_it_came_out(db, manager, steps):
    with rolled_back():
        campaign = active_campaign(PEOPLE)
        people = [each.contact for each in campaign.members.order_by("pk").select_related("contact")]
        for what, which in steps:
            if what == "bring":
                record_many(campaign=campaign, new_calls=[new_call(people, *each) for each in which], historical=True)
            elif standing := list(campaign.calls.not_voided().order_by("pk").select_related("contact", "campaign")):
                chosen = standing[which % len(standing)]
                if what == "void":
                    void_many(campaign=campaign, calls=[chosen], by=manager, reason="Twice")
                else:
                    other = Disposition.NO_ANSWER if chosen.callback_at else Disposition.CALLBACK_REQUESTED
                    amend(
                        call=chosen,
                        by=manager,
                        reason="Misheard",
                        historical=True,
                        disposition=other,
                        callback_at=None if chosen.callback_at else chosen.started_at + HOUR,
                    )

            assert list(callback_differences(campaign.workspace)) == []
            assert dict(campaign.calls.values_list("pk", "fulfilled_at")) == recounted(campaign)


def new_call(people, person, minute, disposition, direction):
    started_at = MORNING + timedelta(minutes=minute)
    callback = {"callback_at": started_at + HOUR} if disposition == Disposition.CALLBACK_REQUESTED else {}
    return NewCall(
        contact=people[person], started_at=started_at, disposition=disposition, direction=direction, **callback
    )


def recounted(campaign):
    """By call when it was settled, found in plain Python."""
    calls = sorted(campaign.calls.all(), key=lambda each: (each.started_at, each.pk))
    found = dict.fromkeys([each.pk for each in calls])
    for place, each in enumerate(calls):
        if each.callback_at and not each.voided_at:
            later = (
                other.started_at
                for other in calls[place + 1 :]
                if other.contact_id == each.contact_id and other.disposition and not other.voided_at
            )
            found[each.pk] = next(later, None)
    return found
