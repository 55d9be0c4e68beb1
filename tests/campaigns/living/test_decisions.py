"""What a manager decides about the proposals of a living audience."""

import pytest

from campaigns.audience import RuleInvalid
from campaigns.lifecycle.transitions import change_status
from campaigns.living import decide, open_changes, propose
from campaigns.membership import CampaignClosed, enroll
from campaigns.models import ProposedChange
from markets.models import AuditEvent, Contact
from tests.campaigns.living.building import PARTNERS, associate, coverage, in_landscape
from tests.factories import SuppressionFactory


@pytest.fixture
def ongoing(market):
    return coverage(market)


@pytest.fixture
def ann(ongoing):
    return in_landscape(ongoing.market, seniority="Partner", full_name="Ann")


@pytest.fixture
def bob(ongoing):
    return associate(ongoing, full_name="Bob")


def members(campaign):
    return {member.contact for member in campaign.members.current()}


def test_who_is_accepted_joins_and_leaves(ongoing, ann, bob, manager):
    propose(ongoing)

    decided = decide(campaign=ongoing, contacts=[ann.pk, bob.pk], accept=True, by=manager)

    assert (decided.joined, decided.left, decided.skipped) == (1, 1, [])
    assert ann in members(ongoing)
    assert bob not in members(ongoing)
    assert ongoing.members.get(contact=ann).added_reason == "Seniority is Partner"
    assert ongoing.members.get(contact=bob).removed_reason == "Seniority is not “Partner”"
    assert set(ProposedChange.objects.values_list("decision", "decided_by")) == {("accepted", manager.pk)}
    assert AuditEvent.objects.filter(action="audience_decided", subject_id=ongoing.pk).count() == 1


def test_only_the_chosen_are_decided(ongoing, ann, bob, manager):
    propose(ongoing)

    decided = decide(campaign=ongoing, contacts=[bob.pk], accept=False, by=manager)

    assert decided.refused == 1
    assert bob in members(ongoing)
    assert [each.contact for each in open_changes(ongoing.workspace)] == [ann]


def test_who_may_not_be_called_any_more_is_skipped_and_named(ongoing, ann, manager):
    cat = in_landscape(ongoing.market, seniority="Partner", full_name="Cat")
    dan = in_landscape(ongoing.market, seniority="Partner", full_name="Dan")
    eva = in_landscape(ongoing.market, seniority="Partner", full_name="Eva")
    propose(ongoing)
    SuppressionFactory(workspace=ongoing.workspace, contact=ann)
    ongoing.workspace.off_limits.create(contact=cat, reason="A client")
    Contact.objects.filter(pk=dan.pk).update(seniority="Associate")
    enroll(campaign=ongoing, contacts=[eva.pk], by=None)

    decided = decide(campaign=ongoing, contacts=[each.pk for each in (ann, cat, dan, eva)], accept=True, by=manager)

    assert decided.joined == 0
    assert decided.skipped == [
        ("Ann", "is on the do-not-call list now"),
        ("Cat", "is off-limits now"),
        ("Dan", "does not match any more"),
        ("Eva", "is in the campaign already"),
    ]
    assert not open_changes(ongoing.workspace).exists()
    assert ongoing.members.get(contact=eva).added_reason == ""


def test_who_matches_again_stays(ongoing, bob, manager):
    propose(ongoing)
    Contact.objects.filter(pk=bob.pk).update(seniority="Partner")

    decided = decide(campaign=ongoing, contacts=[bob.pk], accept=True, by=manager)

    assert decided.skipped == [("Bob", "matches again")]
    assert bob in members(ongoing)


def test_a_second_decision_finds_nothing_left(ongoing, ann, manager):
    propose(ongoing)
    decide(campaign=ongoing, contacts=[ann.pk], accept=True, by=manager)

    assert decide(campaign=ongoing, contacts=[ann.pk], accept=False, by=manager).is_nothing
    assert ann in members(ongoing)


def test_nobody_joins_a_completed_campaign(ongoing, ann, manager):
    propose(ongoing)
    change_status(campaign=ongoing, to="completed", by=None, reason="Done")

    with pytest.raises(CampaignClosed):
        decide(campaign=ongoing, contacts=[ann.pk], accept=True, by=manager)


def test_a_rule_that_does_not_work_any_more_lets_nobody_in(ongoing, ann, manager):
    propose(ongoing)
    ongoing.rule = PARTNERS | {"conditions": [{"kind": "custom", "field": "tier", "op": "is", "value": "A"}]}
    ongoing.save()

    with pytest.raises(RuleInvalid):
        decide(campaign=ongoing, contacts=[ann.pk], accept=True, by=manager)
    assert ann not in members(ongoing)
    assert open_changes(ongoing.workspace).count() == 1
