"""The dashboard and the review: markets side by side, what is new since the last visit, and all of it on paper."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from calls.log.services import void
from calls.metrics.definitions import totals
from calls.metrics.row_metrics import with_metrics
from calls.models import Call
from campaigns.dispositions import Disposition
from campaigns.lifecycle.transitions import change_status
from campaigns.models import Campaign, CampaignContact
from config.ui.periods import Period
from markets.models import Market
from signals.models import Signal
from signals.workspace_page.dashboard import dashboard_context
from tests.factories import MarketFactory, active_campaign, call, calls, member, member_of, signal
from tests.reading import lengths_of_lists, metric, numbers
from tests.thorough import some

TALK = Disposition.FUTURE_POTENTIAL
DASHBOARD = "/w/acme/"
REVIEW = "/w/acme/review/"


def last_seen(user, days=1):
    """The user's last visit ended so many days ago."""
    user.memberships.update(last_seen_at=now() - timedelta(days=days))


def long_known(model, field):
    """Whatever is there came to be here before the last visit."""
    model.objects.update(**{field: now() - timedelta(days=9)})


@pytest.fixture
def two_markets(market):
    """The first with 40 calls and a meeting, the second with three calls; one person in both."""
    first = calls(market, campaign="One", made=39, conversations=10)
    call(first, member(first).contact, disposition=Disposition.MEETING_BOOKED)
    other = calls(MarketFactory(workspace=market.workspace), campaign="Two", made=3, conversations=1)
    member_of(other, first.members.order_by("pk").first().contact)
    signal(call(other, disposition=TALK))
    return first, other


@pytest.mark.parametrize("days", [None, 30, 1])
def test_each_market_has_the_numbers_that_its_own_page_has(two_markets, workspace, days):
    today = workspace.today()
    period = Period(today - timedelta(days=days), today) if days else Period()

    beside = dashboard_context(workspace, period, None)["comparison"]

    for market in with_metrics(workspace.markets.all(), workspace, period):
        (row,) = (each for each in beside.rows if each.market == market)
        assert {name: each.value for name, each in row.figures.items()} == {n: market.metrics[n] for n in row.figures}
    all_of_it = totals(workspace, workspace.campaigns.all(), period)
    assert {n: each.value for n, each in beside.figures.items()} == {n: all_of_it[n] for n in beside.figures}


@pytest.mark.parametrize("is_shared", [False, True])
def test_a_contact_in_two_campaigns_of_a_market_counts_once(market, workspace, is_shared):
    first, second = (calls(market, campaign=name, made=2, conversations=1) for name in ("One", "Two"))
    contacts = first.members.count() + second.members.count()
    if is_shared:
        member_of(second, member(first).contact)

    beside = dashboard_context(workspace, Period(), None)["comparison"]

    (row,) = beside.rows
    assert row.figures["contact_count"].value == beside.figures["contact_count"].value == contacts + is_shared


@pytest.mark.parametrize("path", [DASHBOARD, REVIEW])
@pytest.mark.parametrize("query", some(["period=30d&as_of={past}", "period=30d", "period=all"]))
def test_every_number_of_the_dashboard_and_the_review_opens_its_rows(as_viewer, viewer, two_markets, path, query):
    last_seen(viewer)
    past = two_markets[0].workspace.today() - timedelta(days=2)
    call(two_markets[1], disposition=TALK, started_at=now() - timedelta(days=4))
    for model, field in ((Call, "recorded_at"), (Market, "created_at"), (Campaign, "created_at")):
        long_known(model, field)
    long_known(CampaignContact, "added_at")

    followed, rows = 0, lengths_of_lists(as_viewer)
    for about, name, value, href in numbers(as_viewer.get(f"{path}?{query.format(past=past)}")):
        if name in ("connection_rate", "coverage", "reach") or value is None or not href:
            continue
        assert rows(href) == value, (about, name, href)
        followed += 1
    assert followed >= 12


def test_the_change_is_against_the_period_before(two_markets, workspace):
    today = workspace.today()
    call(two_markets[1], started_at=now() - timedelta(days=40))

    beside = dashboard_context(workspace, Period(today - timedelta(days=29), today), None)["comparison"]

    changes = {str(row.market): row.figures["calls_made"].change for row in beside.rows}
    assert sorted(changes.values()) == [3, 40]
    assert beside.figures["calls_made"].change == 43


def test_the_line_of_a_market_has_twelve_weeks_and_a_week_without_calls_is_nought(two_markets, workspace):
    call(two_markets[1], disposition=TALK, started_at=now() - timedelta(weeks=5))

    rows = dashboard_context(workspace, Period(), None)["comparison"].rows

    for row in rows:
        assert len(row.spark.marks) == 12
        assert all(mark.words for mark in row.spark.marks)
    quiet = [int(mark.words.rpartition(": ")[2]) for mark in rows[1].spark.marks]
    assert (sum(quiet), quiet.count(0)) == (3, 10)


def test_the_numbers_of_the_lines_stand_in_a_table(as_viewer, two_markets):
    beside = as_viewer.get(DASHBOARD).content.decode().split("Markets side by side")[1].split("</section>")[0]

    assert "Conversations in the week from" in beside
    assert beside.count("<polyline") == 2


