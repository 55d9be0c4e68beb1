"""Managers who create the same follow-up at the same moment. SQLite lets one writer in at a time anyway."""

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign
from tests.campaigns.follow_up.building import Person, source
from tests.campaigns.test_races import at_once
from tests.conftest import user_with
from tests.factories import MarketFactory, WorkspaceFactory

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="a race needs a server with several writers"),
]
ROUNDS, CLIENTS = 5, 4
SENT = {"days": "14", "wanted": "interest", "name": "Second round", "kind": "follow_up"}


def send(url, user, **chosen):
    def go():
        client = Client()
        client.force_login(user)
        return client.post(url, SENT | {"leave_out": ["number", "running", "called", "interest"]} | chosen)

    return go


def one_round(choices):
    workspace = WorkspaceFactory()
    campaign, _ = source(MarketFactory(workspace=workspace), Person(), Person())
    url = reverse("campaigns:follow_up", args=[workspace.slug, campaign.pk])
    results = at_once(*(send(url, user_with(workspace, "manager"), **chosen) for chosen in choices))
    (made,) = Campaign.objects.filter(workspace=workspace, name="Second round")
    assert made.members.count() == 2
    assert made.campaign_sources.count() == 1
    return results


def test_of_managers_with_one_name_one_wins_and_the_others_hear_why():
    for _ in range(ROUNDS):
        answers = one_round([{} for _ in range(CLIENTS)])

        assert sorted(answer.status_code for answer in answers) == [200] * (CLIENTS - 1) + [302]
        for answer in answers:
            if answer.status_code == 200:
                assert "already has a campaign of that name" in answer.content.decode()


def test_a_form_sent_twice_at_once_makes_one_draft():
    workspace = WorkspaceFactory()
    campaign, _ = source(MarketFactory(workspace=workspace), Person())
    url, user = reverse("campaigns:follow_up", args=[workspace.slug, campaign.pk]), user_with(workspace, "manager")

    first, second = at_once(send(url, user), send(url, user))

    assert first["Location"] == second["Location"]
    assert Campaign.objects.filter(name="Second round").count() == 1
