"""Up to five campaigns side by side; every number opens its rows."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from calls.log.services import void
from campaigns.dispositions import Disposition
from tests.factories import CampaignFactory, MarketFactory, WorkspaceFactory, active_campaign, call, member, signal
from tests.reading import lengths_of_lists, metric, numbers

URL = reverse("campaigns:compare", args=["acme"])


def url_of(*campaigns, **query):
    return f"{URL}?" + "&".join(
        [f"campaign={campaign.pk}" for campaign in campaigns] + [f"{name}={value}" for name, value in query.items()]
    )


def worked(market, name, *, people=4, days_ago=30):
    """A campaign whose people were called on different days, some twice."""
    campaign = active_campaign(
        people, market=market, name=name, starts_on=market.workspace.today() - timedelta(days=40)
    )
    for place, each in enumerate(campaign.members.order_by("pk").select_related("contact")):
        moment = now() - timedelta(days=days_ago - 7 * place)
        call(campaign, each.contact, started_at=moment)
        made = call(
            campaign,
            each.contact,
            started_at=moment + timedelta(days=1),
            disposition=[Disposition.FUTURE_POTENTIAL, Disposition.NO_ANSWER, Disposition.NOT_INTERESTED][place % 3],
        )
        if place % 3 != 1:
            signal(made)
    member(campaign, full_name="Not called")
    return campaign


@pytest.fixture
def two(market):
    return worked(market, "Spring"), worked(market, "Autumn", people=3, days_ago=20)


def mismatches(client, url):
    """The numbers that are not the length of the list that they open, and how many were looked at."""
    rows = lengths_of_lists(client)
    found = [each for each in numbers(client.get(url)) if each[3] and each[1] not in ("connection_rate", "coverage")]
    return [each for each in found if each[2] != rows(each[3])], len(found)


@pytest.mark.parametrize("query", [{}, {"period": "30d"}], ids=str)
def test_every_number_is_the_length_of_the_list_that_it_opens(as_viewer, two, query):
    wrong, looked_at = mismatches(as_viewer, url_of(*two, **query))

    assert wrong == []
    assert looked_at > 50


def test_and_as_of_a_past_day(as_viewer, market):
    with time_machine.travel(now() - timedelta(days=12)):
        two = worked(market, "Spring"), worked(market, "Autumn", people=3, days_ago=20)
    day = market.workspace.today() - timedelta(days=10)
    then = numbers(as_viewer.get(url_of(*two, as_of=day.isoformat())))
    for campaign in two:
        void(call=campaign.calls.order_by("started_at").first(), by=None, reason="Twice")
        call(campaign)

    wrong, looked_at = mismatches(as_viewer, url_of(*two, as_of=day.isoformat()))

    assert wrong == []
    assert looked_at > 50
    assert numbers(as_viewer.get(url_of(*two, as_of=day.isoformat()))) == then


def test_the_metrics_are_those_of_the_campaigns_own_pages(as_viewer, two):
    page = as_viewer.get(url_of(*two, period="all"))

    for campaign in two:
        own = as_viewer.get(reverse("campaigns:detail", args=["acme", campaign.pk]))
        for name in (
            "contact_count",
            "calls_made",
            "connection_rate",
            "meetings_booked",
            "signals_captured",
            "coverage",
        ):
            assert metric(page, name, f"campaign:{campaign.pk}") == metric(own, name, f"campaign:{campaign.pk}")


def test_coverage_rises_by_the_days_since_the_start(as_viewer, two):
    page = as_viewer.get(url_of(*two))

    spring = [
        (about.split("day:")[1], value)
        for about, name, value, _ in numbers(page)
        if name == "called" and about.startswith(f"campaign:{two[0].pk} ")
    ]
    values = [value for _, value in spring]
    assert values == sorted(values)
    assert (values[0], values[-1]) == (0, 4)
    body = page.content.decode()
    assert body.count("<polyline") == 4
    assert 'class="curve c1"' in body
    assert 'class="curve c2"' in body


def test_returns_by_attempt_count_all_calls_of_the_attempt(as_viewer, two):
    page = as_viewer.get(url_of(*two, period="all"))

    assert metric(page, "calls_made", f"campaign:{two[0].pk} attempt:1") == 4
    assert metric(page, "conversations", f"campaign:{two[0].pk} attempt:1") == 0
    assert metric(page, "conversations", f"campaign:{two[0].pk} attempt:2") == 3


@pytest.mark.parametrize("role", ["viewer", "manager"])
def test_ticks_of_the_list_and_its_period_lead_to_the_page(request, client, two, role):
    client.force_login(request.getfixturevalue(role))
    listed = client.get(reverse("campaigns:list", args=["acme"]), {"period": "quarter"}).content.decode()
    assert f'id="bulk" method="get" action="{URL}"' in listed
    assert listed.count('name="campaign"') >= 2
    assert ("formaction" in listed) == (role == "manager")
    assert '<input type="hidden" name="period" value="quarter">' in listed.split('id="bulk"')[1]

    page = client.get(url_of(*two, period="quarter", list="period=quarter"))

    assert [campaign.name for campaign in page.context["campaigns"]] == ["Spring", "Autumn"]
    assert page.context["choice"].name == "quarter"
    assert "list=" not in page.content.decode()


def test_the_period_control_keeps_the_chosen_campaigns(as_viewer, two):
    page = as_viewer.get(url_of(*two))
    query = next(query for name, _, query in page.context["choice"].options if name == "30d")

    again = as_viewer.get(f"{URL}?{query}")

    assert again.context["campaigns"] == list(two)
    assert again.context["choice"].name == "30d"


def test_one_or_none_asks_for_another(as_viewer, two):
    assert "Add a second campaign" in as_viewer.get(url_of(two[0])).content.decode()
    empty = as_viewer.get(URL).content.decode()
    assert "Choose at least two campaigns" in empty
    assert all(f'<input type="checkbox" name="campaign" value="{each.pk}">' in empty for each in two)


def test_five_are_enough(as_viewer, market):
    campaigns = [CampaignFactory(market=market) for _ in range(6)]

    page = as_viewer.get(url_of(*campaigns))

    assert "These are the first 5" in page.content.decode()
    assert page.context["campaigns"] == campaigns[:5]
    assert 'id="add"' not in page.content.decode()


def test_a_foreign_campaign_and_a_missing_one_are_not_here(as_viewer, two):
    foreign = active_campaign(market=MarketFactory(workspace=WorkspaceFactory()), name="Theirs")

    for query in (f"&campaign={foreign.pk}", "&campaign=2000000000", "&campaign=x", "&campaign=%00"):
        page = as_viewer.get(url_of(two[0]) + query)
        assert "Some of the chosen campaigns aren&#x27;t here." in page.content.decode()
        assert "Theirs" not in page.content.decode()


def test_campaigns_of_one_name_are_told_apart(as_viewer, workspace):
    markets = [MarketFactory(workspace=workspace, geography=city) for city in ("Rome", "Oslo")]
    campaigns = [active_campaign(market=market, name="Validation") for market in markets]

    page = as_viewer.get(url_of(*campaigns))

    assert [name for name, _, _ in page.context["comparison"].names] == [f"Validation · {market}" for market in markets]


def test_drafts_without_people_or_calls_compare(as_viewer, market):
    page = as_viewer.get(url_of(CampaignFactory(market=market), CampaignFactory(market=market)))

    assert page.status_code == 200
    assert "Nobody was called yet" in page.content.decode()


def test_the_number_of_statements_does_not_depend_on_the_campaigns(as_viewer, market):
    campaigns = [worked(market, f"C{n}") for n in range(5)]
    counts = []
    for some in (campaigns[:2], campaigns):
        with CaptureQueriesContext(connection) as queries:
            as_viewer.get(url_of(*some))
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 16
