import re
from collections import Counter
from datetime import date

import pytest
import time_machine
from django.urls import reverse
from django.utils.timezone import now
from hypothesis import given
from hypothesis import strategies as st

from calls.columns import MetricColumn
from calls.log.services import amend, void
from calls.metrics import definitions as metrics
from calls.metrics.definitions import totals, wilson_interval
from calls.metrics.row_metrics import with_metrics
from campaigns.dispositions import Disposition
from campaigns.membership import remove
from config.ui.periods import Period
from tests.factories import (
    CampaignFactory,
    MarketFactory,
    active_campaign,
    call,
    calls,
    make_it_noon,
    member,
    member_of,
    signal,
    timedelta,
)
from tests.reading import lengths_of_lists, metric, numbers
from tests.thorough import some


def test_a_market_pools_the_rate_of_its_campaigns(as_viewer, market):
    calls(market, campaign="one", made=1, conversations=1)
    calls(market, campaign="two", made=100, conversations=10)
    about = f"market:{market.pk}"

    page = as_viewer.get(reverse("markets:detail", args=["acme", market.pk]))

    assert metric(page, "connection_rate", about) == pytest.approx(11 / 101)
    assert metric(page, "calls_made", about) == 101


def test_one_person_in_two_campaigns_counts_once(as_viewer, market):
    one = active_campaign(2, market=market)
    two = active_campaign(1, market=market)
    member_of(two, one.members.first().contact)

    page = as_viewer.get(reverse("markets:detail", args=["acme", market.pk]))

    assert metric(page, "contact_count", f"campaign:{one.pk}") == 2
    assert metric(page, "contact_count", f"campaign:{two.pk}") == 2
    assert metric(page, "contact_count", f"market:{market.pk}") == 3


def test_calls_to_one_person_do_not_multiply_signals_or_members(market):
    campaign = active_campaign(3, market=market)
    for _ in range(4):
        made = call(campaign, disposition=Disposition.FUTURE_POTENTIAL)
        signal(made)
        signal(made, type="firm_stability", value="Stable")

    found = with_metrics(campaign.workspace.campaigns.all(), campaign.workspace).get().metrics

    assert [found[name] for name in ("calls_made", "conversations", "signals_captured", "contact_count")] == [
        4,
        4,
        8,
        3,
    ]


def test_planned_inbound_and_voided_calls_never_count(market, manager):
    campaign = active_campaign(market=market)
    call(campaign)
    call(campaign, direction="inbound")
    void(call=call(campaign), by=manager, reason="Twice")
    campaign.calls.create(workspace=campaign.workspace, contact=campaign.members.get().contact, started_at=now())

    assert totals(campaign.workspace, None)["calls_made"] == 1


def test_a_removed_member_leaves_the_people_but_their_calls_stay(market, manager):
    campaign = active_campaign(2, market=market)
    gone = campaign.members.first().contact
    call(campaign, gone, disposition=Disposition.NOT_INTERESTED)
    remove(campaign=campaign, contacts=[gone.pk], by=manager, reason="Left the market")

    counts = totals(campaign.workspace, None)

    assert (counts["contact_count"], counts["called"], counts["calls_made"]) == (1, 0, 1)


def test_a_rate_of_nothing_is_a_dash_and_never_zero(as_viewer, market):
    uncalled = active_campaign(1, market=market)

    page = as_viewer.get(reverse("campaigns:detail", args=["acme", uncalled.pk]))

    assert metric(page, "connection_rate", f"campaign:{uncalled.pk}") is None
    assert ">–</data>" in page.content.decode()
    shown = re.findall(r'data-metric="(\w+)" value="[^"]*">0\.0 %<', page.content.decode())
    assert set(shown) == {"coverage"}, "nobody of one person was called: that is zero"


def test_below_twenty_calls_a_rate_says_so(as_viewer, market):
    few = calls(market, campaign="few", made=19, conversations=5)
    enough = calls(market, campaign="enough", made=20, conversations=5)

    assert "few calls" in as_viewer.get(reverse("campaigns:detail", args=["acme", few.pk])).content.decode()
    assert "few calls" not in as_viewer.get(reverse("campaigns:detail", args=["acme", enough.pk])).content.decode()


