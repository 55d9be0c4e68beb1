"""Correcting and voiding calls, also those that signals were captured on."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from calls import derived
from calls.log.services import amend, record_many, void
from calls.log.validation import CallRefused, NewCall
from calls.models import Call, CampaignDay, Meeting
from campaigns.dispositions import Disposition
from markets.suppressions.services import lift
from tests.calls.log.campaign_counts import counts
from tests.factories import CampaignFactory, call, member, signal, utc


@pytest.mark.parametrize("disposition", Disposition)
def test_voiding_takes_back_all_that_a_call_did(campaign, manager, disposition):
    person = campaign.members.first()
    before = vars(campaign.members.get(pk=person.pk))
    made = call(campaign, person.contact, disposition=disposition)

    void(call=made, by=manager, reason="Wrong person dialled")

    after = vars(campaign.members.get(pk=person.pk))
    but = {"_state", "counts_changed_at", "called_changed_at", "reached_changed_at", "first_recorded_at"}
    assert {k: v for k, v in before.items() if k not in but} == {k: v for k, v in after.items() if k not in but}
    assert counts(campaign) == (0, 0, 0)
    assert campaign.members.callable().filter(pk=person.pk).exists()
    assert not campaign.workspace.suppressions.in_force().exists()
    assert not Meeting.objects.exclude(status=Meeting.Status.CANCELLED).exists()
    assert derived.check(campaign.workspace) == []
    assert Call.objects.get().void_reason == "Wrong person dialled"


def test_a_call_is_voided_only_once(campaign, manager):
    made = call(campaign)
    void(call=made, by=manager, reason="Twice in the log")

    with pytest.raises(CallRefused, match="already"):
        void(call=made, by=manager, reason="Again")


def test_amending_moves_every_count_with_the_call(campaign, manager):
    made = call(campaign, disposition=Disposition.MEETING_BOOKED, started_at=now() - timedelta(days=3))

    amend(
        call=made,
        by=manager,
        reason="Misheard",
        disposition=Disposition.DO_NOT_CONTACT,
        started_at=now() - timedelta(days=1),
    )

    assert counts(campaign) == (1, 0, 0)
    assert Meeting.objects.get().status == Meeting.Status.CANCELLED
    assert campaign.workspace.suppressions.in_force().count() == 1
    assert derived.check(campaign.workspace) == []

    amend(call=made, by=manager, reason="It was a machine", disposition=Disposition.VOICEMAIL)

    assert campaign.workspace.suppressions.in_force().count() == 0


def test_only_a_person_lifts_a_suppression_with_the_call(campaign, manager):
    made = call(campaign, disposition=Disposition.DO_NOT_CONTACT)

    amend(call=made, by=None, reason="The dialer's word", disposition=Disposition.VOICEMAIL)
    assert campaign.workspace.suppressions.in_force().count() == 1

    void(call=made, by=manager, reason="Another person")
    assert campaign.workspace.suppressions.in_force().count() == 0


def test_a_source_suppresses_again_after_a_person_lifted(campaign, manager):
    made = call(campaign, disposition=Disposition.DO_NOT_CONTACT)
    lift(suppression=campaign.workspace.suppressions.get(), by=manager, reason="They rang")

    for disposition in (Disposition.VOICEMAIL, Disposition.DO_NOT_CONTACT):
        amend(call=made, by=None, reason="The dialer's word", disposition=disposition)

    assert campaign.workspace.suppressions.in_force().count() == 1
    assert derived.check(campaign.workspace) == []


def test_a_correction_checks_only_what_it_changes(market, manager):
    campaign = CampaignFactory(market=market)
    old = NewCall(contact=member(campaign).contact, disposition="no_answer", started_at=utc(2008, 5, 5, 9))
    (key,) = record_many(campaign=campaign, new_calls=[old], historical=True)
    made = campaign.calls.get(pk=key)

    amend(call=made, by=manager, reason="Misheard", disposition=Disposition.VOICEMAIL)

    with pytest.raises(CallRefused, match="was not Active"):
        amend(call=made, by=manager, reason="Slip", started_at=utc(2008, 5, 5, 10))
    assert campaign.calls.get().disposition == Disposition.VOICEMAIL


def test_a_call_with_signals_stays_a_conversation(campaign):
    made = call(campaign, disposition=Disposition.FUTURE_POTENTIAL)
    signal(made)

    with pytest.raises(CallRefused, match="Signals were captured"):
        amend(call=made, by=None, reason="Slip", disposition=Disposition.VOICEMAIL)


def test_signals_count_on_the_day_of_their_call(campaign, manager):
    made = call(campaign, disposition=Disposition.FUTURE_POTENTIAL)
    signal(made)
    signal(made, type="firm_stability", value="Stable")
    assert CampaignDay.objects.get().signal_count == 2

    void(call=made, by=manager, reason="Not this person")

    assert CampaignDay.objects.get().signal_count == 0


def test_signals_are_heard_at_the_corrected_time_of_their_call(campaign):
    made = call(campaign, disposition=Disposition.FUTURE_POTENTIAL)
    heard = signal(made)
    corrected = made.started_at - timedelta(days=2)

    amend(call=made, by=None, reason="Wrong day", started_at=corrected)

    heard.refresh_from_db()
    assert heard.heard_at == corrected


def test_nothing_is_heard_on_a_voicemail(campaign):
    with pytest.raises(CallRefused, match="No signals can be heard"):
        signal(call(campaign, disposition=Disposition.VOICEMAIL))


def test_signals_for_a_call_that_was_voided_meanwhile_are_refused(campaign, manager):
    as_it_was_read = call(campaign, disposition=Disposition.FUTURE_POTENTIAL)
    void(call=Call.objects.get(), by=manager, reason="Not this person")

    with pytest.raises(CallRefused, match="was voided"):
        signal(as_it_was_read)

    assert not as_it_was_read.signals.exists()
