"""Signals over the API are those of the page."""

import pytest

from tests.factories import call, signal
from tests.markets.api.clients import api_client

pytestmark = pytest.mark.django_db


def test_signals_are_filtered_like_the_page(workspace, campaign):
    contact = campaign.members.first().contact
    older = signal(call(campaign, contact, disposition="future_potential"), value="Not Moving")
    newer = signal(call(campaign, contact, disposition="future_potential"), value="Active")
    client = api_client(workspace)

    def ids(query):
        return [each["id"] for each in client.get(f"signals?{query}").json()["items"]]

    assert ids("") == [older.pk, newer.pk]
    assert ids("current=true") == ids("value=Active") == [newer.pk]
    assert ids("type=timing_window") == []
