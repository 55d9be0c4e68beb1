"""The page of the queue, and what the call form shows when nobody can be called."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from calls.queue.leases import lease_next
from campaigns.callers.assignment import assign
from campaigns.lifecycle.transitions import change_status
from tests.calls.views.call_form_pages import text, url
from tests.factories import active_campaign, call, member
from tests.reading import metric, version

pytestmark = pytest.mark.usefixtures("noon")


def test_who_may_not_call_sees_everybody_who_is_ready_for_whomever(as_viewer, campaign, caller, manager):
    assign(campaign=campaign, contacts=[each.contact_id for each in campaign.members.all()], to=caller, by=manager)

    page = as_viewer.get(reverse("queue", args=["acme"]))
    market = as_viewer.get(reverse("markets:detail", args=["acme", campaign.market_id]))

    assert "3 people ready" in text(page)
    assert len(market.context["next"]) == 3


def test_when_nobody_is_left_the_page_says_who_waits_and_what_to_do(as_caller, campaign):
    for each in campaign.members.all():
        call(campaign, each.contact)

    page = text(as_caller.get(url("next", campaign)))

    assert "Nobody to call right now" in page
    assert 'value="3">3</data> people' in page
    assert "2 days between attempts; the first are offered again on 27 Nov." in page


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("paused", "A manager can resume it"),
        ("completed", "Completed is final"),
    ],
)
def test_a_campaign_that_is_not_active_says_what_it_is(as_caller, campaign, manager, status, sentence):
    change_status(campaign=campaign, to=status, by=manager, reason="Because")

    assert sentence in text(as_caller.get(url("next", campaign)))


def test_a_campaign_in_which_nobody_can_be_called_says_so(as_caller, campaign):
    for each in campaign.members.all():
        call(campaign, each.contact, disposition="not_interested")

    assert "can be called any more" in text(as_caller.get(url("next", campaign)))


def test_everybody_sees_who_is_next_and_why(as_viewer, caller, campaign):
    called = member(campaign, timezone="America/Los_Angeles").contact
    call(campaign, called, started_at=now() - timedelta(days=12))
    lease_next(campaign=campaign, by=caller)

    page = as_viewer.get(url("queue", campaign))

    assert metric(page, "rows") == 4
    for shown in ("Not called yet", "Rested for 12 days, 1 attempt so far", "Wed 9:00", "Caller until 12:15"):
        assert shown in text(page)
    assert "Log a call" not in text(page)
    assert metric(as_viewer.get(url("queue", campaign) + "?state=held"), "rows") == 1
    assert metric(as_viewer.get(url("queue", campaign) + "?state=resting"), "rows") == 0


def test_the_queue_can_be_exported(as_viewer, campaign):
    body = as_viewer.get(url("queue", campaign) + "?_export=csv").getvalue().decode()

    assert body.count("Not called yet") == 3


def test_the_way_to_the_queue_is_straight_with_one_active_campaign(as_caller, campaign, market):
    def queue_link():
        page = text(as_caller.get(reverse("signals:list", args=["acme"])))
        return page.split(">Call queue</a>")[0].rsplit('href="', 1)[1].split('"')[0]

    assert queue_link() == url("next", campaign)

    second = active_campaign(market=market, name="Second")
    assert queue_link() == reverse("queue", args=["acme"])
    page = text(as_caller.get(queue_link()))
    assert (page.count("3 people ready"), page.count("1 person ready")) == (1, 1)
    assert url("next", second) in page


def test_a_viewer_is_shown_the_queue_and_handed_nobody(as_viewer, campaign):
    page = text(as_viewer.get(reverse("signals:list", args=["acme"])))

    assert url("queue", campaign) in page
    assert url("next", campaign) not in page


def test_a_manager_says_how_often_and_how_soon(as_manager, campaign):
    def post(**typed):
        return as_manager.post(edit, fields | typed | {"version": version(as_manager.get(edit))})

    edit = url("edit", campaign)
    fields = {"name": campaign.name, "kind": campaign.kind, "starts_on": "2026-01-01", "market": campaign.market_id}

    post(most_attempts="4", rest_days="0")
    campaign.refresh_from_db()
    assert (campaign.most_attempts, campaign.rest_days) == (4, 0)
    page = text(as_manager.get(url("queue", campaign)))
    assert "Who is next" in page

    post(most_attempts="", rest_days="")
    campaign.refresh_from_db()
    assert (campaign.most_attempts, campaign.rest_days) == (4, 0)

    refused = text(post(most_attempts="0", rest_days="400"))
    assert "Call somebody at least once and at most 100 times." in refused
    assert "Let people rest for at most 365 days between attempts." in refused
