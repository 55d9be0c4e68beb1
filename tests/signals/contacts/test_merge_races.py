"""Merges and erasures that race with each other and with other writes to the same contacts."""

import threading
import time

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils.timezone import now

from calls import derived
from calls.ingest.parsing import CALL_FIELDS
from calls.log.services import record
from calls.log.validation import CallRefused, NewCall
from calls.models import Call
from campaigns.membership import enroll
from markets.contacts.merge import MergeRefused
from markets.imports.mapping import ColumnMapping
from markets.models import Contact, ContactMerge, Erasure
from signals.contacts.erasure import erase
from signals.contacts.merge import merge
from tests.campaigns.test_races import at_once
from tests.factories import ContactFactory, active_campaign, member_of
from tests.importing import import_calls

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="a race needs a server with several writers"),
]
ROUNDS = 6


@pytest.fixture
def campaigns(market):
    return [active_campaign(market=market) for _ in range(2)]


def two_people(campaigns):
    people = [ContactFactory(workspace=campaigns[0].workspace) for _ in range(2)]
    for campaign in campaigns:
        for contact in people:
            member_of(campaign, contact)
    return people


def merger(keep, merged):
    return lambda: merge(keep=keep, merged=merged, by=None)


@pytest.mark.parametrize("crosswise", [False, True])
def test_of_two_merges_of_one_pair_exactly_one_wins_and_the_other_hears_why(campaigns, crosswise):
    for _ in range(ROUNDS):
        one, other = two_people(campaigns)
        second = merger(other, one) if crosswise else merger(one, other)

        results = at_once(merger(one, other), second)

        refused = [each for each in results if isinstance(each, MergeRefused)]
        assert sum(isinstance(each, ContactMerge) for each in results) == 1, results
        assert len(refused) == 1, results
        assert "was merged already" in str(refused[0])
        assert derived.check(one.workspace) == []
    print(f"{ROUNDS}/{ROUNDS} one winner")


def test_without_the_locks_both_would_win(campaigns, monkeypatch):
    """The control: without row locks, both merges succeed."""
    from signals.contacts import merge as module

    def read_without_locks(keep, merged):
        found = Contact.objects.get(pk=keep.pk), Contact.objects.get(pk=merged.pk)
        time.sleep(0.02)
        return found

    monkeypatch.setattr(module, "_lock", read_without_locks)
    monkeypatch.setattr(module, "RETRY_DELAYS", (0,))
    odd = 0
    for _ in range(ROUNDS):
        one, other = two_people(campaigns)
        results = at_once(merger(one, other), merger(other, one))
        won = sum(isinstance(each, ContactMerge) for each in results)
        odd += won != 1 or not any("was merged already" in str(each) for each in results)

    assert odd > 0


def caller_of(campaign, contact):
    return lambda: record(campaign=campaign, new=NewCall(contact=contact, disposition="no_answer", started_at=now()))


def test_calls_that_race_with_a_merge_are_kept_and_counted_or_refused(campaigns):
    kept = 0
    for _ in range(ROUNDS):
        one, other = two_people(campaigns)
        actions = [caller_of(campaign, contact) for campaign in campaigns for contact in (one, other)]

        results = at_once(merger(one, other), *actions)

        assert isinstance(results[0], ContactMerge), results
        assert all(isinstance(each, Call | CallRefused) for each in results[1:]), results
        made = sum(isinstance(each, Call) for each in results)
        assert one.calls.count() == made
        assert derived.check(one.workspace) == []
        kept += made
    assert kept >= 2 * ROUNDS, "who is kept can be called all the time"
    print(f"{kept} calls kept, all counted")


def importer(campaign, *people, rows=60):
    """Imports a log of calls to these contacts in turn, two rows per chunk."""
    fields = ["call_id", "contact", "started_at", "disposition"]
    names = [people[row % len(people)].external_id for row in range(rows)]
    lines = [
        (row, [f"{names[0]} {campaign.pk} {row}", name, now().isoformat(), "No Answer"])
        for row, name in enumerate(names)
    ]
    return lambda: import_calls(campaign=campaign, rows=lines, columns=ColumnMapping(fields, CALL_FIELDS), chunk=2)


def two_known_to_a_dialer(campaigns):
    people = two_people(campaigns)
    for contact in people:
        Contact.objects.filter(pk=contact.pk).update(external_id=f"X{contact.pk}")
        contact.refresh_from_db()
    return people


def test_all_calls_of_logs_that_race_with_a_merge_are_those_of_who_is_kept(campaigns):
    for _ in range(ROUNDS):
        one, other = two_known_to_a_dialer(campaigns)

        tallied, again, merged = at_once(*(importer(each, one, other) for each in campaigns), merger(one, other))

        assert isinstance(merged, ContactMerge), merged
        assert (tallied.created, again.created) == (60, 60), (tallied, again)
        assert one.calls.count() == 120
        assert derived.check(one.workspace) == []


def test_logs_that_race_with_an_erasure_leave_nothing_of_the_number(campaigns):
    for _ in range(ROUNDS):
        one, other = two_known_to_a_dialer(campaigns)
        number = one.phone_e164

        *outcomes, erased = at_once(
            *(importer(each, one, other) for each in campaigns),
            lambda contact=one: erase(contact=contact, by=None, reason="They asked for it"),
        )

        assert isinstance(erased, Erasure), erased
        assert other.calls.count() == 60
        assert [each.created + each.rejected for each in outcomes] == [60, 60], outcomes
        assert {refused.code for each in outcomes for refused in each.rejections} <= {"contact"}
        assert not Call.objects.filter(dialled=number).exists()
        assert derived.check(one.workspace) == []


def enroller(campaign, contact):
    return lambda: enroll(campaign=campaign, contacts=[contact.pk], by=None)


def test_who_is_chosen_for_a_campaign_meanwhile_is_in_it_or_was_gone(campaigns, market):
    for _ in range(ROUNDS):
        one, other = two_people(campaigns)
        fresh = active_campaign(market=market)

        merged, chosen = at_once(merger(one, other), enroller(fresh, other))

        assert isinstance(merged, ContactMerge), merged
        is_in = bool(chosen) and not isinstance(chosen, IntegrityError)
        assert fresh.members.filter(contact=one).exists() == is_in, chosen
        assert derived.check(one.workspace) == []


def test_somebody_who_is_being_written_is_not_waited_for_for_ever(campaigns, monkeypatch):
    """An import locks contacts while it waits for a campaign: a merge waiting for a contact would deadlock."""
    monkeypatch.setattr("signals.contacts.merge.RETRY_DELAYS", (0.01, 0.01))
    one, other = two_people(campaigns)
    held, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Contact.objects.filter(pk=other.pk).update(title="Held")
            held.set()
            done.wait(10)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    with pytest.raises(MergeRefused, match="at this moment"):
        merge(keep=one, merged=other, by=None)
    done.set()
    holder.join()

    assert isinstance(merge(keep=one, merged=other, by=None), ContactMerge)
