"""A campaign for imports that are undone."""

import pytest

from tests.factories import active_campaign


@pytest.fixture
def campaign(market):
    """Active, with one person who was not imported."""
    return active_campaign(market=market, name="Spring")
