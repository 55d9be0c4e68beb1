"""The document of a report says what the campaign's rows say."""

import json
from datetime import timedelta

import pytest
from django.utils.timezone import now

from campaigns.membership import remove
from markets.suppressions.services import suppress
from signals.report.build import build, named_in
from signals.report.shape import SECTIONS
from tests.factories import active_campaign, call, calls, member, signal


def metric_of(document, name):
    return next(row for row in document["metrics"]["rows"] if row["name"] == name)


def name_of(document, row):
    return document["people"][str(row["person"])]["name"]


def test_the_numbers_are_those_of_the_metrics(campaign):
    document = build(campaign)

    values = {row["name"]: row["own"]["value"] for row in document["metrics"]["rows"]}
    assert values == {
        "contact_count": 5,
        "calls_made": 4,
        "connection_rate": 3 / 4,
        "meetings_booked": 1,
        "signals_captured": 1,
        "coverage": 4 / 5,
        "reach": 3 / 4,
    }


def test_it_is_json_and_has_every_section(campaign):
    document = build(campaign)

    assert json.loads(json.dumps(document))["coverage"]["contacts"] == 5
    assert set(SECTIONS) <= document.keys()


def test_a_rate_has_its_interval_and_says_that_the_calls_are_few(campaign):
    rate = metric_of(build(campaign), "connection_rate")["own"]

    assert (rate["low"], rate["high"]) == pytest.approx((0.3006, 0.9544), abs=1e-4)
    assert rate["is_few"]


def test_interest_is_shown_with_its_evidence_strongest_first(campaign):
    interest = build(campaign)["interest"]

    document = build(campaign)
    assert [name_of(document, row) for row in interest["rows"]] == ["Ada Booker", "Ben Later"]
    assert interest["rows"][0]["outcomes"][0]["outcome"] == "Meeting Booked"
    assert interest["rows"][0]["signals"][0]["words"] == "I want out by spring"


def test_somebody_shows_interest_by_a_current_signal_from_another_campaign(campaign, person):
    other = active_campaign(market=campaign.market, workspace=campaign.workspace, name="Other")
    quiet = person("Di Silent")
    other.members.create(workspace=other.workspace, contact=quiet)
    signal(call(other, quiet, disposition="not_interested"), type="timing_window", value="3-6 months")

    document = build(campaign)

    row = next(row for row in document["interest"]["rows"] if name_of(document, row) == "Di Silent")
    assert row["outcomes"] == []
    assert row["signals"][0]["value"] == "3-6 months"


def test_a_weak_signal_is_no_interest(campaign, person):
    signal(call(campaign, person("Cy Nolan"), disposition="not_interested"), value="Soft Listening")

    assert build(campaign)["interest"]["total"] == 2


def test_somebody_who_was_removed_still_counts_with_their_outcome(campaign, person, manager):
    remove(campaign=campaign, contacts=[person("Ben Later").pk], by=manager, reason="Moved abroad")

    document = build(campaign)

    assert document["interest"]["total"] == 2
    assert document["coverage"]["contacts"] == 4


def test_who_moved_is_compared_with_what_was_heard_before_the_campaign(campaign, person):
    other = active_campaign(market=campaign.market, workspace=campaign.workspace, name="Earlier")
    ada = person("Ada Booker")
    other.members.create(workspace=other.workspace, contact=ada)
    earlier = call(other, ada, disposition="not_interested", started_at=now() - timedelta(days=90))
    signal(earlier, value="Not Moving")

    (move,) = build(campaign)["signals"]["moves"]

    assert (move["before"], move["after"], move["is_stronger"]) == ("Not Moving", "Active", True)


def test_a_first_signal_moves_nobody(campaign):
    assert build(campaign)["signals"]["moves"] == []


