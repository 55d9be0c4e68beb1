"""State, invariants and helpers of the stateful test; the rules are in test_stateful."""

from collections import Counter

from django.db import connection
from django.utils.timezone import now
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
)
from hypothesis.strategies import sampled_from

from calls import derived
from calls.ingest.ingest import CallIngest
from calls.metrics.definitions import totals
from campaigns.dispositions import Disposition
from markets.models import Contact, ContactMerge, Suppression
from markets.models.suppressions import names_contact
from tests.calls.metrics import recount
from tests.factories import ContactFactory, MarketFactory, active_campaign, member_of

EVENTS = ("calls_made", "conversations", "meetings_booked", "signals_captured")
CONVERSATION = Disposition.FUTURE_POTENTIAL
LETTERS = "abcde"
EMAILS = [f"{letter}@people.example" for letter in LETTERS]
PHONES = ["(212) 555-0100", "(212) 555-0101", "(212) 555-0102", ""]
FIRMS = dict(zip(LETTERS, ["Quillon LLP", "Quillon LLP", "Sterling LLP", "", ""], strict=True))
KEYS = ("external_id", "email", "phone_e164")
steps = Counter()


class PortalModel(RuleBasedStateMachine):
    """Tracks what must hold: who asked not to be called, which keys are suppressed and how many calls there are."""

    @initialize()
    def contacts_in_two_campaigns(self):
        self.market = MarketFactory()
        self.workspace = self.market.workspace
        self.campaigns = [active_campaign(market=self.market) for _ in range(2)]
        phones = [PHONES[0], *PHONES]
        for letter, phone, email in zip(LETTERS, phones, EMAILS, strict=True):
            ContactFactory(
                workspace=self.workspace,
                full_name=f"Person {letter.upper()}",
                firm=FIRMS[letter],
                phone=phone,
                email=email,
            )
        self.suppressed: set[int] = set()
        self.suppressed_keys: dict[tuple[str, str], set[int]] = {}
        self.freed: set[int] = set()
        self.calls_made = 0
        self.reports: list[dict[str, str]] = []
        self.call_log = CallIngest(self.workspace)
        self.jobs = []
        self.update_emails()

    @property
    def contacts(self):
        return list(self.workspace.contacts.order_by("pk"))

    @property
    def manual_suppressions(self):
        """Suppressions that only a lift, or undoing their import, can end."""
        return Suppression.objects.in_force().filter(calls=None, workspace=self.workspace)

    def update_suppressed(self):
        """A suppression by number or email applies to the contact that has it now."""
        self.suppressed = {
            each.pk for each in self.contacts if self.manual_suppressions.filter(names_contact(each)).exists()
        }

    def update_after_lift(self):
        in_force = set(Suppression.objects.in_force().values_list("pk", flat=True))
        self.suppressed_keys = {key: rows & in_force for key, rows in self.suppressed_keys.items() if rows & in_force}
        self.update_suppressed()

    def update_emails(self):
        """Imports and edits may replace an email, and an undo deletes the contacts it created; nothing else loses
        one."""
        named = ContactMerge.objects.matching_former_keys(workspace=self.workspace, emails=EMAILS)
        held = set(self.workspace.contacts.values_list("email", flat=True))
        self.emails = (held | {each.value for each in named}) & set(EMAILS)

    def draw_contact(self, data):
        return data.draw(sampled_from(self.contacts))

    def draw_member(self, data):
        campaign, contact = data.draw(sampled_from(self.campaigns)), self.draw_contact(data)
        member_of(campaign, contact)
        return campaign, contact

    def draw_valid_call(self, data):
        return data.draw(sampled_from(list(self.workspace.calls.filter(voided_at=None).order_by("pk"))))

    @invariant()
    def every_stored_count_is_what_a_recount_finds(self):
        steps["all"] += 1
        connection.check_constraints()
        assert derived.check(self.workspace) == []

    @invariant()
    def no_call_is_lost(self):
        assert self.workspace.calls.count() == self.calls_made

    @invariant()
    def nobody_who_must_not_be_called_is_callable(self):
        callable_contacts = {each.pk: each for each in Contact.objects.filter(workspace=self.workspace).callable()}
        in_queues = {pk for each in self.campaigns for pk in each.members.callable().values_list("contact", flat=True)}
        assert in_queues <= callable_contacts.keys()
        assert not self.suppressed & callable_contacts.keys()
        rows = Suppression.objects.in_force().filter(workspace=self.workspace)
        named = {value for row in rows.values_list("contact", "phone_e164", "email") for value in row if value}
        for contact in callable_contacts.values():
            assert not named & {contact.pk, contact.phone_e164, contact.email}
            keys = {(name, getattr(contact, name)) for name in KEYS}
            assert contact.pk in self.freed or not keys & self.suppressed_keys.keys()

    @invariant()
    def nobody_off_limits_is_callable(self):
        entries = list(self.workspace.off_limits.filter(lifted_at=None))
        in_force = [each for each in entries if each.expires_at is None or each.expires_at > now()]
        for contact in self.workspace.contacts.callable():
            assert not [each for each in in_force if each.contact_id == contact.pk]
            assert contact.firm.lower() not in {each.firm.lower() for each in in_force if each.firm}

    @invariant()
    def every_key_that_was_merged_leads_to_somebody_who_is_there(self):
        there = set(self.workspace.contacts.values_list("pk", flat=True))
        named = ContactMerge.objects.matching_former_keys(workspace=self.workspace, emails=EMAILS)
        assert {each.contact for each in named} <= there
        held = set(self.workspace.contacts.exclude(email="").values_list("email", flat=True))
        assert self.emails <= held | {each.value for each in named}

    def teardown(self):
        """Finally, an independent implementation recounts everything."""
        if hasattr(self, "workspace"):
            assert recount.differences(self.workspace, most=1)[0] == []

    def totals(self):
        found = totals(self.workspace, None)
        return [found[name] for name in EVENTS]