def test_the_most_alive_markets_are_shown_and_the_rest_is_a_link(as_viewer, two_markets, workspace):
    for _ in range(13):
        MarketFactory(workspace=workspace)

    page = as_viewer.get(DASHBOARD).content.decode()

    assert "3 more" in page
    assert page.index(f'data-row="market:{two_markets[0].market_id}"') < page.index(
        f'data-row="market:{two_markets[1].market_id}"'
    )
    assert page.count('<tr data-row="market:') == 12


def test_pages_with_a_hundred_markets_ask_as_much_as_with_ten(as_viewer, workspace, two_markets):
    def statements(path):
        with CaptureQueriesContext(connection) as queries:
            assert as_viewer.get(path).status_code == 200
        return len(queries)

    def grow(markets):
        for _ in range(markets):
            call(active_campaign(market=MarketFactory(workspace=workspace)))

    grow(10)
    paths = [f"{DASHBOARD}?period=30d", f"{REVIEW}?period=30d"]
    as_viewer.get(DASHBOARD)
    few = [statements(path) for path in paths]
    grow(90)

    assert [statements(path) for path in paths] == few
    assert max(few) <= 25


def test_a_first_visit_says_so(as_viewer, campaign):
    page = as_viewer.get(DASHBOARD).content.decode()

    assert "Welcome. From your next visit" in page
    assert "Since your last visit" not in page


def test_what_is_new_since_the_last_visit_is_counted_and_opened(as_viewer, viewer, campaign):
    people = [each.contact for each in campaign.members.order_by("pk")]
    old = now() - timedelta(days=9)
    for person, value in zip(people, ("Not Moving", "Active", "Exploring"), strict=True):
        signal(call(campaign, person, disposition=TALK, started_at=old), value=value)
    call(
        campaign,
        people[0],
        disposition=Disposition.CALLBACK_REQUESTED,
        started_at=old,
        callback_at=now() - timedelta(days=2),
    )
    long_known(Call, "recorded_at")
    long_known(Signal, "captured_at")
    campaign.status_changes.update(changed_at=old)
    last_seen(viewer, days=3)
    signal(call(campaign, people[1], disposition=TALK), value="Not Moving")
    signal(call(campaign, people[2], disposition=TALK), value="Exploring")
    call(campaign, member(campaign).contact, disposition=Disposition.MEETING_BOOKED)
    call(campaign, people[2], started_at=old, disposition=Disposition.VOICEMAIL)
    change_status(campaign=campaign, to="paused", by=None, reason="Holidays")

    page = as_viewer.get(DASHBOARD)

    found = {name: (value, href) for about, name, value, href in numbers(page) if about == "news"}
    assert {name: value for name, (value, _) in found.items()} == {
        "new_calls": 4,
        "new_signals": 2,
        "new_moves": 1,
        "new_meetings": 1,
        "missed": 1,
        "changed_campaigns": 1,
    }
    for name, (value, href) in found.items():
        assert metric(as_viewer.get(href), "rows") == value, name
    assert "New since: " in as_viewer.get(found["new_calls"][1]).content.decode()


def test_whose_signal_was_voided_has_not_moved_since(as_viewer, viewer, manager, campaign):
    first = signal(call(campaign, disposition=TALK, started_at=now() - timedelta(days=9)), value="Active")
    Signal.objects.filter(pk=first.pk).update(captured_at=now() - timedelta(days=9))
    last_seen(viewer)
    second = call(campaign, disposition=TALK)
    signal(second, value="Not Moving")
    assert metric(as_viewer.get(DASHBOARD), "new_moves", "news") == 1

    void(call=second, by=manager, reason="Twice")

    assert metric(as_viewer.get(DASHBOARD), "new_moves", "news") == 0


def test_ops_staff_who_are_no_member_have_no_last_visit_and_no_mail(as_ops, campaign):
    assert "visit" not in as_ops.get(DASHBOARD).content.decode()
    assert "weekly mail" not in as_ops.get(REVIEW).content.decode()
    assert "You aren’t a member" in as_ops.post(reverse("weekly_mail", args=["acme"]), follow=True).content.decode()


def test_the_review_names_who_moved_what_is_said_and_the_meetings(as_viewer, campaign):
    person = campaign.members.order_by("pk").first().contact
    signal(call(campaign, person, disposition=TALK, started_at=now() - timedelta(days=60)), value="Active")
    signal(call(campaign, person, disposition=TALK, started_at=now() - timedelta(days=2)), value="Not Moving")
    guest = member(campaign, full_name="Ann Guest").contact
    call(campaign, guest, disposition=Disposition.MEETING_BOOKED, meeting_at=now() + timedelta(days=3))

    page = as_viewer.get(f"{REVIEW}?period=30d").content.decode()

    assert "Active → <strong>Not Moving</strong>" in page
    assert "Ann Guest" in page
    assert "Movement State" in page
    assert "Scheduled" in page
    assert "No meeting was booked" in as_viewer.get(f"{REVIEW}?from=2020-01-01&to=2020-01-31").content.decode()


def test_a_period_of_the_review_that_cannot_be_read_is_said(as_viewer, campaign):
    assert "There is no period “fortnight”" in as_viewer.get(f"{REVIEW}?period=fortnight").content.decode()
