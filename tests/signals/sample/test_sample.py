"""Checks the rules of the portal on the sample in plain Python, independent of the code that writes it."""

from collections import defaultdict
from datetime import timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils.timezone import now

from calls import derived
from calls.models import Call, Meeting
from campaigns.models import Campaign, CampaignContact, Kind, Status, StatusChange
from markets.contacts.phones import to_e164
from markets.models import Contact, MarketContact, Suppression
from signals import sample
from signals.models import Signal
from signals.report.differences import differences
from tests.factories import utc

MOMENT = utc(2026, 5, 20, 19, 30)
SMALL = sample.Size(people=320, calls=1300, signals=330)
CONVERSATIONS = {"not_interested", "callback_requested", "future_potential", "meeting_booked"}
CLOSING = {"not_interested", "future_potential", "meeting_booked", "do_not_contact"}
FICTION = ("+442079460", "+441614960", "+496990009")


def make(slug, *, rng=7, moment=MOMENT, size=SMALL):
    workspace, staff = sample.create_workspace(slug=slug, name=slug, domain=f"{slug}.example", password="secret")
    sample.build(workspace=workspace, staff=staff, size=size, rng=Random(rng), moment=moment)
    return workspace


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """One sample for all tests of this file, rolled back after the last."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make("sample")
        transaction.set_rollback(True)


@pytest.fixture
def sampled(built, django_db_blocker):
    with django_db_blocker.unblock():
        yield built


def not_voided_calls(workspace):
    return Call.objects.filter(workspace=workspace, voided_at=None).order_by("started_at").select_related("contact")


def snapshot(workspace):
    """The data of the sample without primary keys."""
    calls = Call.objects.filter(workspace=workspace).order_by("started_at", "contact__external_id", "notes")
    return [
        list(Contact.objects.filter(workspace=workspace).order_by("pk").values_list("full_name", "email", "phone")),
        list(calls.values_list("campaign__name", "contact__full_name", "started_at", "disposition", "notes")),
        list(Signal.objects.filter(workspace=workspace).order_by("pk").values_list("type", "value", "evidence")),
        list(StatusChange.objects.filter(workspace=workspace).order_by("pk").values_list("to_status", "changed_at")),
    ]


def test_every_status_and_kind_is_there(sampled):
    campaigns = Campaign.objects.filter(workspace=sampled)

    assert campaigns.count() == 14
    assert {campaign.status for campaign in campaigns} == set(Status)
    assert {campaign.kind for campaign in campaigns} == set(Kind)
    assert campaigns.filter(status=Status.ACTIVE).count() >= 6
    assert all(campaign.follows for campaign in campaigns if campaign.kind == Kind.FOLLOW_UP)
    assert {campaign.market_id for campaign in campaigns} == {market.pk for market in sampled.markets.all()}


def test_the_size_is_about_what_was_asked_for(sampled):
    calls, signals = sampled.calls.count(), sampled.signals.count()

    assert sampled.contacts.count() == SMALL.people
    assert calls == pytest.approx(SMALL.calls, rel=0.15)
    assert signals == pytest.approx(SMALL.signals, rel=0.35)


def test_every_call_started_while_its_campaign_was_active(sampled):
    steps = defaultdict(list)
    for step in StatusChange.objects.filter(workspace=sampled).order_by("changed_at"):
        steps[step.campaign_id].append(step)

    for call in Call.objects.filter(workspace=sampled):
        before = [step for step in steps[call.campaign_id] if step.changed_at <= call.started_at]
        assert before, call
        assert before[-1].to_status == "active", call


def test_nobody_is_called_again_after_a_closing_disposition(sampled):
    closed = set()
    for call in not_voided_calls(sampled):
        assert (call.campaign_id, call.contact_id) not in closed, call
        if call.disposition in CLOSING:
            closed.add((call.campaign_id, call.contact_id))
    assert closed


def test_nobody_is_called_anywhere_after_do_not_contact_or_a_wrong_number(sampled):
    gone, wrong = set(), set()
    for call in not_voided_calls(sampled):
        assert call.contact_id not in gone, call
        assert call.dialled, call
        assert (call.contact_id, call.dialled) not in wrong, call
        if call.disposition == "do_not_contact":
            gone.add(call.contact_id)
        if call.disposition == "incorrect_number":
            wrong.add((call.contact_id, call.dialled))
    assert gone
    assert wrong


def test_whoever_is_suppressed_is_not_called_from_then_on(sampled):
    others = Suppression.objects.filter(workspace=sampled, calls__isnull=True)
    assert {bool(row.phone_e164) for row in others} == {True, False}

    for row in others:
        named = {"contact__phone_e164": row.phone_e164} if row.phone_e164 else {"contact__email": row.email}
        assert not Call.objects.filter(workspace=sampled, started_at__gte=row.created_at, **named).exists()


def test_calls_are_made_in_the_contacts_office_hours_and_not_too_often(sampled):
    attempts = defaultdict(int)
    for call in not_voided_calls(sampled).filter(direction="outbound"):
        local = call.started_at.astimezone(ZoneInfo(call.contact.timezone))
        assert local.weekday() < 5
        assert 9 <= local.hour < 18
        attempts[call.campaign_id, call.contact_id] += 1
    assert max(attempts.values()) <= 9
    assert sum(many > 6 for many in attempts.values()) < len(attempts) / 20


def test_the_stored_counts_are_those_of_a_recount(sampled):
    assert derived.check(sampled) == []


def test_signals_are_heard_only_on_conversations_and_change_with_time(sampled):
    movement = defaultdict(list)
    for signal in Signal.objects.filter(workspace=sampled).select_related("call").order_by("heard_at", "pk"):
        assert signal.call.disposition in CONVERSATIONS
        assert signal.evidence
        if signal.type == "movement_state":
            movement[signal.contact_id].append(signal.value)
    assert any(len(set(values)) > 1 for values in movement.values())


def test_no_campaign_under_way_is_empty(sampled):
    for campaign in Campaign.objects.filter(workspace=sampled):
        calls = Call.objects.filter(campaign=campaign).counted()
        heard = Signal.objects.filter(call__campaign=campaign).counted()
        here = (campaign.members.exists(), calls.exists(), calls.conversations().exists(), heard.exists())
        assert here == ((True, False, False, False) if campaign.status == Status.DRAFT else (True,) * 4), campaign


def test_it_is_alive_today(sampled):
    newest = not_voided_calls(sampled).last()
    due = CampaignContact.objects.filter(workspace=sampled, campaign__status="active", callback_due_at__isnull=False)

    assert timedelta() < MOMENT - newest.started_at < timedelta(days=1)
    assert due.filter(callback_due_at__lt=MOMENT).exists()
    assert due.filter(callback_due_at__gt=MOMENT).exists()
    assert all(member.callback_due_at > MOMENT - timedelta(days=9) for member in due.callable())


def test_active_campaigns_have_goals_and_new_ones_can_begin_with_a_template(sampled):
    active = Campaign.objects.filter(workspace=sampled).active()

    assert all(campaign.goals.exists() for campaign in active)
    assert sampled.campaign_templates.count() == 3


def test_meetings_went_all_ways(sampled):
    meetings = Meeting.objects.filter(workspace=sampled)

    assert {"held", "no_show", "cancelled"} <= {meeting.status for meeting in meetings}
    assert all(meeting.scheduled_at is None or meeting.scheduled_at > meeting.call.started_at for meeting in meetings)


def test_the_exceptions_are_there_too(sampled):
    calls = Call.objects.filter(workspace=sampled)
    removed = CampaignContact.objects.filter(workspace=sampled, removed_at__isnull=False)
    places = MarketContact.objects.filter(workspace=sampled)

    assert calls.filter(direction="inbound").exists()
    assert calls.exclude(voided_at=None).exists()
    assert removed.exists()
    assert removed.filter(attempt_count=0).count() == 0
    assert Contact.objects.filter(workspace=sampled, phone="").exists()
    assert places.count() > Contact.objects.filter(workspace=sampled).count()


def test_nobody_is_real(sampled):
    for contact in Contact.objects.filter(workspace=sampled):
        assert contact.email.endswith(".example")
        if contact.phone:
            number = contact.phone_e164
            assert number == to_e164(contact.phone, "US")
            assert number.startswith(FICTION) or (number[:2] == "+1" and number[5:10] == "55501"), number


def test_nothing_happens_after_the_present_or_before_its_cause(sampled):
    for call in Call.objects.filter(workspace=sampled).select_related("campaign"):
        assert call.campaign.created_at < call.started_at < MOMENT
        assert call.recorded_at < MOMENT
        assert call.voided_at is None or call.started_at < call.voided_at < MOMENT
    for member in CampaignContact.objects.filter(workspace=sampled).exclude(last_call_at=None):
        assert member.added_at < member.last_call_at


@pytest.mark.django_db
def test_one_number_makes_one_story_and_another_makes_another():
    few = sample.Size(people=80, calls=250, signals=60, markets=2, campaigns=5)
    first, same, other = (
        snapshot(make(slug, rng=rng, size=few)) for slug, rng in [("one", 1), ("two", 1), ("three", 2)]
    )

    assert first == same
    assert first[1] != other[1]


@pytest.mark.django_db
@pytest.mark.parametrize("day", [utc(2026, 3, 1, 5), utc(2026, 5, 25, 3), utc(2026, 7, 4, 23, 59)])
def test_it_holds_on_a_weekend_at_night_and_over_a_change_of_clocks(day):
    few = sample.Size(people=80, calls=250, signals=60, markets=2, campaigns=5)

    workspace = make("other", moment=day, size=few)

    assert derived.check(workspace) == []
    assert not_voided_calls(workspace).last().started_at > day - timedelta(days=7)


@pytest.mark.django_db
def test_more_campaigns_than_plans_begin_again_one_market_further_on():
    many = sample.Size(people=150, calls=300, signals=60, markets=4, campaigns=31)

    workspace = make("many", moment=now(), size=many)

    names = list(Campaign.objects.filter(workspace=workspace).values_list("market", "name"))
    assert len(names) == len(set(names)) == 31


def test_the_team_wrote_down_more_than_calls(sampled):
    workspace = sampled

    assert workspace.tags.count() == 5
    assert workspace.mentions.filter(seen_at=None).exists()
    assert workspace.tasks.filter(done_at=None).exists()
    assert workspace.tasks.exclude(done_at=None).exists()
    assert {bool(each.contact_id) for each in workspace.off_limits.all()} == {True, False}


def test_every_completed_campaign_has_the_report_of_the_day_it_was_completed(sampled):
    completed = sampled.campaigns.filter(status="completed")

    assert completed
    for campaign in completed:
        report = campaign.reports.get()
        metrics = {row["name"]: row["own"] for row in report.document["metrics"]["rows"]}
        assert report.made_at == campaign.status_changes.last().changed_at
        assert metrics["calls_made"]["value"] == campaign.calls.counted().count()
        assert metrics["contact_count"]["value"] == len(report.document["members"])
        assert metrics["signals_captured"]["value"] == report.document["signals"]["total"]
        assert metrics["meetings_booked"]["value"] == report.document["meetings"]["total"]
        assert differences(campaign, report.document).unexplained == ""
