"""Calls, meetings and callbacks over the API are those of the pages."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from calls.log.services import void
from tests.factories import booked, call
from tests.markets.api.clients import api_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def warehouse(workspace):
    return api_client(workspace)


def ids(warehouse, path, name="id"):
    return [each[name] for each in warehouse.get(path).json()["items"]]


def test_calls_are_filtered_like_the_page(warehouse, campaign, manager):
    made = call(campaign, disposition="future_potential", caller=manager)
    gone = call(campaign, disposition="no_answer")
    void(call=gone, by=manager, reason="Mistake")

    assert ids(warehouse, "calls") == [made.pk, gone.pk]
    assert ids(warehouse, "calls?counted=true") == ids(warehouse, "calls?conversation=true") == [made.pk]
    assert ids(warehouse, "calls?state=voided") == [gone.pk]
    shown = warehouse.get(f"calls/{made.pk}").json()
    assert (shown["caller"], shown["disposition"]) == (manager.email, "future_potential")
    assert warehouse.get(f"calls/{gone.pk}").json()["voided_at"]


def test_only_newly_recorded_calls_are_fetched(warehouse, campaign):
    first = call(campaign)
    since = first.recorded_at.isoformat().replace("+", "%2B")
    second = call(campaign)

    assert ids(warehouse, f"calls?since={since}") == [second.pk]


def test_meetings_and_callbacks_have_their_state(warehouse, campaign):
    meeting = booked(campaign, at=timedelta(days=2))
    promised = call(campaign, disposition="callback_requested", callback_at=now() + timedelta(days=3))

    assert ids(warehouse, "meetings?status=scheduled") == [meeting.pk]
    assert ids(warehouse, "meetings?status=held") == []
    (callback,) = warehouse.get("callbacks?state=upcoming").json()["items"]
    assert (callback["call"], callback["state"]) == (promised.pk, "upcoming")
    assert ids(warehouse, "callbacks?state=kept", "call") == []
