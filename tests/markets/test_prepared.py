"""Queries that are put together once and asked again and again."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from calls.metrics.definitions import day_counts
from calls.models import CampaignDay
from config.ui.periods import Period
from markets.models import Contact
from markets.prepared import Prepared
from markets.workspaces.access import counts_of
from tests.factories import ContactFactory, MarketFactory, active_campaign, call, make_it_noon


def test_what_is_put_together_once_is_asked_of_each_workspace_and_moment_anew(market):
    campaign = active_campaign(2, market=market)
    make_it_noon(campaign)
    promised = now() + timedelta(days=1)
    call(campaign, disposition="callback_requested", callback_at=promised)
    elsewhere = MarketFactory().workspace

    def callbacks(workspace, moment):
        found = counts_of.row(workspace, moment)
        asked = counts_of.ask(workspace, moment)
        assert found == asked.get()
        return [found["markets_"], found["campaigns_"], found["callbacks_"]]

    assert callbacks(market.workspace, promised - timedelta(hours=1)) == [1, 1, 0]
    assert callbacks(market.workspace, promised) == [1, 1, 1]
    assert callbacks(elsewhere, promised) == [1, 0, 0]


def test_rows_are_those_that_the_query_itself_would_give(workspace):
    def ask(workspace, since):
        added = Contact.objects.filter(workspace=workspace, created_at__gt=since).order_by("pk")
        return added.select_related("workspace")[:2]

    prepared = Prepared(ask)
    since = now() - timedelta(minutes=1)
    first, second, _ = (ContactFactory(workspace=workspace) for _ in range(3))
    stranger = ContactFactory()

    for where, people in ((workspace, [first, second]), (stranger.workspace, [stranger])):
        with CaptureQueriesContext(connection) as queries:
            found = list(prepared.rows(where, since))
            assert [each.workspace for each in found] == [where] * len(people)
        assert len(queries) == 1
        assert found == people
        assert [each.created_at for each in found] == [each.created_at for each in ask(where, since)]
        assert prepared.first(where, since) == people[0]
    assert prepared.first(workspace, now()) is None


def test_a_query_that_leaves_out_what_it_is_given_is_not_kept(workspace):
    prepared = Prepared(lambda workspace, since: Contact.objects.filter(workspace=workspace))

    with pytest.raises(AssertionError, match="does not ask for all"):
        prepared.first(workspace, now())


def test_a_period_may_have_either_end_and_rows_may_be_more_or_fewer(market):
    days = [date(2026, 3, day) for day in (1, 2, 3)]
    campaigns = [active_campaign(1, market=market, name=name) for name in ("One", "Two", "Three")]
    for campaign in campaigns:
        for number, day in enumerate(days, start=1):
            CampaignDay.objects.create(workspace=market.workspace, campaign=campaign, day=day, call_count=number)

    def ask(workspace, period, *campaigns):
        rows = day_counts(workspace, period).filter(campaign__in=campaigns)
        return rows.order_by("campaign", "day").values_list("campaign", "day", "call_count")

    prepared = Prepared(ask)
    periods = [Period(), Period(days[1]), Period(None, days[1]), Period(days[2], days[2]), Period(days[0], days[1])]
    for _ in range(2):
        for period in periods:
            for some in (campaigns, campaigns[1:], campaigns[:2], campaigns[2:]):
                found = list(prepared.rows(market.workspace, period, *some))
                assert found == list(ask(market.workspace, period, *some))
                assert found


def test_among_no_rows_nothing_is_found_and_nothing_asked(workspace):
    prepared = Prepared(lambda workspace, *people: Contact.objects.filter(workspace=workspace, pk__in=people))

    with CaptureQueriesContext(connection) as queries:
        assert list(prepared.rows(workspace)) == []

    assert len(queries) == 0


def test_as_of_a_past_day_a_query_is_what_it_is_then(market, workspace):
    yesterday = workspace.today() - timedelta(days=1)
    call(active_campaign(1, market=market), disposition="no_answer", started_at=now() - timedelta(days=1))
    prepared = Prepared(
        lambda workspace, period: day_counts(workspace, period).values_list("day").annotate(calls=Sum("call_count"))
    )

    assert list(prepared.rows(workspace, Period(None, yesterday))) == [(yesterday, 1)]
    assert list(prepared.rows(workspace, Period().known(yesterday))) == [(yesterday, 0)], "it was recorded today"
    assert list(prepared.rows(workspace, Period(None, yesterday))) == [(yesterday, 1)]
