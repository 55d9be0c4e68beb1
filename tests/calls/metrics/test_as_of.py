"""As of a past day every page shows what was known at its end, and each number opens the rows of then."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from calls.log.meetings import change_meeting
from calls.log.services import amend, void
from calls.metrics.definitions import with_metrics
from campaigns.dispositions import Disposition
from campaigns.lifecycle import change_status
from campaigns.membership import add_to_market, remove
from campaigns.models import Campaign, Status
from config.ui.periods import Period
from tests.factories import CampaignFactory, ContactFactory, MarketFactory, active_campaign, call, member, signal
from tests.reading import lengths_of_lists, metric, numbers

ZONE = ZoneInfo("America/New_York")
AS_OF = date(2026, 3, 31)
TALK = Disposition.FUTURE_POTENTIAL


def at(day, hour=12, month=3):
    return datetime(2026, month, day, hour, tzinfo=ZONE)


def on(*when):
    """It is then in the workspace."""
    return time_machine.travel(at(*when), tick=False)


@pytest.fixture(autouse=True)
def later():
    """It is noon of 20 April in the workspace, where nothing else is said."""
    with on(20, 12, 4):
        yield


@pytest.fixture
def market(workspace):
    with on(1):
        return MarketFactory(workspace=workspace, practice_area="M&A", geography="New York")


@pytest.fixture
def known(market):
    """What a market with a campaign of three people was on 31 March: two calls, of which one was a conversation."""
    with on(2):
        campaign = active_campaign(3, market=market, days_ago=1, name="Spring")
    one, two, _ = people(campaign)
    with on(10):
        call(campaign, one, started_at=at(10, 11))
        signal(call(campaign, two, disposition=TALK, started_at=at(10, 11)))
    return campaign


def people(campaign):
    return [each.contact for each in campaign.members.order_by("pk")]


def page_of(client, campaign, **query):
    url = reverse("markets:detail", args=["acme", campaign.market_id])
    return client.get(url, {"as_of": AS_OF.isoformat(), **query})


def followed(client, page, only=""):
    """Follows each number of a page that is one of its lists, and says how many there were."""
    shares = {"connection_rate", "coverage", "reach"}
    found = [each for each in numbers(page) if each[1] not in {*shares, "rows"} and only in each[1]]
    rows = lengths_of_lists(client)
    for about, name, value, href in found:
        assert value is not None
        assert "as_of=2026-03-31" in href, (about, name, href)
        assert rows(href) == value, (about, name, href)
    return len(found)


def shown(client, campaign, *names, **query):
    """Numbers of the market as of 31 March; every number of the page opens as many rows."""
    page = page_of(client, campaign, **query)
    assert page.status_code == 200
    assert followed(client, page) >= 15
    return [metric(page, name, f"market:{campaign.market_id}") for name in names]


def test_a_call_that_was_recorded_later_is_not_known_yet(as_viewer, known):
    call(known, people(known)[2], started_at=at(30))

    assert shown(as_viewer, known, "calls_made", "contact_count") == [2, 3]
    assert metric(page_of(as_viewer, known, as_of=""), "calls_made", f"market:{known.market_id}") == 3


def test_a_call_that_was_voided_later_still_counts(as_viewer, known, manager):
    void(call=known.calls.filter(disposition=TALK).get(), by=manager, reason="Twice in the log")

    assert shown(as_viewer, known, "calls_made", "connection_rate", "signals_captured") == [2, 0.5, 1]
    listed = as_viewer.get(reverse("calls:list", args=["acme"]), {"as_of": "2026-03-31", "state": "voided"})
    assert metric(listed, "rows") == 0
    assert metric(as_viewer.get(reverse("calls:list", args=["acme"]), {"state": "voided"}), "rows") == 1


def test_whoever_was_called_was_so_though_that_call_was_voided_and_another_made(as_viewer, known, manager):
    made = known.calls.filter(disposition=TALK).get()
    void(call=made, by=manager, reason="Twice in the log")
    with on(21, 12, 4):
        call(known, made.contact, disposition=TALK)
        call(known, people(known)[2], disposition=TALK)

        assert shown(as_viewer, known, "coverage") == [2 / 3]
        row = with_metrics(Campaign.objects.all(), known.workspace, Period(as_of=AS_OF)).get()
        assert row.metrics["reach"] == 0.5


def test_a_call_counts_by_what_it_said_before_it_was_corrected(as_viewer, known, manager):
    made = known.calls.filter(disposition=Disposition.NO_ANSWER).get()
    amend(call=made, by=manager, reason="Misheard", disposition=Disposition.MEETING_BOOKED)
    with on(21, 12, 4):
        amend(call=made, by=manager, reason="Misheard again", disposition=Disposition.NOT_INTERESTED)

    assert shown(as_viewer, known, "connection_rate", "meetings_booked", "coverage") == [0.5, 0, 2 / 3]
    page = page_of(as_viewer, known)
    assert metric(page, "calls_made", "outcome:no_answer") == 1
    assert metric(page, "calls_made", "outcome:not_interested") == 0
    listed = as_viewer.get(reverse("calls:list", args=["acme"]), {"as_of": "2026-03-31", "disposition": "no_answer"})
    assert metric(listed, "rows") == 1
    assert ">corrected<" not in listed.content.decode()


def test_a_call_counts_on_the_day_that_it_named_before_it_was_corrected(as_viewer, known, manager):
    made = known.calls.filter(disposition=TALK).get()
    amend(call=made, by=manager, reason="It was the week after", started_at=at(17))

    the_week = {"from": "2026-03-09", "to": "2026-03-15"}
    assert shown(as_viewer, known, "calls_made", "signals_captured", **the_week) == [2, 1]
    assert shown(as_viewer, known, "calls_made", "signals_captured", **{"from": "2026-03-16"}) == [0, 0]
    now_known = page_of(as_viewer, known, as_of="", **the_week)
    assert metric(now_known, "calls_made", f"market:{known.market_id}") == 1
    followed_now(as_viewer, now_known)


def followed_now(client, page):
    rows = lengths_of_lists(client)
    for about, name, value, href in numbers(page):
        if name not in {"connection_rate", "coverage", "reach", "rows"}:
            assert rows(href) == value, (about, name, href)


def test_an_inbound_call_that_was_taken_for_an_outbound_one_counts_until_it_is_corrected(as_viewer, known, manager):
    amend(call=known.calls.filter(disposition=TALK).get(), by=manager, reason="They rang", direction="inbound")

    assert shown(as_viewer, known, "calls_made", "signals_captured") == [2, 1]


def test_a_signal_that_was_captured_later_is_not_known_yet(as_viewer, known):
    made = known.calls.filter(disposition=TALK).get()
    signal(made, "movement_state", "Active")
    signal(made, "firm_stability", "Stable")

    assert shown(as_viewer, known, "signals_captured") == [1]
    said = as_viewer.get(
        reverse("signals:list", args=["acme"]), {"as_of": "2026-03-31", "current": "yes", "value": "Exploring"}
    )
    assert metric(said, "rows") == 1


def test_the_age_of_a_signal_is_counted_from_the_day(as_viewer, known, viewer):
    with on(1, 12, 11):
        as_viewer.force_login(viewer)
        page = page_of(as_viewer, known)
        assert followed(as_viewer, page, "current") > 1

        fresh = as_viewer.get(reverse("signals:list", args=["acme"]), {"as_of": "2026-03-31", "freshness": "fresh"})
        stale = as_viewer.get(reverse("signals:list", args=["acme"]), {"freshness": "stale"})

    assert [metric(each, "rows") for each in (fresh, stale)] == [1, 1]
    assert "fresh" in fresh.content.decode().split("<tbody>")[1]


def test_who_moved_later_had_not_moved(as_viewer, known):
    two = people(known)[1]
    signal(call(known, two, disposition=TALK), "movement_state", "Active")

    assert "See all" not in page_of(as_viewer, known).content.decode().split("Who moved")[1].split("</section>")[0]
    assert metric(page_of(as_viewer, known, as_of=""), "moved", "moves:all") == 1


def test_who_was_removed_later_was_a_member(as_viewer, known, manager):
    gone = people(known)[0]
    remove(campaign=known, contacts=[gone.pk], by=manager, reason="Left the market")

    assert shown(as_viewer, known, "contact_count", "coverage") == [3, 2 / 3]
    url = reverse("campaigns:members", args=["acme", known.pk])
    members = as_viewer.get(url, {"as_of": "2026-03-31"}).content.decode()
    assert "Left the market" not in members


def test_who_was_added_later_was_none(as_viewer, known):
    call(known, member(known).contact)

    assert shown(as_viewer, known, "contact_count", "coverage") == [3, 2 / 3]


def test_a_landscape_that_grew_later_is_smaller(as_viewer, known):
    new = ContactFactory(workspace=known.workspace, firm="Firm 1")
    add_to_market(workspace_id=known.workspace_id, market_id=known.market_id, contacts=[new.pk])

    page = page_of(as_viewer, known)

    assert metric(page, "landscape", f"market:{known.market_id}") == 3
    groups = [value for about, name, value, _ in numbers(page) if name == "landscape" and about.startswith("firm:")]
    assert sum(groups) == 3
    assert followed(as_viewer, page, "landscape") >= 1


def test_a_campaign_that_was_paused_later_was_active(as_viewer, known, manager):
    change_status(campaign=known, to=Status.PAUSED, by=manager, reason="Holidays")

    def status_of(name, **query):
        ids = [] if name == "campaigns:list" else [known.market_id if name == "markets:detail" else known.pk]
        body = as_viewer.get(reverse(name, args=["acme", *ids]), query).content.decode()
        return "status-paused" in body, "status-active" in body

    for name in ("campaigns:list", "campaigns:detail", "campaigns:report", "markets:detail"):
        assert status_of(name) == (True, False), name
        assert status_of(name, as_of="2026-03-31") == (False, True), name
    listed = as_viewer.get(reverse("campaigns:list", args=["acme"]), {"as_of": "2026-03-31", "status": "active"})
    assert metric(listed, "rows") == 1


def test_a_campaign_that_was_created_later_is_not_there(as_viewer, known):
    new = CampaignFactory(market=known.market, name="Summer")

    assert "Summer" not in page_of(as_viewer, known).content.decode()
    page = as_viewer.get(reverse("campaigns:detail", args=["acme", new.pk]), {"as_of": "2026-03-31"}).content.decode()
    assert "On 2026-03-31 this was not here yet: it was created on 2026-04-20. This is as of now." in page


def test_a_market_that_was_created_later_is_not_there(as_viewer, known):
    MarketFactory(workspace=known.workspace, practice_area="Tax")

    assert metric(as_viewer.get(reverse("markets:list", args=["acme"]), {"as_of": "2026-04-19"}), "rows") == 1


def test_a_meeting_that_was_held_later_was_scheduled(as_viewer, known, manager):
    with on(12):
        made = call(
            known,
            people(known)[2],
            disposition=Disposition.MEETING_BOOKED,
            started_at=at(12, 11),
            meeting_at=at(5, 9, 4),
        )
    change_meeting(meeting=made.meeting, to="held", by=manager)

    assert shown(as_viewer, known, "meetings_booked") == [1]
    assert "0 held" in page_of(as_viewer, known).content.decode()
    assert "1 held" in page_of(as_viewer, known, as_of="").content.decode()


def test_a_member_shows_the_calls_that_were_known(as_viewer, known):
    one = people(known)[0]
    call(known, one, disposition=Disposition.NOT_INTERESTED)
    url = reverse("campaigns:members", args=["acme", known.pk])

    rows = as_viewer.get(url, {"as_of": "2026-03-31", "state": "called", "_export": "csv"}).getvalue().decode()

    assert "No Answer" in rows
    assert "Not Interested" not in rows


def test_callers_are_compared_by_what_was_known(as_viewer, known, manager):
    with on(11):
        made = call(known, people(known)[0], disposition=TALK, started_at=at(11, 11), caller=manager)
        signal(made)
    signal(made, "firm_stability", "Stable")
    call(known, people(known)[0], caller=manager, started_at=at(30))

    page = as_viewer.get(reverse("calls:callers", args=["acme"]), {"as_of": "2026-03-31", "period": "quarter"})

    about = f"caller:{manager.pk}"
    assert [metric(page, name, about) for name in ("calls_made", "signals_captured", "called")] == [1, 1, 1]
    assert followed(as_viewer, page) > 8


def test_what_is_asked_of_now_alone_says_so(as_viewer, known):
    call(known, people(known)[2])

    market, campaign = (
        page_of(as_viewer, known).content.decode(),
        as_viewer.get(reverse("campaigns:detail", args=["acme", known.pk]), {"as_of": "2026-03-31"}),
    )
    listed = as_viewer.get(reverse("contacts:list", args=["acme"]), {"as_of": "2026-03-31", "state": "callable"})

    assert "Who is to be called next is asked of now alone" in market
    assert "Who can still be called, and what can be done, is asked of now alone" in campaign.content.decode()
    assert not [name for _, name, _, _ in numbers(campaign) if name == "callable"]
    assert "this is only known as of now; take “as of” off" in listed.content.decode()
    assert metric(listed, "rows") == 0


@pytest.mark.parametrize("name", ["markets:list", "campaigns:list", "campaigns:detail", "campaigns:report"])
@pytest.mark.parametrize("period", ["all", "30d", "quarter"])
def test_every_number_of_a_page_opens_the_rows_of_then(as_viewer, known, manager, name, period):
    void(call=call(known, people(known)[2], started_at=at(29)), by=manager, reason="Twice")
    amend(call=known.calls.filter(disposition=TALK).get(), by=manager, reason="Slip", started_at=at(1))
    remove(campaign=known, contacts=[people(known)[1].pk], by=manager, reason="Left the market")
    url = reverse(name, args=["acme", *([] if name.endswith("list") else [known.pk])])

    page = as_viewer.get(url, {"as_of": "2026-03-31", "period": period})

    assert followed(as_viewer, page) >= 4


def test_a_page_says_what_day_it_is_of_and_leads_back(as_viewer, known):
    page = page_of(as_viewer, known, period="quarter", by="city").content.decode()

    assert "as of 31 Mar" in page
    assert '<a href="?period=quarter&amp;by=city">back to now</a>' in page
    assert '<input type="date" id="as-of" name="as_of" value="2026-03-31" max="2026-04-20">' in page
    assert 'href="?by=city&amp;as_of=2026-03-31&amp;period=year"' in page


def test_a_list_of_a_past_day_says_so_in_a_chip(as_viewer, known):
    page = as_viewer.get(reverse("calls:list", args=["acme"]), {"as_of": "2026-03-31", "counted": "yes"})

    assert "As of: 31 Mar ×" in page.content.decode()
    assert 'href="?counted=yes"' in page.content.decode()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"as_of": "yesterday"}, "“yesterday” is not a day for “as of”"),
        ({"as_of": "2026-02-30"}, "“2026-02-30” is not a day for “as of”"),
        ({"as_of": "2026-04-21"}, "The day 2026-04-21 has not come"),
        ({"from": "2026-04-02"}, "The period starts (2026-04-02) after the day that it is asked as of (2026-03-31)"),
        ({"as_of": "2025-12-31"}, "On 2025-12-31 this was not here yet"),
    ],
)
def test_a_day_that_cannot_be_is_said(as_viewer, known, query, sentence):
    page = page_of(as_viewer, known, **query)

    assert sentence in page.content.decode()
    assert page.status_code == 200


def test_a_list_as_of_a_day_to_come_shows_nothing_and_says_so(as_viewer, known):
    page = as_viewer.get(reverse("calls:list", args=["acme"]), {"as_of": "2026-04-21"})

    assert (
        "As of “2026-04-21” cannot be filtered by: that day has not come; choose a past one." in page.content.decode()
    )
    assert metric(page, "rows") == 0


def test_as_of_today_is_now(as_viewer, known):
    page = page_of(as_viewer, known, as_of="2026-04-20").content.decode()

    assert "as of " not in page.split('<p class="facts">')[1].split("</p>")[0]
    listed = as_viewer.get(reverse("calls:list", args=["acme"]), {"as_of": "2026-04-20", "state": "standing"})
    assert metric(listed, "rows") == 2