@pytest.mark.parametrize("first", [None, 3])
@pytest.mark.parametrize("name", [*metrics.CALL_METRICS, *metrics.RATES, "contact_count"])
def test_rows_are_ordered_by_any_metric_with_what_is_undefined_last(market, name, first):
    small = calls(market, campaign="small", made=2, conversations=2)
    calls(market, campaign="large", made=9, conversations=3)
    active_campaign(4, market=market, name="silent")
    signal(call(small, disposition=Disposition.MEETING_BOOKED))
    last = market.workspace.today() - timedelta(days=1) if first else None
    period = Period(last and last - timedelta(days=first), last)
    found = with_metrics(market.campaigns.all(), market.workspace, period)

    for is_descending in (True, False):
        ordered, _ = MetricColumn(accessor=name).order(found, is_descending)
        values = [each.metrics[name] for each in ordered]

        known = [value for value in values if value is not None]
        assert values == sorted(known, reverse=is_descending) + [None] * (len(values) - len(known))


def test_a_period_includes_its_first_and_its_last_day(campaign):
    today = campaign.workspace.today()
    for days_ago in (0, 1, 2, 3):
        call(campaign, started_at=now() - timedelta(days=days_ago, seconds=1))

    period = Period(today - timedelta(days=2), today - timedelta(days=1))
    made = totals(campaign.workspace, None, period)

    days = [campaign.workspace.day_of(each.started_at) for each in campaign.calls.all()]
    assert made["calls_made"] == sum(1 <= (today - day).days <= 2 for day in days)
    assert made["calls_made"] >= 1


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=8))
def test_a_pooled_rate_lies_between_its_parts(parts):
    parts = [(min(a, b), max(a, b)) for a, b in parts if max(a, b)]
    if not parts:
        return
    pooled = sum(a for a, _ in parts) / sum(b for _, b in parts)
    rates = [a / b for a, b in parts]

    assert min(rates) - 1e-12 <= pooled <= max(rates) + 1e-12


def test_the_interval_is_wilsons():
    low, high = wilson_interval(10, 100)

    assert (round(low, 4), round(high, 4)) == (0.0552, 0.1744)  # Newcombe 1998, table I
    assert wilson_interval(0, 0) is None
    assert wilson_interval(0, 10)[0] == 0


@pytest.fixture
def busy_campaigns(market, manager):
    """Two campaigns that share people, with a removed member, a suppression, a voided call and signals."""
    one = active_campaign(4, market=market, name="One")
    two = active_campaign(2, market=MarketFactory(workspace=market.workspace), name="Two")
    people = [each.contact for each in one.members.order_by("pk")]
    member_of(two, people[0])
    for n, disposition in enumerate([*Disposition, *Disposition]):
        made = call(one, people[n % 4], disposition=disposition, started_at=now() - timedelta(days=n))
        if made.is_conversation:
            signal(made)
    call(two, people[0], disposition=Disposition.MEETING_BOOKED)
    void(call=call(two, people[0]), by=manager, reason="Twice")
    call(two, people[0], direction="inbound")
    remove(campaign=one, contacts=[people[3].pk], by=manager, reason="Moved")
    return one


def days(first: int, last: int) -> str:
    """From so many days ago to so many days ago."""
    return f"from={date.today() - timedelta(days=first)}&to={date.today() - timedelta(days=last)}"


def pages_of(workspace):
    return [
        reverse("dashboard", args=["acme"]),
        reverse("markets:list", args=["acme"]),
        reverse("campaigns:list", args=["acme"]),
        *(reverse("campaigns:detail", args=["acme", each.pk]) for each in workspace.campaigns.all()),
        *(reverse("markets:detail", args=["acme", each.pk]) for each in workspace.markets.all()),
        *(reverse("campaigns:performance", args=["acme", each.pk]) for each in workspace.campaigns.all()),
        reverse("review", args=["acme"]),
    ]


def follow_all(client, pages, query):
    """Follows every number of the pages, and returns those that there are."""
    denominators = {"connection_rate": "calls_made", "coverage": "contact_count"}
    followed, rows = {}, lengths_of_lists(client)
    for url in pages:
        found = numbers(client.get(f"{url}?{query}"))
        values = {(about, name): value for about, name, value, _ in found}
        for about, name, value, href in found:
            if name == "rows" or value is None:
                continue
            if name in denominators:
                assert rows(href) / values[about, denominators[name]] == value, (url, about, name, href)
            elif name == "reach":
                called = values[about, "coverage"] * values[about, "contact_count"]
                assert rows(href) / called == pytest.approx(value), (url, about, name, href)
            else:
                assert rows(href) == value, (url, about, name, href)
            assert values[about, name] == value, (url, about, name)
            followed[url, about, name] = value
    return followed


