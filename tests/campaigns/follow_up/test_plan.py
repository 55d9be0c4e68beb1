"""Who of earlier campaigns fits a follow-up, and why the others are left out."""

from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.audience import Rule, RuleInvalid
from campaigns.follow_up import FollowUpPlan, LeftOut
from campaigns.membership import remove
from tests.campaigns.follow_up.building import Person, source
from tests.factories import MarketFactory, active_campaign, call, member_of, signal

ONE_EACH = {
    LeftOut.DO_NOT_CALL: Person(do_not_call=True),
    LeftOut.OFF_LIMITS: Person(off_limits=True),
    LeftOut.NUMBER: Person(number=True),
    LeftOut.RUNNING: Person(running=True),
    LeftOut.CALLED: Person(called=True),
    LeftOut.INTEREST: Person(interested=False),
}


def plan_of(*sources, **options):
    return FollowUpPlan(workspace=sources[0].workspace, sources=sources, **options)


def people_of(workspace, rule):
    return set(Rule.parse(rule, workspace).people(workspace))


def test_each_person_is_left_out_for_their_reason_or_fits(market):
    campaign, contacts = source(market, *ONE_EACH.values(), Person())

    counts = plan_of(campaign).counts()

    assert counts.fit == 1
    assert counts.left_out == dict.fromkeys(LeftOut, 1)
    assert counts.total == len(contacts)


def test_the_first_reason_counts(market):
    campaign, _ = source(market, Person(*[True] * 5, interested=False), Person(running=True, called=True))

    left_out = plan_of(campaign).counts().left_out

    assert {reason: n for reason, n in left_out.items() if n} == {LeftOut.DO_NOT_CALL: 1, LeftOut.RUNNING: 1}


def test_each_count_is_the_length_of_its_list(market):
    campaign, contacts = source(market, *ONE_EACH.values(), Person())
    plan = plan_of(campaign)

    listed = {reason: people_of(market.workspace, plan.left_out_by(reason)) for reason in LeftOut}

    assert listed == {reason: {contact} for reason, contact in zip(LeftOut, contacts, strict=False)}
    assert people_of(market.workspace, plan.fitting) == set(plan.people()) == {contacts[-1]}
    assert people_of(market.workspace, plan.everybody) == set(contacts)


def test_a_reason_that_is_switched_off_leaves_nobody_out(market):
    campaign, contacts = source(market, *ONE_EACH.values())

    plan = plan_of(campaign, ignored={LeftOut.CALLED, LeftOut.INTEREST})

    assert plan.counts().fit == 2
    assert plan.counts().left_out.keys().isdisjoint({LeftOut.CALLED, LeftOut.INTEREST})
    assert set(plan.people()) == set(contacts[-2:])


def test_nobody_is_ever_included_who_must_not_be_called(market):
    campaign, _ = source(market, Person(do_not_call=True), Person(off_limits=True))

    plan = plan_of(campaign, ignored=set(LeftOut))

    assert plan.counts().fit == 0
    assert plan.counts().left_out == {LeftOut.DO_NOT_CALL: 1, LeftOut.OFF_LIMITS: 1}


def test_a_signal_shows_interest_too(market):
    campaign, contacts = source(market, Person(), by_signal=True)
    plan = plan_of(campaign)

    assert plan.counts().fit == 1
    assert plan.why([contacts[0].pk])[contacts[0].pk].startswith("Movement State Exploring")


def test_all_that_shows_interest_is_said(market):
    campaign, (ann,) = source(market, Person())
    signal(campaign.calls.get(), value="Active")

    outcome, said = plan_of(campaign).why([ann.pk])[ann.pk].split("; ")

    assert outcome.startswith("Future Potential on ")
    assert said.startswith("Movement State Active on ")


def test_the_days_since_the_last_call_can_be_chosen(market):
    campaign, _ = source(market, Person(called=True))

    assert plan_of(campaign, days=2).counts().fit == 1
    assert plan_of(campaign, days=3).counts().fit == 0


