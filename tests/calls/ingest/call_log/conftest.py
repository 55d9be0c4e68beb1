import pytest

from tests.factories import CampaignFactory, member


@pytest.fixture
def campaign(market):
    """A Draft, as whose history its calls are brought in."""
    campaign = CampaignFactory(market=market)
    member(campaign, external_id="A", email="ann@people.example", phone="212 555 0100", full_name="Ann")
    return campaign
