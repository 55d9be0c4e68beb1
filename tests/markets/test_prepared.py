"""Queries that are put together once and asked again and again."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from markets.access import counts_of
from markets.models import Contact
from markets.prepared import Prepared
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
