"""Whatever is called, voided, suppressed and merged in whatever order: every number is true, and whoever asked not to
be called is not."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils.timezone import now
from hypothesis import settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from hypothesis.strategies import booleans, data, integers, lists, sampled_from

from calls import tallies
from calls.metrics import totals
from calls.recording import void
from campaigns.dispositions import Disposition
from campaigns.membership import remove
from markets.merging import CHOICES, MergeRefused
from markets.models import Contact, ContactMerge, Suppression
from markets.suppressing import suppress
from signals.merging import merge
from tests.factories import ContactFactory, MarketFactory, SuppressionFactory, active_campaign, call, member_of, signal

EVENTS = ("calls_made", "conversations", "meetings_booked", "signals_captured")
CONVERSATION = Disposition.FUTURE_POTENTIAL
PEOPLE = 5


class MergingMachine(RuleBasedStateMachine):
    @initialize()
    def people_in_two_campaigns(self):
        market = MarketFactory()
        self.workspace = market.workspace
        self.campaigns = [active_campaign(market=market) for _ in range(2)]
        phones = ["(212) 555-0100", "(212) 555-0100", "(212) 555-0101", "(212) 555-0102", ""]
        for n in range(PEOPLE):
            ContactFactory(workspace=self.workspace, full_name=f"Person {'ABCDE'[n]}", phone=phones[n], email=EMAILS[n])
        self.asked: set[int] = set()
        self.calls_made = 0

    @property
    def people(self):
        return list(self.workspace.contacts.order_by("pk"))

    @rule(data=data(), disposition=sampled_from(Disposition.values), days_ago=integers(1, 300), heard=booleans())
    def a_call(self, data, disposition, days_ago, heard):
        campaign, contact = data.draw(sampled_from(self.campaigns)), data.draw(sampled_from(self.people))
        member_of(campaign, contact)
        made = call(campaign, contact, disposition=disposition, started_at=now() - timedelta(days=days_ago))
        self.calls_made += 1
        if heard and disposition == CONVERSATION:
            signal(made)

    @precondition(lambda self: self.workspace.calls.filter(voided_at=None).exists())
    @rule(data=data())
    def a_void(self, data):
        made = data.draw(sampled_from(list(self.workspace.calls.filter(voided_at=None).order_by("pk"))))
        void(call=made, by=None, reason="Mistake")

    @rule(data=data())
    def a_removal(self, data):
        campaign, contact = data.draw(sampled_from(self.campaigns)), data.draw(sampled_from(self.people))
        remove(campaign=campaign, contacts=[contact.pk], by=None, reason="Moved")

    @rule(data=data(), by=sampled_from(["contact", "phone_e164", "email"]))
    def a_suppression(self, data, by):
        """By hand, so that nothing lifts it; of a number or an address it is about whoever has it now."""
        contact = data.draw(sampled_from(self.people))
        if by == "contact":
            suppress(contact=contact, by=None, reason="Asked")
        elif getattr(contact, by):
            SuppressionFactory(workspace=self.workspace, **{by: getattr(contact, by)})
        by_hand = Suppression.objects.open().filter(calls=None)
        self.asked |= {each.pk for each in self.people if by_hand.naming(each).exists()}

    @precondition(lambda self: self.workspace.contacts.count() > 2)
    @rule(data=data(), taking=lists(sampled_from(sorted(CHOICES)), unique=True))
    def a_merge(self, data, taking):
        keep, merged = data.draw(lists(sampled_from(self.people), min_size=2, max_size=2, unique_by=lambda c: c.pk))
        before, people = totals(self.workspace, self.workspace.campaigns.all()), self.workspace.contacts.count()
        try:
            merge(keep=keep, merged=merged, by=None, taking=taking)
        except MergeRefused:
            assert self.workspace.contacts.count() == people
            return
        after = totals(self.workspace, self.workspace.campaigns.all())
        assert [after[name] for name in EVENTS] == [before[name] for name in EVENTS]
        assert self.workspace.contacts.count() == people - 1
        if self.asked & {keep.pk, merged.pk}:
            self.asked.add(keep.pk)
        self.asked.discard(merged.pk)

    @invariant()
    def every_stored_count_is_what_a_recount_finds(self):
        connection.check_constraints()
        assert tallies.differences(self.workspace) == []

    @invariant()
    def no_call_is_lost(self):
        assert self.workspace.calls.count() == self.calls_made

    @invariant()
    def nobody_who_must_not_be_called_is_callable(self):
        callable_people = set(Contact.objects.callable().values_list("pk", flat=True))
        in_queues = {pk for each in self.campaigns for pk in each.members.callable().values_list("contact", flat=True)}
        assert not self.asked & (callable_people | in_queues)

    @invariant()
    def every_key_that_was_merged_leads_to_somebody_who_is_there(self):
        there = set(self.workspace.contacts.values_list("pk", flat=True))
        named = ContactMerge.objects.naming(workspace=self.workspace, emails=EMAILS)
        assert {each.contact for each in named} <= there
        held = set(self.workspace.contacts.exclude(email="").values_list("email", flat=True))
        assert set(EMAILS) <= held | {each.value for each in named}


EMAILS = [f"{letter}@people.example" for letter in "abcde"]


@pytest.mark.django_db
def test_merging_holds_whatever_comes():
    """Each run has a workspace of its own."""
    run_state_machine_as_test(MergingMachine, settings=settings(max_examples=12, stateful_step_count=12, deadline=None))
