"""Which signals speak for a market now: the newest of each type from a person, while their calls stand and count."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils.timezone import now

from calls import derived
from calls.log.services import amend, void
from signals.capture.services import NewSignal, record_with_signals
from signals.contacts.erasure import erase
from signals.contacts.merge import merge
from signals.models import Signal
from tests.calls.log.test_races import new_call
from tests.campaigns.test_races import at_once
from tests.factories import MarketFactory, active_campaign, call, member_of, signal

TALK = "future_potential"


def capture_signal(campaign, hours, value="Exploring", person=None):
    return signal(call(campaign, person, disposition=TALK, started_at=now() - timedelta(hours=hours)), value=value)


def current_signals(market):
    """The stored current signals of the market, which must equal a recount and the list of current signals."""
    stored = set(Signal.objects.current_in([campaign.pk for campaign in market.campaigns.all()]))
    captured = Signal.objects.filter(call__campaign__market=market).counted().current()
    assert stored == set(captured)
    assert derived.check(market.workspace) == []
    return stored


def test_the_newest_speaks_and_when_its_call_is_voided_the_one_before_does_again(market, manager):
    campaign = active_campaign(market=market)
    older, newer = capture_signal(campaign, 9), capture_signal(campaign, 8)
    assert current_signals(market) == {newer}

    late = capture_signal(campaign, 20)  # it was said before the others, and written down after them
    assert current_signals(market) == {newer}

    void(call=newer.call, by=manager, reason="Twice")
    assert current_signals(market) == {older}

    void(call=older.call, by=manager, reason="Twice")
    assert current_signals(market) == {late}


def test_what_was_heard_last_in_another_market_speaks_for_that_one(market):
    one, two = active_campaign(market=market), active_campaign(market=MarketFactory(workspace=market.workspace))
    person = one.members.get().contact
    member_of(two, person)
    capture_signal(one, 9)
    newest = capture_signal(two, 8, person=person)

    assert (current_signals(market), current_signals(two.market)) == (set(), {newest})


def test_of_a_call_that_was_inbound_after_all_nothing_speaks_for_a_market(market, manager):
    campaign = active_campaign(market=market)
    capture_signal(campaign, 9)
    newest = capture_signal(campaign, 8)
    amend(call=newest.call, by=manager, reason="They rang", direction="inbound")

    assert current_signals(market) == set()
    assert list(Signal.objects.current()) == [newest]


def test_of_two_who_are_one_person_the_newest_of_both_speaks(market, manager):
    campaign = active_campaign(2, market=market)
    keep, merged = (each.contact for each in campaign.members.order_by("pk"))
    capture_signal(campaign, 9, person=keep)
    newest = capture_signal(campaign, 8, person=merged)
    merge(keep=keep, merged=merged, by=manager)

    assert {each.pk for each in current_signals(market)} == {newest.pk}


def test_who_is_erased_goes_on_speaking(market, manager):
    campaign = active_campaign(market=market)
    captured = capture_signal(campaign, 9)
    erase(contact=captured.contact, by=manager, reason="Request 204")

    assert current_signals(market) == {captured}


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="a race needs a server with several writers")
def test_of_two_campaigns_that_hear_somebody_at_once_one_speaks(market):
    campaigns = [active_campaign(market=market) for _ in range(3)]
    person = campaigns[0].members.get().contact
    for each in campaigns[1:]:
        member_of(each, person)

    def hearing(campaign):
        captured = [
            NewSignal(type="movement_state", value="Exploring"),
            NewSignal(type="firm_stability", value="Stable"),
        ]
        return lambda: record_with_signals(campaign=campaign, new=new_call(campaign, person), signals=captured)

    for _ in range(5):
        at_once(*map(hearing, campaigns))
        assert len(current_signals(market)) == 2
