"""The form of a campaign."""

from campaigns.forms import CampaignForm
from tests.factories import CampaignFactory, MarketFactory


def test_the_campaigns_to_follow_are_named_with_their_market(workspace, market):
    other = MarketFactory(workspace=workspace, practice_area="Tax", geography="Boston")
    for each in (market, other):
        CampaignFactory(market=each, name="Market validation")

    labels = [label for _, label in CampaignForm(workspace=workspace).fields["follows"].choices]

    assert labels[1:] == ["Market validation · M&A -- New York", "Market validation · Tax -- Boston"]
