"""Recording calls, and what follows from them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils.timezone import now

from calls import derived
from calls.log.services import next_working_morning, record, record_many
from calls.log.validation import CallRefused, NewCall
from calls.models import Call, CampaignDay
from campaigns.dispositions import Disposition
from campaigns.lifecycle.transitions import change_status
from tests.calls.log.campaign_counts import counts
from tests.factories import CampaignFactory, ContactFactory, call, member, member_of, utc


def test_a_call_moves_the_member_and_the_day(campaign):
    made = call(campaign, disposition=Disposition.FUTURE_POTENTIAL)

    person = campaign.members.get(contact=made.contact)
    assert (person.attempt_count, person.conversation_count) == (1, 1)
    assert person.last_call_at == made.started_at
    assert person.last_disposition == Disposition.FUTURE_POTENTIAL
    assert person.is_closed
    assert counts(campaign) == (1, 1, 0)


def test_do_not_contact_ends_calls_in_every_campaign(campaign, market):
    contact = campaign.members.first().contact
    elsewhere = CampaignFactory(market=market)
    twin = ContactFactory(workspace=market.workspace, phone=contact.phone)
    for person in (contact, twin):
        elsewhere.members.create(workspace=market.workspace, contact=person)
    assert elsewhere.members.callable().count() == 2

    call(campaign, contact, disposition=Disposition.DO_NOT_CONTACT)

    assert elsewhere.members.callable().count() == 0


def test_an_incorrect_number_is_unusable_everywhere_until_another_is_saved(campaign):
    contact = campaign.members.first().contact
    call(campaign, contact, disposition=Disposition.INCORRECT_NUMBER)
    assert not campaign.members.callable().filter(contact=contact).exists()

    contact.refresh_from_db()
    contact.phone_e164 = "+12125550199"
    contact.save()

    assert campaign.members.callable().filter(contact=contact).exists()


def test_a_meeting_without_a_time_is_to_be_agreed(campaign):
    made = call(campaign, disposition=Disposition.MEETING_BOOKED)

    assert (made.meeting.status, made.meeting.scheduled_at) == ("scheduled", None)


def test_a_callback_stays_due_until_the_next_call(campaign):
    due = now() + timedelta(hours=2)
    made = call(campaign, disposition=Disposition.CALLBACK_REQUESTED, callback_at=due)
    assert campaign.members.get(contact=made.contact).callback_due_at == due

    call(campaign, made.contact, started_at=now())

    assert campaign.members.get(contact=made.contact).callback_due_at is None


def test_an_inbound_call_closes_but_does_not_count(campaign):
    made = call(campaign, direction="inbound", disposition=Disposition.NOT_INTERESTED)

    person = campaign.members.get(contact=made.contact)
    assert (person.attempt_count, person.is_closed) == (0, True)
    assert counts(campaign) == (0, 0, 0)


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("disposition", {"disposition": "Spoke"}),
        ("disposition", {"disposition": ""}),
        ("direction", {"direction": "sideways"}),
        ("talk_seconds", {"talk_seconds": -1}),
        ("started_at", {"started_at": now() + timedelta(hours=1)}),
        ("started_at", {"started_at": utc(1901, 1, 1)}),
        ("callback_at", {"disposition": Disposition.CALLBACK_REQUESTED}),
        ("callback_at", {"disposition": Disposition.CALLBACK_REQUESTED, "callback_at": now() - timedelta(days=2)}),
        ("not_active", {"started_at": now() - timedelta(days=500)}),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(campaign, code, fields):
    fields = {"disposition": Disposition.NO_ANSWER, "started_at": now() - timedelta(hours=1), **fields}

    with pytest.raises(CallRefused) as refused:
        record(campaign=campaign, new=NewCall(contact=campaign.members.first().contact, **fields))

    assert refused.value.code == code
    assert not Call.objects.exists()
    assert not CampaignDay.objects.exists()


def test_a_stranger_to_the_campaign_is_refused(campaign):
    stranger = ContactFactory(workspace=campaign.workspace)

    with pytest.raises(CallRefused, match="is not in the campaign"):
        call(campaign, stranger)


def test_a_late_file_counts_calls_from_when_the_campaign_was_active(campaign, manager):
    change_status(campaign=campaign, to="completed", by=manager, reason="Enough")
    contact = campaign.members.first().contact
    late = NewCall(contact=contact, disposition=Disposition.NO_ANSWER, started_at=now() - timedelta(days=3))
    after = NewCall(contact=contact, disposition=Disposition.NO_ANSWER, started_at=now())

    kept, refused = record_many(campaign=campaign, new_calls=[late, after])

    assert campaign.calls.get().pk == kept
    assert isinstance(refused, CallRefused)
    assert refused.code == "not_active"
    assert counts(campaign) == (1, 0, 0)


@pytest.mark.parametrize(("seconds", "is_kept"), [(0, True), (1, False)])
def test_a_call_typed_with_the_minute_of_the_activation_is_kept(campaign, manager, seconds, is_kept):
    minute = now().replace(second=0, microsecond=0) - timedelta(days=1)
    draft = CampaignFactory(market=campaign.market, workspace=campaign.workspace)
    person = member_of(draft, ContactFactory(workspace=campaign.workspace)).contact
    change_status(campaign=draft, to="active", by=manager, at=minute + timedelta(seconds=20))
    new = NewCall(contact=person, disposition=Disposition.NO_ANSWER, started_at=minute + timedelta(seconds=seconds))

    (result,) = record_many(campaign=draft, new_calls=[new])

    assert isinstance(result, CallRefused) != is_kept


def test_of_many_calls_each_gets_what_follows_from_it_whatever_becomes_of_those_beside_it(campaign):
    people = [member(campaign).contact for _ in range(4)]
    dispositions = [
        "do_not_contact",
        "no_answer",
        "meeting_booked",
        "do_not_contact",
        "incorrect_number",
        "shrug",
        "voicemail",
    ]
    to = [
        people[0],
        ContactFactory(workspace=campaign.workspace),
        people[1],
        people[2],
        people[3],
        people[3],
        people[0],
    ]
    begun = now() - timedelta(hours=1)
    reported = [
        NewCall(contact=contact, disposition=disposition, started_at=begun + timedelta(minutes=place))
        for place, (contact, disposition) in enumerate(zip(to, dispositions, strict=True))
    ]

    made = record_many(campaign=campaign, new_calls=reported)

    assert [each.code if isinstance(each, CallRefused) else each > 0 for each in made] == [
        *(True, "not_a_member", True, True, True, "disposition", True)
    ]
    kept = {each.pk: each for each in campaign.calls.select_related("suppression", "meeting")}
    for key, new in zip(made, reported, strict=True):
        if isinstance(key, int):
            written = kept.pop(key)
            assert (written.contact_id, written.disposition) == (new.contact.pk, new.disposition)
            suppressed = written.suppression and written.suppression.contact_id
            assert suppressed == (new.contact.pk if new.disposition == "do_not_contact" else None)
            assert hasattr(written, "meeting") == (new.disposition == "meeting_booked")
    assert not kept
    assert [key for key in made if isinstance(key, int)] == sorted(campaign.calls.values_list("pk", flat=True))
    assert counts(campaign) == (5, 1, 1)
    assert derived.check(campaign.workspace) == []


def test_historical_admits_calls_from_before_the_campaign_was_kept_here(market):
    campaign = CampaignFactory(market=market)
    contact = member(campaign).contact
    old = NewCall(contact=contact, disposition=Disposition.NO_ANSWER, started_at=utc(2008, 5, 5, 9))

    (refused,) = record_many(campaign=campaign, new_calls=[old])
    (kept,) = record_many(campaign=campaign, new_calls=[old], historical=True)

    assert isinstance(refused, CallRefused)
    assert campaign.calls.get().pk == kept


def test_the_same_request_twice_is_one_call(campaign):
    key = uuid4()

    first = call(campaign, request_key=key)
    second = call(campaign, request_key=key)

    assert first == second
    assert counts(campaign) == (1, 0, 0)


@pytest.mark.parametrize(("ahead", "is_kept"), [(timedelta(minutes=4), True), (timedelta(minutes=6), False)])
def test_a_dialers_clock_may_be_five_minutes_ahead(campaign, ahead, is_kept):
    started_at = now() + ahead
    new = NewCall(contact=campaign.members.first().contact, disposition="no_answer", started_at=started_at)

    (kept,) = record_many(campaign=campaign, new_calls=[new])

    assert isinstance(kept, int) == is_kept
    assert [each.started_at for each in campaign.calls.all()] == [started_at] * is_kept


def test_a_callback_without_a_time_skips_public_holidays(workspace):
    day_before_thanksgiving = utc(2026, 11, 25, 22)

    due = next_working_morning(workspace, day_before_thanksgiving)

    assert due.astimezone(workspace.zone).isoformat() == "2026-11-27T09:00:00-05:00"


def test_a_callback_without_a_time_is_due_the_next_working_morning(workspace):
    friday = utc(2026, 11, 20, 22)

    due = next_working_morning(workspace, friday)

    assert due.astimezone(workspace.zone).isoformat() == "2026-11-23T09:00:00-05:00"