def test_the_people_of_a_source_that_still_runs_are_in_a_running_campaign(market):
    campaign = active_campaign(2, market=market)
    call(campaign, disposition="future_potential")

    assert plan_of(campaign).counts().left_out[LeftOut.RUNNING] == 2


def test_another_choice_replaces_interest(market):
    campaign, contacts = source(market, Person(), Person(interested=False))
    refused = {"kind": "outcome", "when": "last", "outcomes": ["not_interested"], "campaigns": [campaign.pk]}

    for wanted in (refused, {"match": "any", "conditions": [refused]}, {"match": "all", "conditions": [refused]}):
        plan = plan_of(campaign, wanted=wanted)
        assert set(plan.people()) == {contacts[1]}
        assert people_of(market.workspace, plan.left_out_by(LeftOut.INTEREST)) == {contacts[0]}
        assert plan.why([contacts[1].pk])[contacts[1].pk].startswith("Not Interested on ")
    everybody = plan_of(campaign, wanted={"match": "all", "conditions": []})
    assert everybody.counts().fit == 2
    assert everybody.why([contacts[1].pk]) == {contacts[1].pk: "From Market validation"}


def test_none_of_some_conditions_can_be_wanted(market):
    campaign, contacts = source(market, Person(), Person(interested=False))
    refused = {"kind": "outcome", "when": "ever", "outcomes": ["not_interested"]}

    plan = plan_of(campaign, wanted={"match": "none", "conditions": [refused, {"kind": "suppressed"}]})

    assert set(plan.people()) == {contacts[0]}
    assert people_of(market.workspace, plan.left_out_by(LeftOut.INTEREST)) == {contacts[1]}


def test_a_choice_that_does_not_work_any_more_is_refused(market):
    campaign, _ = source(market, Person())

    with pytest.raises(RuleInvalid, match="tier"):
        plan_of(campaign, wanted={"kind": "custom", "field": "tier", "op": "is", "value": "A"}).counts()


def test_members_who_were_removed_are_none_of_the_people(market):
    campaign = active_campaign(2, market=market)
    gone = campaign.members.first().contact
    remove(campaign=campaign, contacts=[gone.pk], by=None, reason="Moved away")

    assert plan_of(campaign).counts().total == 1


@contextmanager
def rolled_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


person = st.builds(Person, *[st.booleans()] * 6)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.lists(person, min_size=1, max_size=6),
    second=st.lists(person, max_size=4),
    shared=st.integers(0, 3),
    ignored=st.sets(st.sampled_from(list(LeftOut))),
)
def test_the_counts_add_up_to_the_people_of_the_sources(db, first, second, shared, ignored):
    """Compared with plain Python over what was generated. Some people are in both sources."""
    with rolled_back():
        market = MarketFactory()
        one, people = source(market, *first, name="One", by_signal=bool(shared % 2))
        other, more = source(market, *second, name="Other")
        situation = dict(zip(people + more, first + second, strict=True))
        other_is_open = type(other).objects.filter(pk=other.pk)
        other_is_open.update(status="active")
        for contact in people[:shared]:
            member_of(other, contact)
        other_is_open.update(status="completed")
        never = {LeftOut.DO_NOT_CALL, LeftOut.OFF_LIMITS}
        expected = {contact: each.left_out(ignored - never) for contact, each in situation.items()}

        plan = plan_of(one, other, ignored=ignored)
        counts = plan.counts()

        assert counts.total == len(situation)
        assert counts.fit == sum(reason == "" for reason in expected.values())
        assert set(plan.people()) == {contact for contact, reason in expected.items() if reason == ""}
        for reason in plan.reasons:
            left_out = {contact for contact, each in expected.items() if each == reason}
            assert people_of(market.workspace, plan.left_out_by(reason)) == left_out
            assert counts.left_out[reason] == len(left_out)
