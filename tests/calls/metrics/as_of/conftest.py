"""A market as it was known on 31 March, seen on 20 April."""

import pytest

from tests.calls.metrics.as_of.figures import TALK, at, on, people
from tests.factories import MarketFactory, active_campaign, call, signal


@pytest.fixture(autouse=True)
def later():
    """It is noon of 20 April in the workspace, where nothing else is said."""
    with on(20, 12, 4):
        yield


@pytest.fixture
def market(workspace):
    with on(1):
        return MarketFactory(workspace=workspace, practice_area="M&A", geography="New York")


@pytest.fixture
def known(market):
    """What a market with a campaign of three people was on 31 March: two calls, of which one was a conversation."""
    with on(2):
        campaign = active_campaign(3, market=market, days_ago=1, name="Spring")
    one, two, _ = people(campaign)
    with on(10):
        call(campaign, one, started_at=at(10, 11))
        signal(call(campaign, two, disposition=TALK, started_at=at(10, 11)))
    return campaign
