"""A market as it was known on 31 March, seen on 20 April."""

import pytest

from tests.calls.metrics.as_of.figures import TALK, at_hour, contacts_of, travel_to
from tests.factories import MarketFactory, active_campaign, call, signal


@pytest.fixture(autouse=True)
def april_20():
    """Stops the clock at noon of 20 April in the workspace, unless a test moves it."""
    with travel_to(20, 12, 4):
        yield


@pytest.fixture
def market(workspace):
    with travel_to(1):
        return MarketFactory(workspace=workspace, practice_area="M&A", geography="New York")


@pytest.fixture
def spring(market):
    """A campaign with three members as it was on 31 March: two calls, of which one was a conversation."""
    with travel_to(2):
        campaign = active_campaign(3, market=market, days_ago=1, name="Spring")
    one, two, _ = contacts_of(campaign)
    with travel_to(10):
        call(campaign, one, started_at=at_hour(10, 11))
        signal(call(campaign, two, disposition=TALK, started_at=at_hour(10, 11)))
    return campaign
