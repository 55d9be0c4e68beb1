"""Dialers that send at the same moment, in threads with connections of their own."""

import pytest
from django.db import connection
from django.test import Client

from calls import derived
from calls.models import Call
from markets.workspaces import api_tokens
from tests.campaigns.test_races import at_once
from tests.dialer_log import dialer, one
from tests.factories import active_campaign

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="a race needs a server with several writers"),
]
ROUNDS, CLIENTS = 5, 4


@pytest.fixture
def token(workspace):
    return api_tokens.issue(workspace=workspace, name="Dialer", by=None)[1]


def sending(token, *calls):
    return lambda: dialer(Client(), token)(*calls)


def test_a_request_that_is_repeated_before_it_is_answered_makes_each_call_once(token, campaign):
    for number in range(ROUNDS):
        calls = [one(campaign, f"r{number}-{n}") for n in range(20)]

        answers = at_once(*[sending(token, *calls)] * CLIENTS)

        bodies = [answer.json() for answer in answers]
        assert sorted(each["created"] for each in bodies) == [0] * (CLIENTS - 1) + [20]
        assert sum(each["unchanged"] for each in bodies) == 20 * (CLIENTS - 1)
        assert len({tuple(call["id"] for call in each["calls"]) for each in bodies}) == 1
    assert Call.objects.count() == 20 * ROUNDS
    assert derived.check(campaign.workspace) == []


def test_one_call_id_in_two_campaigns_at_once_is_one_call_and_no_500(token, campaign):
    other = active_campaign(market=campaign.market, name="Other")
    statuses = set()
    for number in range(ROUNDS):
        answers = at_once(*[sending(token, one(each, f"r{number}")) for each in (campaign, other)])

        statuses |= {answer.status_code for answer in answers}
        assert Call.objects.filter(dialer_call_id=f"r{number}").count() == 1
    assert statuses <= {200, 503}
    assert derived.check(campaign.workspace) == []
