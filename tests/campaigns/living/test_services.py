"""Turning the living audience of a campaign on and off."""

import pytest

from campaigns.audience import RuleInvalid
from campaigns.lifecycle.transitions import change_status, delete_draft
from campaigns.living import CannotLive, open_changes, propose, set_living
from campaigns.living.services import version_of
from markets.models import AuditEvent
from tests.campaigns.living.building import PARTNERS, coverage, in_landscape
from tests.factories import CampaignFactory, active_campaign

BROKEN = PARTNERS | {"conditions": [{"kind": "custom", "field": "tier", "op": "is", "value": "A"}]}


@pytest.fixture
def ongoing(market):
    return coverage(market)


def test_turning_it_off_keeps_the_people_and_the_rule_and_drops_the_proposal(ongoing, manager):
    in_landscape(ongoing.market, seniority="Partner")
    propose(ongoing)

    set_living(campaign=ongoing, rule=None, by=manager)

    ongoing.refresh_from_db()
    assert (ongoing.is_living, ongoing.rule, ongoing.members.count()) == (False, PARTNERS, 1)
    assert not open_changes(ongoing.workspace).exists()
    summaries = AuditEvent.objects.filter(action="living_audience_changed").values_list("summary", flat=True)
    assert list(summaries) == [
        "The living audience was turned off.",
        "The living audience was turned on.",
    ]


def test_only_ongoing_coverage_has_one(market, manager):
    campaign = active_campaign(market=market, kind="validation")

    with pytest.raises(CannotLive, match="Only ongoing coverage"):
        set_living(campaign=campaign, rule=PARTNERS, by=manager)


def test_a_completed_campaign_keeps_its_people(ongoing, manager):
    change_status(campaign=ongoing, to="completed", by=None, reason="Done")

    with pytest.raises(CannotLive, match="Completed"):
        set_living(campaign=ongoing, rule=PARTNERS, by=manager)


def test_a_rule_that_does_not_work_is_refused(ongoing, manager):
    with pytest.raises(RuleInvalid):
        set_living(campaign=ongoing, rule=BROKEN, by=manager)

    ongoing.refresh_from_db()
    assert ongoing.rule == PARTNERS


def test_nobody_overwrites_what_they_have_not_seen(ongoing, manager):
    seen = version_of(ongoing)
    set_living(campaign=ongoing, rule=PARTNERS | {"match": "any"}, by=manager, seen=seen)

    with pytest.raises(CannotLive, match="Someone else"):
        set_living(campaign=ongoing, rule=None, by=manager, seen=seen)


def test_a_draft_is_set_up_and_can_still_be_deleted(market, manager):
    draft = CampaignFactory(market=market, kind="coverage")
    set_living(campaign=draft, rule=PARTNERS, by=manager)
    in_landscape(market, seniority="Partner")

    assert propose(draft) is None
    delete_draft(campaign=draft)
