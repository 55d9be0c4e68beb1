"""As of a past day each number counts what was known at the end of that day."""

from django.urls import reverse

from calls.log.meetings import change_meeting
from calls.log.services import amend, void
from calls.metrics.row_metrics import with_metrics
from campaigns.dispositions import Disposition
from campaigns.lifecycle.transitions import change_status
from campaigns.membership import add_to_market, remove
from campaigns.models import Campaign, Status
from config.ui.periods import Period
from tests.calls.metrics.as_of.figures import (
    AS_OF,
    TALK,
    at_hour,
    contacts_of,
    follow_numbers,
    market_numbers,
    market_page,
    travel_to,
)
from tests.factories import CampaignFactory, ContactFactory, MarketFactory, call, member, signal
from tests.reading import lengths_of_lists, metric, numbers


def test_a_call_that_was_recorded_later_is_not_known_yet(as_viewer, spring):
    call(spring, contacts_of(spring)[2], started_at=at_hour(30))

    assert market_numbers(as_viewer, spring, "calls_made", "contact_count") == [2, 3]
    assert metric(market_page(as_viewer, spring, as_of=""), "calls_made", f"market:{spring.market_id}") == 3


def test_a_call_that_was_voided_later_still_counts(as_viewer, spring, manager):
    void(call=spring.calls.filter(disposition=TALK).get(), by=manager, reason="Twice in the log")

    assert market_numbers(as_viewer, spring, "calls_made", "connection_rate", "signals_captured") == [2, 0.5, 1]
    listed = as_viewer.get(reverse("calls:list", args=["acme"]), {"as_of": "2026-03-31", "state": "voided"})
    assert metric(listed, "rows") == 0
    assert metric(as_viewer.get(reverse("calls:list", args=["acme"]), {"state": "voided"}), "rows") == 1


def test_whoever_was_called_was_so_though_that_call_was_voided_and_another_made(as_viewer, spring, manager):
    made = spring.calls.filter(disposition=TALK).get()
    void(call=made, by=manager, reason="Twice in the log")
    with travel_to(21, 12, 4):
        call(spring, made.contact, disposition=TALK)
        call(spring, contacts_of(spring)[2], disposition=TALK)

        assert market_numbers(as_viewer, spring, "coverage") == [2 / 3]
        row = with_metrics(Campaign.objects.all(), spring.workspace, Period(as_of=AS_OF)).get()
        assert row.metrics["reach"] == 0.5


def test_a_call_counts_by_what_it_said_before_it_was_corrected(as_viewer, spring, manager):
    made = spring.calls.filter(disposition=Disposition.NO_ANSWER).get()
    amend(call=made, by=manager, reason="Misheard", disposition=Disposition.MEETING_BOOKED)
    with travel_to(21, 12, 4):
        amend(call=made, by=manager, reason="Misheard again", disposition=Disposition.NOT_INTERESTED)

    assert market_numbers(as_viewer, spring, "connection_rate", "meetings_booked", "coverage") == [0.5, 0, 2 / 3]
    page = market_page(as_viewer, spring)
    assert metric(page, "calls_made", "outcome:no_answer") == 1
    assert metric(page, "calls_made", "outcome:not_interested") == 0
    listed = as_viewer.get(reverse("calls:list", args=["acme"]), {"as_of": "2026-03-31", "disposition": "no_answer"})
    assert metric(listed, "rows") == 1
    assert ">corrected<" not in listed.content.decode()


def test_a_call_counts_on_the_day_that_it_named_before_it_was_corrected(as_viewer, spring, manager):
    made = spring.calls.filter(disposition=TALK).get()
    amend(call=made, by=manager, reason="It was the week after", started_at=at_hour(17))

    the_week = {"from": "2026-03-09", "to": "2026-03-15"}
    assert market_numbers(as_viewer, spring, "calls_made", "signals_captured", **the_week) == [2, 1]
    assert market_numbers(as_viewer, spring, "calls_made", "signals_captured", **{"from": "2026-03-16"}) == [0, 0]
    now_known = market_page(as_viewer, spring, as_of="", **the_week)
    assert metric(now_known, "calls_made", f"market:{spring.market_id}") == 1
    follow_current_numbers(as_viewer, now_known)


def follow_current_numbers(client, page):
    rows = lengths_of_lists(client)
    for about, name, value, href in numbers(page):
        if name not in {"connection_rate", "coverage", "reach", "rows"}:
            assert rows(href) == value, (about, name, href)


def test_an_inbound_call_that_was_taken_for_an_outbound_one_counts_until_it_is_corrected(as_viewer, spring, manager):
    amend(call=spring.calls.filter(disposition=TALK).get(), by=manager, reason="They rang", direction="inbound")

    assert market_numbers(as_viewer, spring, "calls_made", "signals_captured") == [2, 1]


def test_a_signal_that_was_captured_later_is_not_known_yet(as_viewer, spring):
    made = spring.calls.filter(disposition=TALK).get()
    signal(made, "movement_state", "Active")
    signal(made, "firm_stability", "Stable")

    assert market_numbers(as_viewer, spring, "signals_captured") == [1]
    exploring = as_viewer.get(
        reverse("signals:list", args=["acme"]), {"as_of": "2026-03-31", "current": "yes", "value": "Exploring"}
    )
    assert metric(exploring, "rows") == 1


