"""A long call keeps its person: the screen asks for them again while it is open."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from calls.queue.leases import LEASE_DURATION, lease, lease_next
from calls.views.call_form import MAX_RENEWALS
from campaigns.lifecycle.transitions import change_status

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def person(campaign):
    return campaign.members.order_by("pk").first()


def renew(client, campaign, person, **fields):
    return client.post(reverse("campaigns:hold", args=["acme", campaign.pk, person.contact_id]), fields)


def test_the_screen_asks_for_its_person_again(as_caller, campaign, person):
    page = as_caller.get(reverse("campaigns:call", args=["acme", campaign.pk, person.contact_id])).content.decode()

    assert f'hx-post="{reverse("campaigns:hold", args=["acme", campaign.pk, person.contact_id])}"' in page
    assert 'hx-trigger="every 5m"' in page


def test_a_call_of_half_an_hour_keeps_its_person(as_caller, campaign, person, other, noon):
    as_caller.get(reverse("campaigns:call", args=["acme", campaign.pk, person.contact_id]))

    for renewals in range(6):
        noon.shift(timedelta(minutes=5))
        assert f'value="{renewals + 1}"' in renew(as_caller, campaign, person, renewals=renewals).content.decode()

        person.refresh_from_db()
        assert person.leased_until == now() + LEASE_DURATION
        assert lease_next(campaign=campaign, by=other).contact_id != person.contact_id


def test_a_screen_that_was_left_open_lets_go(as_caller, campaign, person):
    for renewals in (MAX_RENEWALS - 1, 10**6, "many", ""):
        assert "hx-trigger" not in renew(as_caller, campaign, person, renewals=renewals).content.decode()


def test_whom_somebody_else_has_by_now_stays_with_them(as_caller, campaign, person, other):
    lease(member=person, by=other)

    answer = renew(as_caller, campaign, person, renewals=1).content.decode()

    assert f"Otto has {person.contact} on the screen" in answer
    assert "hx-trigger" not in answer
    person.refresh_from_db()
    assert person.leased_by == other


def test_nobody_is_held_in_a_campaign_that_is_paused(as_caller, campaign, person, manager):
    change_status(campaign=campaign, to="paused", by=manager, reason="Holidays")

    assert renew(as_caller, campaign, person, renewals=1).status_code == 404
    person.refresh_from_db()
    assert person.leased_by is None
