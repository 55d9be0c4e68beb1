"""Managers and workers who act on one proposal at the same moment."""

import pytest
from django.db import connection

from campaigns.living import decide, propose, propose_if_due
from campaigns.models import AudienceProposal, Campaign
from tests.campaigns.living.building import coverage, in_landscape
from tests.campaigns.test_races import at_once
from tests.factories import MarketFactory, UserFactory

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="a race needs a server with several writers"),
]


def ongoing():
    campaign = coverage(MarketFactory())
    return campaign, [in_landscape(campaign.market, seniority="Partner").pk for _ in range(3)]


def test_two_workers_make_one_proposal():
    campaign, _ = ongoing()

    results = at_once(*(lambda: propose_if_due(Campaign.objects.get(pk=campaign.pk)) for _ in range(4)))

    assert sum(isinstance(each, AudienceProposal) for each in results) == 1, results
    assert campaign.audience_proposals.get().changes.count() == 3


def test_each_person_is_decided_once():
    campaign, people = ongoing()
    propose(campaign)
    by = UserFactory()

    def take(accept):
        return lambda: decide(campaign=Campaign.objects.get(pk=campaign.pk), contacts=people, accept=accept, by=by)

    decided = at_once(take(True), take(False), take(True))

    assert sum(each.joined + each.refused for each in decided) == 3
    assert sorted(each.is_nothing for each in decided) == [False, True, True]