def test_the_age_of_a_signal_is_counted_from_the_day(as_viewer, spring, viewer):
    with travel_to(1, 12, 11):
        as_viewer.force_login(viewer)
        page = market_page(as_viewer, spring)
        assert follow_numbers(as_viewer, page, "current") > 1

        fresh = as_viewer.get(reverse("signals:list", args=["acme"]), {"as_of": "2026-03-31", "freshness": "fresh"})
        stale = as_viewer.get(reverse("signals:list", args=["acme"]), {"freshness": "stale"})

    assert [metric(each, "rows") for each in (fresh, stale)] == [1, 1]
    assert "fresh" in fresh.content.decode().split("<tbody>")[1]


def test_who_moved_later_had_not_moved(as_viewer, spring):
    two = contacts_of(spring)[1]
    signal(call(spring, two, disposition=TALK), "movement_state", "Active")

    assert "See all" not in market_page(as_viewer, spring).content.decode().split("Who moved")[1].split("</section>")[0]
    assert metric(market_page(as_viewer, spring, as_of=""), "moved", "moves:all") == 1


def test_who_was_removed_later_was_a_member(as_viewer, spring, manager):
    gone = contacts_of(spring)[0]
    remove(campaign=spring, contacts=[gone.pk], by=manager, reason="Left the market")

    assert market_numbers(as_viewer, spring, "contact_count", "coverage") == [3, 2 / 3]
    url = reverse("campaigns:members", args=["acme", spring.pk])
    members = as_viewer.get(url, {"as_of": "2026-03-31"}).content.decode()
    assert "Left the market" not in members


def test_who_was_added_later_was_none(as_viewer, spring):
    call(spring, member(spring).contact)

    assert market_numbers(as_viewer, spring, "contact_count", "coverage") == [3, 2 / 3]


def test_a_landscape_that_grew_later_is_smaller(as_viewer, spring):
    new = ContactFactory(workspace=spring.workspace, firm="Firm 1")
    add_to_market(workspace_id=spring.workspace_id, market_id=spring.market_id, contacts=[new.pk])

    page = market_page(as_viewer, spring)

    assert metric(page, "landscape", f"market:{spring.market_id}") == 3
    groups = [value for about, name, value, _ in numbers(page) if name == "landscape" and about.startswith("firm:")]
    assert sum(groups) == 3
    assert follow_numbers(as_viewer, page, "landscape") >= 1


def test_a_campaign_that_was_paused_later_was_active(as_viewer, spring, manager):
    change_status(campaign=spring, to=Status.PAUSED, by=manager, reason="Holidays")

    def status_of(name, **query):
        ids = [] if name == "campaigns:list" else [spring.market_id if name == "markets:detail" else spring.pk]
        body = as_viewer.get(reverse(name, args=["acme", *ids]), query).content.decode()
        return "status-paused" in body, "status-active" in body

    for name in ("campaigns:list", "campaigns:detail", "campaigns:performance", "markets:detail"):
        assert status_of(name) == (True, False), name
        assert status_of(name, as_of="2026-03-31") == (False, True), name
    listed = as_viewer.get(reverse("campaigns:list", args=["acme"]), {"as_of": "2026-03-31", "status": "active"})
    assert metric(listed, "rows") == 1


def test_a_campaign_that_was_created_later_is_not_there(as_viewer, spring):
    new = CampaignFactory(market=spring.market, name="Summer")

    assert "Summer" not in market_page(as_viewer, spring).content.decode()
    page = as_viewer.get(reverse("campaigns:detail", args=["acme", new.pk]), {"as_of": "2026-03-31"}).content.decode()
    assert "On 2026-03-31 this was not here yet: it was created on 2026-04-20. This is as of now." in page


def test_a_market_that_was_created_later_is_not_there(as_viewer, spring):
    MarketFactory(workspace=spring.workspace, practice_area="Tax")

    assert metric(as_viewer.get(reverse("markets:list", args=["acme"]), {"as_of": "2026-04-19"}), "rows") == 1


def test_a_meeting_that_was_held_later_was_scheduled(as_viewer, spring, manager):
    with travel_to(12):
        made = call(
            spring,
            contacts_of(spring)[2],
            disposition=Disposition.MEETING_BOOKED,
            started_at=at_hour(12, 11),
            meeting_at=at_hour(5, 9, 4),
        )
    change_meeting(meeting=made.meeting, to="held", by=manager)

    assert market_numbers(as_viewer, spring, "meetings_booked") == [1]
    assert "0 held" in market_page(as_viewer, spring).content.decode()
    assert "1 held" in market_page(as_viewer, spring, as_of="").content.decode()


def test_a_member_shows_the_calls_that_were_known(as_viewer, spring):
    one = contacts_of(spring)[0]
    call(spring, one, disposition=Disposition.NOT_INTERESTED)
    url = reverse("campaigns:members", args=["acme", spring.pk])

    rows = as_viewer.get(url, {"as_of": "2026-03-31", "state": "called", "_export": "csv"}).getvalue().decode()

    assert "No Answer" in rows
    assert "Not Interested" not in rows


def test_callers_are_compared_by_what_was_known(as_viewer, spring, manager):
    with travel_to(11):
        made = call(spring, contacts_of(spring)[0], disposition=TALK, started_at=at_hour(11, 11), caller=manager)
        signal(made)
    signal(made, "firm_stability", "Stable")
    call(spring, contacts_of(spring)[0], caller=manager, started_at=at_hour(30))

    page = as_viewer.get(reverse("calls:callers", args=["acme"]), {"as_of": "2026-03-31", "period": "quarter"})

    about = f"caller:{manager.pk}"
    assert [metric(page, name, about) for name in ("calls_made", "signals_captured", "called")] == [1, 1, 1]
    assert follow_numbers(as_viewer, page) > 8
