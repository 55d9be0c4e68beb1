"""What is corrected after a report was frozen stands beside it, with its date and its effect."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from random import Random

import pytest
from django.utils.timezone import now

from calls.log.services import amend, void
from calls.log.validation import CallRefused
from signals.contacts.erasure import erase
from signals.contacts.merge import merge
from signals.report.differences import differences
from tests.calls.ingest.call_log.call_rows import import_rows
from tests.factories import call, signal


@pytest.fixture
def changes(campaign, complete):
    """A function that returns the differences to the report that was frozen before."""
    report = complete()
    return lambda: differences(campaign, report.document)


def of_kind(found, words):
    return next(row for row in found.rows if row.what.endswith(words))


def then_and_now(found):
    return {row.label: (row.then, row.now) for row in found.numbers}


def test_nothing_has_changed_at_first(changes):
    found = changes()

    assert (found.rows, found.unexplained) == ([], "")
    assert all(row.then == row.now and row.change == "" for row in found.numbers)


def test_a_voided_call(campaign, changes, person, manager):
    void(call=campaign.calls.get(contact=person("Ada Booker")), by=manager, reason="Twice in the log")

    found = changes()

    row = of_kind(found, "call voided")
    assert row.effect == "-1 call, -1 conversation, -1 meeting, -1 signal"
    assert (row.day, row.by, row.reason, row.person) == (
        campaign.workspace.today(),
        str(manager),
        "Twice in the log",
        "Ada Booker",
    )
    assert then_and_now(found)["Calls made"] == ("4", "3")
    assert found.unexplained == ""


def test_a_corrected_outcome(campaign, changes, person, manager):
    amend(
        call=campaign.calls.get(contact=person("Di Silent")),
        by=manager,
        reason="Misheard",
        disposition="not_interested",
    )

    found = changes()

    row = of_kind(found, "call corrected")
    assert (row.detail, row.effect) == ("No Answer → Not Interested", "+1 conversation")
    assert then_and_now(found)["Connection rate"] == ("75.0 %", "100.0 %")
    assert found.unexplained == ""


def test_a_call_that_is_corrected_and_then_voided(campaign, changes, person, manager):
    made = campaign.calls.get(contact=person("Di Silent"))
    made = amend(call=made, by=manager, reason="Misheard", disposition="not_interested")
    void(call=made, by=manager, reason="Not ours")

    found = changes()

    assert of_kind(found, "call corrected").effect == "+1 conversation"
    assert of_kind(found, "call voided").effect == "-1 call, -1 conversation"
    assert found.unexplained == ""


def test_a_late_file_of_the_dialer(campaign, changes, person):
    moment = f"{now() - timedelta(days=1):%Y-%m-%d %H:%M}"
    late = {"Ed Uncalled": "No Answer", "Di Silent": "Future Potential"}
    rows = [
        {"call_id": name, "contact": person(name).email, "started_at": moment, "disposition": outcome}
        for name, outcome in late.items()
    ]
    assert import_rows(campaign, *rows, historical=False).created == 2

    found = changes()

    row = of_kind(found, "calls added late")
    assert (row.what, row.effect) == ("2 calls added late", "+2 calls, +1 conversation")
    assert row.detail == "from rows.csv"
    assert then_and_now(found)["Calls made"] == ("4", "6")
    assert found.unexplained == ""


def test_a_later_signal_and_the_outcome_of_a_meeting(campaign, changes, person, manager):
    signal(campaign.calls.get(contact=person("Ben Later")), value="Exploring")
    campaign.workspace.meetings.get().record_change("held", now(), by=manager)

    found = changes()

    assert of_kind(found, "signal added").effect == "+1 signal"
    assert of_kind(found, "meeting changed").detail == "Scheduled → Held"
    assert found.unexplained == ""


def test_two_members_merged(campaign, changes, person, manager):
    merge(keep=person("Cy Nolan"), merged=person("Ed Uncalled"), by=manager, reason="The same card")

    found = changes()

    row = of_kind(found, "person merged with another")
    assert (row.person, row.reason, row.effect) == ("Cy Nolan", "The same card", "-1 person")
    assert then_and_now(found)["People"] == ("5", "4")
    assert found.unexplained == ""


def test_an_erasure_counts_nothing(changes, person):
    erase(contact=person("Ada Booker"), by=None, reason="Asked by letter")

    found = changes()

    row = of_kind(found, "person erased")
    assert row.effect == ""
    assert row.person.startswith("Erased person")
    assert found.unexplained == ""


def test_what_the_rows_do_not_explain_is_said(campaign, complete):
    document = complete().document
    row = next(row for row in document["metrics"]["rows"] if row["name"] == "calls_made")
    row["own"]["value"] += 2

    assert differences(campaign, document).unexplained == "-2 calls"


def test_the_statements_do_not_grow_with_the_changes(campaign, changes, person, manager, django_assert_max_num_queries):
    for place in range(25):
        made = call(campaign, person("Ed Uncalled"), started_at=now() - timedelta(days=1, minutes=place))
        void(call=made, by=manager, reason=f"Reason {place}")

    with django_assert_max_num_queries(9):
        found = changes()

    assert Counter(row.what for row in found.rows) == {"25 calls added late": 1, "1 call voided": 25}
    assert found.unexplained == ""


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_the_effects_add_up(campaign, changes, manager, seed):
    rng = Random(seed)
    outcomes = ["no_answer", "not_interested", "future_potential", "meeting_booked", "voicemail"]
    people = [each.contact for each in campaign.members.order_by("pk")]
    for step in range(25):
        calls = list(campaign.calls.filter(voided_at=None).order_by("pk"))
        chosen = rng.choice(calls)
        what = rng.choice(["late", "inbound", "void", "amend", "amend", "signal", "merge"])
        if what in ("late", "inbound"):
            started_at = now() - timedelta(days=1, minutes=step)
            direction = "inbound" if what == "inbound" else "outbound"
            call(
                campaign,
                rng.choice(people),
                disposition=rng.choice(outcomes),
                started_at=started_at,
                direction=direction,
            )
        elif what == "void" and len(calls) > 2:
            void(call=chosen, by=manager, reason=f"Step {step}")
        elif what == "amend":
            with suppress(CallRefused):
                fields = {"disposition": rng.choice(outcomes), "direction": rng.choice(["inbound", "outbound"])}
                amend(call=chosen, by=manager, reason=f"Step {step}", **fields)
        elif what == "signal" and chosen.is_conversation:
            signal(chosen, value=rng.choice(["Active", "Exploring", "Not Moving"]))
        elif what == "merge" and len(people) > 3:
            merge(keep=people[0], merged=people.pop(), by=manager)

    found = changes()

    assert found.rows
    assert found.unexplained == ""
