"""What living audiences propose every night."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from campaigns.audience import RuleInvalid
from campaigns.lifecycle.transitions import change_status
from campaigns.living import decide, due_campaigns, open_changes, propose, propose_if_due, set_living, waiting_in
from campaigns.membership import remove
from campaigns.models import AudienceProposal, ProposedChange
from markets.models import Contact
from tests.campaigns.living.building import PARTNERS, associate, coverage, in_landscape
from tests.factories import ContactFactory, SuppressionFactory, call

SAID_NO = {"kind": "outcome", "when": "last", "outcomes": ["not_interested"]}
CITY = {"kind": "city", "op": "is", "values": ["Boston"]}


@pytest.fixture
def ongoing(market):
    return coverage(market)


def proposed(campaign):
    return {(each.contact, each.change): each.reason for each in open_changes(campaign.workspace)}


def test_those_of_the_landscape_who_match_are_to_join_with_the_reason(ongoing):
    ann = in_landscape(ongoing.market, seniority="Partner")
    in_landscape(ongoing.market, seniority="Associate")
    ContactFactory(workspace=ongoing.workspace, seniority="Partner")  # in no landscape

    propose(ongoing)

    assert proposed(ongoing) == {(ann, "join"): "Seniority is Partner"}
    assert ongoing.members.count() == 1, "nobody joins by itself"


def test_members_who_do_not_match_any_more_are_to_leave_with_the_reason(ongoing):
    bob = associate(ongoing)

    propose(ongoing)

    assert proposed(ongoing) == {(bob, "leave"): "Seniority is not “Partner”"}
    assert ongoing.members.current().count() == 2


def test_nobody_is_to_join_who_must_not_be_called(ongoing):
    suppressed, off_limits = (in_landscape(ongoing.market, seniority="Partner") for _ in range(2))
    SuppressionFactory(workspace=ongoing.workspace, contact=suppressed)
    ongoing.workspace.off_limits.create(contact=off_limits, reason="A client")

    propose(ongoing)

    assert proposed(ongoing) == {}


@pytest.mark.parametrize(
    "condition",
    [
        {"kind": "member", "of": "running", "negated": True},
        {"kind": "last_call", "op": "not_within_days", "days": 14},
        {"kind": "number"},
    ],
    ids=lambda each: each["kind"],
)
def test_being_called_is_no_reason_to_leave(market, condition):
    """Conditions of who may be called now decide who joins. In a follow-up's rule they would empty the campaign."""
    nested = {"match": "any", "conditions": [condition]}
    ongoing = coverage(market, rule=PARTNERS | {"conditions": [*PARTNERS["conditions"], condition, nested]})
    call(ongoing)
    Contact.objects.update(phone_e164="", phone="")

    propose(ongoing)

    assert proposed(ongoing) == {}


def test_a_rule_of_such_conditions_alone_proposes_nobody_to_leave(market):
    rule = PARTNERS | {"conditions": [{"kind": "last_call", "op": "never"}]}
    ongoing = coverage(market, rule=rule)
    call(ongoing)
    ann = in_landscape(market)

    propose(ongoing)

    assert list(proposed(ongoing)) == [(ann, "join")]


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (PARTNERS | {"match": "none"}, "Seniority is Partner"),
        (PARTNERS | {"conditions": [{**SAID_NO, "negated": True}]}, "Not Interested on "),
        (PARTNERS | {"conditions": [{"match": "any", "conditions": [CITY]}]}, "City is not “Boston”"),
    ],
)
def test_the_reason_to_leave_is_what_is_so(market, rule, reason):
    ongoing = coverage(market, rule=rule)
    call(ongoing, disposition="not_interested")

    propose(ongoing)

    (said,) = proposed(ongoing).values()
    assert said.startswith(reason)


def test_a_newer_proposal_replaces_what_is_left_of_the_last(ongoing, manager):
    ann, bob = (in_landscape(ongoing.market, seniority="Partner") for _ in range(2))
    first = propose(ongoing)
    decide(campaign=ongoing, contacts=[ann.pk], accept=False, by=manager)
    Contact.objects.filter(pk=bob.pk).update(seniority="Associate")
    cat = in_landscape(ongoing.market, seniority="Partner")

    second = propose(ongoing)

    first.refresh_from_db()
    assert first.superseded_at
    assert [each.contact for each in first.changes.all()] == [ann], "decisions stay"
    assert [each.contact for each in second.changes.all()] == [cat]


def test_a_proposal_without_decisions_leaves_no_rows(ongoing):
    in_landscape(ongoing.market, seniority="Partner")
    propose(ongoing)
    propose(ongoing)

    assert AudienceProposal.objects.count() == ProposedChange.objects.count() == 1


def test_who_was_refused_is_not_proposed_again_while_nothing_changes(ongoing, manager):
    ann = in_landscape(ongoing.market, seniority="Partner")
    propose(ongoing)
    decide(campaign=ongoing, contacts=[ann.pk], accept=False, by=manager)
    propose(ongoing)
    assert proposed(ongoing) == {}

    in_new_york = {"kind": "city", "op": "is", "values": ["New York"]}
    Contact.objects.filter(pk=ann.pk).update(city="New York")
    set_living(campaign=ongoing, rule=PARTNERS | {"conditions": [*PARTNERS["conditions"], in_new_york]}, by=manager)
    propose(ongoing)

    assert [key[0] for key in proposed(ongoing) if key[1] == "join"] == [ann], "the reason is another"


def test_a_day_of_the_workspace_has_one_proposal(ongoing, django_assert_num_queries):
    assert due_campaigns() == due_campaigns(ongoing.workspace) == [ongoing]
    first = propose_if_due(ongoing)

    assert due_campaigns() == []
    assert propose_if_due(ongoing) is None
    AudienceProposal.objects.update(made_at=now() - timedelta(days=1))
    assert due_campaigns() == [ongoing]
    assert propose_if_due(ongoing) != first


def test_drafts_and_completed_campaigns_propose_nobody(ongoing):
    in_landscape(ongoing.market, seniority="Partner")
    propose(ongoing)
    change_status(campaign=ongoing, to="completed", by=None, reason="Done")

    assert proposed(ongoing) == {}
    assert due_campaigns() == []
    assert propose(ongoing) is None


def test_a_rule_that_does_not_work_any_more_changes_nothing(ongoing):
    ann = in_landscape(ongoing.market, seniority="Partner")
    propose(ongoing)
    ongoing.rule = PARTNERS | {"conditions": [{"kind": "custom", "field": "tier", "op": "is", "value": "A"}]}
    ongoing.save()

    with pytest.raises(RuleInvalid, match="tier"):
        propose(ongoing)
    assert list(proposed(ongoing)) == [(ann, "join")]


def test_those_who_wait_are_counted_by_campaign(ongoing):
    for _ in range(2):
        in_landscape(ongoing.market, seniority="Partner")
    associate(ongoing)
    propose(ongoing)

    (waiting,) = waiting_in(ongoing.workspace)

    assert (waiting.campaign_id, waiting.join, waiting.leave) == (ongoing.pk, 2, 1)
    assert waiting_in(ongoing.workspace, ongoing) == [waiting]


def test_a_member_who_was_removed_is_proposed_until_refused(ongoing, manager):
    partner = ongoing.members.get().contact
    remove(campaign=ongoing, contacts=[partner.pk], by=None, reason="Moved away")
    propose(ongoing)
    assert list(proposed(ongoing)) == [(partner, "join")]

    decide(campaign=ongoing, contacts=[partner.pk], accept=False, by=manager)
    propose(ongoing)

    assert proposed(ongoing) == {}