@pytest.mark.parametrize("query", some(["period=all", "period=30d", days(400, 9), days(3, 3)]))
def test_every_number_opens_its_rows_and_their_count_is_the_number(as_viewer, busy_campaigns, query):
    followed = follow_all(as_viewer, pages_of(busy_campaigns.workspace), query)

    assert len(followed) > 200
    kinds = Counter(about.partition(":")[0] for _, about, _ in followed)
    assert {"week", "weekday", "attempt", "outcome", "market", "campaign", "workspace"} <= kinds.keys()


@pytest.mark.parametrize("query", some([days(400, 9), "period=all"], at_once=0))
def test_as_of_a_past_day_every_number_is_what_it_was_and_opens_the_rows_of_then(
    as_viewer, busy_campaigns, manager, query
):
    today, pages = busy_campaigns.workspace.today(), pages_of(busy_campaigns.workspace)
    for each in busy_campaigns.workspace.campaigns.all():
        make_it_noon(each)
    then = follow_all(as_viewer, pages, query)
    with time_machine.travel(now() + timedelta(days=3)):
        one, two, *others = busy_campaigns.calls.counted().order_by("pk")
        void(call=one, by=manager, reason="Twice in the log")
        amend(
            call=two, by=manager, reason="Slip", disposition="voicemail", started_at=two.started_at - timedelta(days=5)
        )
        amend(call=others[4], by=manager, reason="Slip", started_at=others[4].started_at - timedelta(days=5))
        signal(call(busy_campaigns, disposition=Disposition.FUTURE_POTENTIAL), value="Active")
        member(busy_campaigns)
        remove(campaign=busy_campaigns, contacts=[others[0].contact_id], by=manager, reason="Moved")
        CampaignFactory(market=busy_campaigns.market, name="Later")

        known = follow_all(as_viewer, pages, f"{query}&as_of={today}")

        assert len(known) > 300
        assert known == {key: value for key, value in then.items() if key in known}
        only_now = {(about.partition(":")[0], name) for _, about, name in then.keys() - known.keys()}
        of_pace = {("pace", "calls_made"), ("pace", "conversations"), ("", "uncalled")}
        assert {name for _, name in only_now - of_pace} == {"callable", "missed"}
        about = f"campaign:{busy_campaigns.pk}"
        now_known = as_viewer.get(reverse("campaigns:detail", args=["acme", busy_campaigns.pk]), {"period": "all"})
        assert metric(now_known, "contact_count", about) == then[pages[3], about, "contact_count"]
        assert metric(now_known, "connection_rate", about) != then[pages[3], about, "connection_rate"]


def test_the_total_of_a_list_is_the_same_roll_up_as_the_pages(as_viewer, busy_campaigns):
    counts = totals(busy_campaigns.workspace, None)

    for name in ("campaigns:list", "markets:list", "dashboard"):
        page = as_viewer.get(reverse(name, args=["acme"]))
        for each in ("contact_count", "calls_made", "connection_rate", "meetings_booked", "signals_captured"):
            assert metric(page, each, "workspace:acme") == counts[each]


def test_sorting_by_a_rate_puts_the_undefined_last(as_viewer, busy_campaigns):
    CampaignFactory(market=busy_campaigns.market, name="Nothing yet")

    for sort in ("connection_rate", "-connection_rate"):
        page = as_viewer.get(reverse("campaigns:list", args=["acme"]), {"sort": sort})
        rates = [
            v for about, name, v, _ in numbers(page) if name == "connection_rate" and about.startswith("campaign:")
        ]
        assert rates[-1] is None
        defined = rates[:-1]
        assert defined == sorted(defined, reverse=sort.startswith("-"))


def test_a_market_row_is_the_market_page(as_viewer, busy_campaigns):
    about = f"market:{busy_campaigns.market.pk}"
    listed = as_viewer.get(reverse("markets:list", args=["acme"]))
    page = as_viewer.get(reverse("markets:detail", args=["acme", busy_campaigns.market.pk]))

    for each in ("contact_count", "calls_made", "connection_rate", "meetings_booked", "signals_captured", "coverage"):
        assert metric(listed, each, about) == metric(page, each, about)
