"""The list of callbacks: what it shows, its filters and numbers, and what it costs."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from calls.metrics.callbacks import by_caller, by_campaign, to_call_now, with_state, with_why_not
from campaigns.lifecycle.transitions import change_status
from campaigns.membership import remove
from markets.suppressions.services import suppress
from tests.calls.metrics.callbacks.pages import NEW_YORK, NOON, callbacks_page
from tests.factories import MembershipFactory, call
from tests.reading import metric, numbers


def never_call(campaign, contact, by):
    suppress(contact=contact, by=by, reason="Asked")


def close_contact(campaign, contact, by):
    call(campaign, contact, disposition="not_interested", started_at=NOON - timedelta(days=9))


def remove_member(campaign, contact, by):
    remove(campaign=campaign, contacts=[contact.pk], by=by, reason="Moved away")


def lose_number(campaign, contact, by):
    contact.phone = contact.phone_e164 = ""
    contact.save()


def report_wrong_number(campaign, contact, by):
    call(campaign, contact, disposition="incorrect_number", started_at=NOON - timedelta(days=9))


def pause(campaign, contact, by):
    change_status(campaign=campaign, to="paused", by=by, reason="Holidays")


@pytest.mark.parametrize(
    ("happen", "words"),
    [
        (never_call, "on the do-not-call list"),
        (close_contact, "closed by another call"),
        (remove_member, "removed from the campaign"),
        (lose_number, "no number"),
        (report_wrong_number, "number to repair"),
        (pause, "the campaign is paused"),
    ],
)
def test_who_may_not_be_called_is_not_offered_and_the_list_says_why(
    as_caller, campaign, add_callback, manager, happen, words
):
    made = add_callback(NOON - timedelta(hours=1))
    offered = callbacks_page(as_caller).content.decode()
    happen(campaign, made.contact, manager)

    page = callbacks_page(as_caller).content.decode()

    assert "Call now" in offered
    assert "Call now" not in page
    assert f"Not to be called: {words}" in page
    assert metric(callbacks_page(as_caller), "due", "callbacks") == 1
    assert metric(callbacks_page(as_caller, state="to_call"), "rows") == 0


def test_the_count_beside_the_section_is_what_may_be_called_now(as_caller, campaign, add_callback, manager):
    add_callback(NOON - timedelta(hours=1))
    add_callback(NOON - timedelta(days=1))
    add_callback(NOON + timedelta(hours=1))
    never_call(campaign, add_callback(NOON - timedelta(hours=2)).contact, manager)
    kept = add_callback(NOON - timedelta(hours=3))
    call(campaign, kept.contact, started_at=NOON - timedelta(hours=2, minutes=30))

    counted = campaign.workspace.campaign_contacts.callback_due(NOON).count()

    assert counted == to_call_now(with_state(campaign.workspace)).count() == 2
    assert metric(callbacks_page(as_caller, state="to_call"), "rows") == 2
    assert "Callbacks due <span>2</span>" in callbacks_page(as_caller).content.decode()


def test_the_list_shows_what_is_open_missed_and_due_first(as_viewer, campaign, add_callback):
    upcoming = add_callback(NOON + timedelta(days=1))
    due = add_callback(NOON - timedelta(hours=1))
    missed = add_callback(NOON - timedelta(days=1))
    kept = add_callback(NOON - timedelta(days=1))
    call(campaign, kept.contact, started_at=NOON - timedelta(days=1))

    page = callbacks_page(as_viewer).content.decode()

    places = [page.index(f'data-row="call:{each.pk}"') for each in (missed, due, upcoming)]
    assert places == sorted(places)
    assert f'data-row="call:{kept.pk}"' not in page
    assert "Call now" not in page, "a viewer does not call"


def test_every_number_opens_its_rows(as_viewer, campaign, add_callback, caller):
    for hours in (-30, -29, -1, 5):
        add_callback(NOON + timedelta(hours=hours), caller=caller)
    late = add_callback(NOON - timedelta(days=2), caller_name="Ann of the dialer")
    call(campaign, late.contact, started_at=NOON - timedelta(days=1))
    add_callback(NOON - timedelta(hours=1))

    lists = [callbacks_page(as_viewer), callbacks_page(as_viewer, caller=caller.pk)]
    tallies = as_viewer.get(reverse("callbacks:tallies", args=["acme"]), {"period": "quarter"})

    opened = 0
    for page, base in [(each, reverse("callbacks:list", args=["acme"])) for each in lists] + [(tallies, "")]:
        for about, name, value, href in numbers(page):
            if about and href:
                assert metric(as_viewer.get(base + href), "rows") == value, (about, name, href)
                opened += 1
    assert opened == 12 + 4 * 5


def test_promises_are_tallied_by_campaign_and_by_caller(campaign, add_callback, caller):
    kept = add_callback(NOON - timedelta(days=1), caller=caller)
    call(campaign, kept.contact, started_at=NOON - timedelta(days=1))
    add_callback(NOON - timedelta(days=1), caller=caller)
    add_callback(NOON + timedelta(days=1), caller=caller)
    add_callback(NOON, caller_name="Ann of the dialer")

    (whole,) = by_campaign(with_state(campaign.workspace))
    own, dialer = by_caller(with_state(campaign.workspace))

    assert whole.counts == {"missed": 1, "due": 1, "upcoming": 1, "late": 0, "kept": 1}
    assert (own.key, own.promised, own.decided, own.kept_rate) == (f"caller:{caller.pk}", 3, 2, 0.5)
    assert (dialer.label, dialer.kept_rate) == ("Ann of the dialer", None)


def test_a_former_member_is_still_found_among_those_who_promised(as_viewer, workspace, add_callback):
    membership = MembershipFactory(workspace=workspace, user__first_name="Formerly")
    add_callback(NOON, caller=membership.user)
    membership.delete()

    assert metric(callbacks_page(as_viewer, caller=membership.user.pk), "rows") == 1


def test_the_days_of_the_filter_are_those_of_the_promised_time(as_viewer, add_callback):
    add_callback(datetime(2026, 3, 9, 23, 30, tzinfo=NEW_YORK))
    add_callback(datetime(2026, 3, 10, 0, 30, tzinfo=NEW_YORK))

    assert metric(callbacks_page(as_viewer, **{"from": "2026-03-10", "to": "2026-03-10"}), "rows") == 1


def test_the_export_has_what_the_filter_shows(as_viewer, add_callback):
    missed = add_callback(NOON - timedelta(days=1))
    add_callback(NOON + timedelta(days=1))

    lines = callbacks_page(as_viewer, state="missed", _export="csv").getvalue().decode().splitlines()

    assert len(lines) == 2
    assert str(missed.contact) in lines[1]


@pytest.mark.parametrize("sort", ["contact", "firm", "campaign", "callback_at", "-state", "-settled_at", "caller"])
def test_the_list_is_sorted_by_each_column(as_viewer, add_callback, sort):
    add_callback(NOON)

    page = callbacks_page(as_viewer, sort=sort)

    assert "There is no column" not in page.content.decode()
    assert metric(page, "rows") == 1


def test_the_list_costs_the_same_for_2_and_for_20_rows(as_viewer, add_callback):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            callbacks_page(as_viewer)
        return len(queries)

    for _ in range(2):
        add_callback(NOON)
    few = cost()
    for _ in range(18):
        add_callback(NOON)

    assert cost() == few
    assert few <= 12


def test_a_search_takes_no_statement_twice(as_viewer, add_callback):
    add_callback(NOON, notes="Asked for April")

    with CaptureQueriesContext(connection) as queries:
        page = callbacks_page(as_viewer, q="april")

    statements = [query["sql"] for query in queries]
    assert metric(page, "rows") == 1
    assert [each for each in statements if statements.count(each) > 1] == []


def test_why_not_is_asked_of_open_promises_only(campaign, add_callback):
    made = add_callback(NOON - timedelta(days=1))
    close_contact(campaign, made.contact, None)
    call(campaign, made.contact, started_at=NOON)

    assert with_why_not(with_state(campaign.workspace)).get().why_not is None


def test_the_page_of_a_call_says_when_it_was_called_back(as_viewer, campaign, add_callback):
    made = add_callback(NOON - timedelta(days=1))
    url = reverse("calls:detail", args=["acme", made.pk])
    before = as_viewer.get(url).content.decode()

    call(campaign, made.contact, started_at=NOON - timedelta(hours=2))
    after = as_viewer.get(url).content.decode()

    assert "called back" not in before
    assert after.index("called back") < after.index((NOON - timedelta(hours=2)).isoformat())
