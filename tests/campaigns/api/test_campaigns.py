"""Campaigns over the API have the numbers of the pages, for any period and as of any day."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from calls.metrics.definitions import totals
from calls.models import Call
from campaigns.models import Campaign
from config.ui.periods import Period
from tests.factories import active_campaign, call, member
from tests.markets.api.clients import api_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def warehouse(workspace):
    return api_client(workspace)


@pytest.fixture
def busy(market):
    """A call two months ago that was recorded then, and two of today."""
    campaign = active_campaign(2, market=market, name="Busy", days_ago=400)
    first, second = (each.contact for each in campaign.members.order_by("pk"))
    old = call(campaign, first, disposition="no_answer", started_at=now() - timedelta(days=60))
    Call.objects.filter(pk=old.pk).update(recorded_at=now() - timedelta(days=60))
    call(campaign, first, disposition="future_potential", started_at=now())
    call(campaign, second, disposition="no_answer", started_at=now())
    Campaign.objects.filter(pk=campaign.pk).update(created_at=now() - timedelta(days=400))
    return campaign


def metrics(warehouse, campaign, query=""):
    return warehouse.get(f"campaigns/{campaign.pk}?{query}").json()["metrics"]


def test_the_numbers_are_those_of_the_pages(warehouse, workspace, busy):
    today = workspace.today()
    for query, period in [
        ("", Period()),
        (f"from={today}&to={today}", Period(today, today)),
        (f"to={today - timedelta(days=30)}", Period(None, today - timedelta(days=30))),
    ]:
        expected = totals(workspace, workspace.campaigns.filter(pk=busy.pk), period)
        shown = metrics(warehouse, busy, query)

        assert shown == {name: pytest.approx(expected[name]) for name in shown}, query
    assert metrics(warehouse, busy)["calls_made"] == 3
    assert metrics(warehouse, busy, f"from={today}")["calls_made"] == 2


def test_the_numbers_as_of_a_day_are_what_was_known_then(warehouse, workspace, busy):
    day = workspace.today() - timedelta(days=30)

    assert metrics(warehouse, busy, f"as_of={day}")["calls_made"] == 1
    (listed,) = warehouse.get(f"campaigns?as_of={day}").json()["items"]
    assert listed["metrics"]["calls_made"] == 1


def test_campaigns_and_members_are_filtered_like_the_pages(warehouse, workspace, busy, market):
    active_campaign(market=market, name="Idle")

    def names(query):
        return [each["name"] for each in warehouse.get(f"campaigns?{query}").json()["items"]]

    assert names(f"market={market.pk}") == ["Busy", "Idle"]
    assert names("q=busy") == ["Busy"]
    assert names("status=completed") == []
    removed = member(busy, full_name="Gone")
    busy.members.filter(pk=removed.pk).update(removed_at=now(), removed_reason="Left")

    def members(query):
        return {each["full_name"] for each in warehouse.get(f"campaigns/{busy.pk}/members?{query}").json()["items"]}

    assert len(members("")) == len(members("state=called")) == 2
    assert len(members("state=reached")) == 1
    assert members("state=removed") == {"Gone"}


def test_an_audience_finds_its_people(warehouse, workspace, busy):
    rule = {"version": 1, "match": "all", "conditions": [{"kind": "search", "text": "Ann"}]}
    audience = workspace.audiences.create(name="Anns", rule=rule)
    ann = member(busy, full_name="Ann Lee").contact

    found = warehouse.get(f"audiences/{audience.pk}/contacts").json()["items"]

    assert [each["id"] for each in found] == [ann.pk]
    assert warehouse.get("audiences?q=ann").json()["items"][0]["rule"] == rule


def test_an_audience_that_names_what_is_gone_is_refused_with_a_sentence(warehouse, workspace):
    rule = {"version": 1, "match": "all", "conditions": [{"kind": "market", "markets": [2_000_000_000]}]}
    audience = workspace.audiences.create(name="Gone", rule=rule)

    answer = warehouse.get(f"audiences/{audience.pk}/contacts")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "audience"