def test_everybody_is_closed_or_left_for_one_reason(campaign, person, manager):
    suppress(contact=person("Di Silent"), by=manager, reason="Asked by letter")
    for name, fields in {"Fay Wrong": {"phone": "", "phone_e164": ""}, "Gil Later": {}, "Hal Limits": {}}.items():
        member(campaign, full_name=name, **fields)
    call(campaign, person("Gil Later"), disposition="callback_requested")
    campaign.workspace.off_limits.create(contact=person("Hal Limits"), reason="A client")

    coverage = build(campaign)["coverage"]

    assert {group["label"]: group["people"] for group in coverage["groups"]} == {
        "Do not call": 1,
        "Off-limits": 1,
        "Number to repair": 1,
        "Callback owed": 1,
        "Not called": 1,
    }
    assert coverage["closed"] + coverage["left"] == coverage["contacts"] == 8


@pytest.mark.parametrize(("days", "label"), [(1, "Resting after a call"), (30, "Called without a result")])
def test_somebody_without_a_result_rests_or_is_left(campaign, days, label):
    campaign.members.exclude(attempt_count=0).filter(is_closed=False).update(
        last_attempt_at=now() - timedelta(days=days)
    )

    groups = build(campaign)["coverage"]["groups"]

    assert label in [group["label"] for group in groups]


def test_attempts_that_are_used_up_are_said(campaign):
    campaign.most_attempts = 1

    assert "Attempts used up" in [group["label"] for group in build(campaign)["coverage"]["groups"]]


def test_a_meeting_has_its_outcome(campaign, manager):
    meeting = campaign.workspace.meetings.get()
    meeting.record_change("held", now(), by=manager)

    document = build(campaign)

    assert document["meetings"]["counts"] == {"Held": 1}
    assert "1 meeting was booked; it is held." in document["summary"]["sentences"]


def test_firms_count_people_called_spoken_with_and_interested(campaign):
    firms = build(campaign)["firms"]

    assert firms["total"] == 2
    assert [tuple(row.values()) for row in firms["rows"]] == [
        ("Alpha LLP", 2, 2, 2, 2),
        ("Beta LLP", 2, 2, 1, 0),
        ("", 1, 0, 0, 0),
    ]


def test_the_other_campaigns_of_the_market_are_pooled(campaign):
    calls(campaign.market, campaign="one", made=10, conversations=1)
    calls(campaign.market, campaign="two", made=90, conversations=9)

    metrics = build(campaign)["metrics"]

    assert metrics["other_campaigns"] == 2
    rate = next(row for row in metrics["rows"] if row["name"] == "connection_rate")
    assert rate["others"]["value"] == pytest.approx(10 / 100)
    assert rate["verdict"] == "Higher"


def test_without_other_campaigns_nothing_is_compared(campaign):
    rows = build(campaign)["metrics"]["rows"]

    assert all(row["others"] is None and row["verdict"] == "" for row in rows)


def test_people_are_named_in_one_place_only(campaign):
    document = build(campaign)
    names = {person["name"] for person in document["people"].values()}

    texts = json.dumps({key: value for key, value in document.items() if key != "people"})

    assert not [name for name in names if name in texts]
    assert set(document["people"]) == {str(key) for key in named_in(document)}


def test_a_past_moment_shows_what_was_known_at_the_end_of_that_day(campaign):
    before = build(campaign, now() - timedelta(days=2))
    call(campaign, disposition="no_answer", started_at=now() - timedelta(minutes=5))

    assert metric_of(before, "calls_made")["own"]["value"] == 0  # they were recorded today
    assert metric_of(build(campaign), "calls_made")["own"]["value"] == 5


def test_the_statements_do_not_grow_with_the_campaign(campaign, django_assert_max_num_queries):
    build(campaign)
    for number in range(30):
        made = call(campaign, member(campaign).contact, disposition="future_potential")
        signal(made, value="Exploring", evidence=f"Words {number}")

    with django_assert_max_num_queries(16):
        document = build(campaign)

    assert document["interest"]["total"] == 32
