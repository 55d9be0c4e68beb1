"""Whatever is called, corrected, voided, merged, imported, undone, suppressed, edited and erased in whatever order:
every number is true, and whoever asked not to be called is not."""

from collections import Counter
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

from calls.derived import daily_counts
from calls.ingest.ingest import Reports
from calls.ingest.undo import undo
from calls.log.services import amend, void
from calls.log.validation import CallRefused
from calls.metrics.definitions import totals
from campaigns.dispositions import MEANINGS, Disposition
from campaigns.importing import PeopleIntoMarket
from campaigns.membership import enroll, remove
from markets.contacts.erasure import Identity
from markets.contacts.merge import CHOICES, MergeRefused
from markets.forms import ContactForm, PhoneForm
from markets.imports import jobs
from markets.imports.mapping import PEOPLE as PEOPLE_FIELDS
from markets.imports.mapping import SUPPRESSIONS, Columns
from markets.imports.suppressions import SuppressionList
from markets.models import Contact, ContactMerge, ImportKind, Suppression
from markets.models.landscape import names_contact
from markets.suppressions.erased_keys import RETURNED
from markets.suppressions.services import lift, suppress
from signals.contacts.erasure import erase
from signals.contacts.merge import merge
from tests.calls.metrics import recount
from tests.factories import ContactFactory, MarketFactory, SuppressionFactory, active_campaign, call, member_of, signal
from tests.importing import new_job, run_to_its_end

EVENTS = ("calls_made", "conversations", "meetings_booked", "signals_captured")
CONVERSATION = Disposition.FUTURE_POTENTIAL
LETTERS = "abcde"
EMAILS = [f"{letter}@people.example" for letter in LETTERS]
PHONES = ["(212) 555-0100", "(212) 555-0101", "(212) 555-0102", ""]
KEYS = ("external_id", "email", "phone_e164")
steps = Counter()


class Portal(RuleBasedStateMachine):
    @initialize()
    def people_in_two_campaigns(self):
        self.market = MarketFactory()
        self.workspace = self.market.workspace
        self.campaigns = [active_campaign(market=self.market) for _ in range(2)]
        phones = [PHONES[0], *PHONES]
        for letter, phone, email in zip(LETTERS, phones, EMAILS, strict=True):
            ContactFactory(workspace=self.workspace, full_name=f"Person {letter.upper()}", phone=phone, email=email)
        self.asked: set[int] = set()
        self.barred: dict[tuple[str, str], set[int]] = {}
        self.freed: set[int] = set()
        self.calls_made = 0
        self.reported: list[dict[str, str]] = []
        self.log = Reports(self.workspace)
        self.jobs = []
        self.note_emails()

    # What the machine itself knows.

    @property
    def people(self):
        return list(self.workspace.contacts.order_by("pk"))

    @property
    def by_hand(self):
        """What nothing but a lift, or the undo of the list that brought it, ends."""
        return Suppression.objects.open().filter(calls=None, workspace=self.workspace)

    def note_asked(self):
        """Who is named by hand now. A number or an address is about whoever has it now."""
        self.asked = {each.pk for each in self.people if self.by_hand.filter(names_contact(each)).exists()}

    def note_lifted(self):
        standing = set(Suppression.objects.open().values_list("pk", flat=True))
        self.barred = {key: rows & standing for key, rows in self.barred.items() if rows & standing}
        self.note_asked()

    def note_emails(self):
        """An import and an edit may give somebody another address, and an undo takes whom it made: nothing else loses
        one."""
        named = ContactMerge.objects.naming(workspace=self.workspace, emails=EMAILS)
        held = set(self.workspace.contacts.values_list("email", flat=True))
        self.emails = (held | {each.value for each in named}) & set(EMAILS)

    def a_contact(self, data):
        return data.draw(sampled_from(self.people))

    def a_member(self, data):
        campaign, contact = data.draw(sampled_from(self.campaigns)), self.a_contact(data)
        member_of(campaign, contact)
        return campaign, contact

    def standing_call(self, data):
        return data.draw(sampled_from(list(self.workspace.calls.filter(voided_at=None).order_by("pk"))))

    # What happens.

    @rule(data=data(), disposition=sampled_from(Disposition.values), days_ago=integers(1, 300), heard=booleans())
    def a_call(self, data, disposition, days_ago, heard):
        campaign, contact = self.a_member(data)
        made = call(campaign, contact, disposition=disposition, started_at=now() - timedelta(days=days_ago))
        self.calls_made += 1
        if heard and disposition == CONVERSATION:
            signal(made)

    @rule(
        data=data(),
        dispositions=lists(sampled_from(Disposition.labels), min_size=1, max_size=4),
        again=booleans(),
        is_new=booleans(),
    )
    def a_log(self, data, dispositions, again, is_new):
        """One of its own, or some more of one that goes on while everything else happens."""
        for n, disposition in enumerate(dispositions):
            campaign, contact = self.a_member(data)
            report = {
                "call_id": f"c{self.workspace.pk}-{len(self.reported)}",
                "contact": contact.email or contact.external_id or contact.phone,
                "campaign": str(campaign.pk),
                "started_at": (now() - timedelta(days=n, hours=5)).isoformat(),
            }
            known = data.draw(sampled_from(self.reported)) if again and self.reported else report
            self.reported.append({**known, "disposition": disposition})
        log = Reports(self.workspace) if is_new else self.log
        outcomes = log.take(self.reported[-len(dispositions) :])
        self.calls_made += sum(each.outcome == "created" for each in outcomes)
        self.note_lifted()

    @precondition(lambda self: self.workspace.calls.filter(voided_at=None).exists())
    @rule(data=data(), disposition=sampled_from(Disposition.values), hours=integers(-30, 0))
    def a_correction(self, data, disposition, hours):
        made = self.standing_call(data)
        fields = {"disposition": disposition, "started_at": made.started_at + timedelta(hours=hours)}
        if MEANINGS[disposition].needs_callback_time:
            fields["callback_at"] = now()
        try:
            amend(call=made, by=None, reason="Mistake", notes="Was not so", **fields)
        except CallRefused as refusal:
            assert refusal.code == "has_signals"  # noqa: PT017
        self.note_lifted()

    @precondition(lambda self: self.workspace.calls.filter(voided_at=None).exists())
    @rule(data=data())
    def a_void(self, data):
        void(call=self.standing_call(data), by=None, reason="Mistake")
        self.note_lifted()

    @rule(data=data())
    def a_removal(self, data):
        remove(
            campaign=data.draw(sampled_from(self.campaigns)),
            contacts=[self.a_contact(data).pk],
            by=None,
            reason="Moved",
        )

    @rule(data=data())
    def an_enrolment(self, data):
        everybody = [each.pk for each in self.people]
        enroll(campaign=data.draw(sampled_from(self.campaigns)), contacts=everybody, by=None)
        self.note_asked()

    @rule(data=data(), by=sampled_from(["contact", "phone_e164", "email"]))
    def a_suppression(self, data, by):
        contact = self.a_contact(data)
        if by == "contact":
            suppress(contact=contact, by=None, reason="Asked")
        elif getattr(contact, by):
            SuppressionFactory(workspace=self.workspace, **{by: getattr(contact, by)})
        self.note_asked()

    @precondition(lambda self: self.by_hand.exists())
    @rule(data=data())
    def a_lift(self, data):
        row = data.draw(sampled_from(list(self.by_hand.order_by("pk"))))
        lift(suppression=row, by=None, reason="Asked again")
        if row.reason == RETURNED:
            self.freed.add(row.contact_id)
        self.note_lifted()

    @rule(data=data(), phone=sampled_from(PHONES[:-1]))
    def a_repair(self, data, phone):
        form = PhoneForm({"phone": phone}, contact=self.a_contact(data))
        if form.is_valid():
            form.save()
        self.note_asked()

    @rule(data=data(), email=sampled_from(["", *EMAILS]), phone=sampled_from(PHONES))
    def an_edit(self, data, email, phone):
        contact = self.a_contact(data)
        typed = {"full_name": contact.full_name, "external_id": contact.external_id, "email": email, "phone": phone}
        form = ContactForm(typed, instance=contact, workspace=self.workspace)
        if form.is_valid():
            form.save()
        self.note_emails()
        self.note_asked()

    @precondition(lambda self: self.workspace.contacts.count() > 2)
    @rule(data=data(), taking=lists(sampled_from(sorted(CHOICES)), unique=True))
    def a_merge(self, data, taking):
        keep, merged = data.draw(lists(sampled_from(self.people), min_size=2, max_size=2, unique_by=lambda c: c.pk))
        before, people = self.totals(), self.workspace.contacts.count()
        try:
            merge(keep=keep, merged=merged, by=None, taking=taking)
        except MergeRefused:
            assert self.workspace.contacts.count() == people
            return
        assert self.totals() == before
        assert self.workspace.contacts.count() == people - 1
        for kept in (self.asked, self.freed):
            if kept & {keep.pk, merged.pk}:
                kept.add(keep.pk)
            kept.discard(merged.pk)
        asked = self.asked
        self.note_asked()
        assert asked <= self.asked

    @rule(data=data(), emails=lists(sampled_from(EMAILS), min_size=1, max_size=4))
    def an_import_of_people(self, data, emails):
        phones = [data.draw(sampled_from(PHONES)) for _ in emails]
        rows = [(line, [email, phone]) for line, (email, phone) in enumerate(zip(emails, phones, strict=True), start=2)]
        self.run_import(
            rows,
            ImportKind.PEOPLE,
            lambda job: PeopleIntoMarket(
                job=job,
                columns=Columns(["Email", "Phone"], PEOPLE_FIELDS),
                market=self.market,
                campaign=self.campaigns[0],
            ),
            market=self.market.pk,
            campaign=self.campaigns[0].pk,
        )

    @rule(emails=lists(sampled_from(EMAILS), min_size=1, max_size=2, unique=True))
    def an_import_of_suppressions(self, emails):
        rows = [(line, [email]) for line, email in enumerate(emails, start=2)]
        columns = Columns(["Email"], SUPPRESSIONS)
        self.run_import(rows, ImportKind.SUPPRESSIONS, lambda job: SuppressionList(job=job, columns=columns))

    def run_import(self, rows, kind, writer, **options):
        job = new_job(self.workspace, kind, **options)
        run_to_its_end(job, rows, writer(job))
        jobs.complete(job=job)
        self.jobs.append(job)
        self.note_emails()
        self.note_asked()

    @precondition(lambda self: self.jobs)
    @rule(data=data())
    def an_undo(self, data):
        job = data.draw(sampled_from(self.jobs))
        self.jobs.remove(job)
        undo(job=job, by=None)
        self.note_emails()
        self.note_lifted()

    @rule(data=data())
    def an_erasure(self, data):
        contact, before = self.a_contact(data), self.totals()
        keys = {(name, value) for name in KEYS if (value := getattr(contact, name))}
        former = ContactMerge.objects.naming(workspace=self.workspace, emails=EMAILS)
        self.emails -= {contact.email, *(each.value for each in former if each.contact == contact.pk)}
        was_asked, asked = Suppression.objects.open().filter(names_contact(contact)).exists(), self.asked
        once = [(kind, value) for kind, value in Identity.of(contact).keys if kind != "external_id"]
        has_left = any(
            Suppression.objects.open().filter(workspace=self.workspace, contact=None, **{kind: value}).exists()
            and not self.workspace.contacts.filter(**{kind: value}).exists()
            for kind, value in once
        )
        others = {each.pk for each in self.people if keys & {(name, getattr(each, name)) for name in KEYS}}
        callable_before = set(Contact.objects.filter(pk__in=others).callable().values_list("pk", flat=True))
        erase(contact=contact, by=None, reason="Request")
        assert self.totals() == before
        rows = set(Suppression.objects.open().filter(contact=contact).values_list("pk", flat=True))
        assert bool(rows) == (was_asked or has_left)
        if was_asked:
            self.barred |= {key: self.barred.get(key, set()) | rows for key in keys}
            self.freed |= callable_before - {contact.pk}
        self.note_asked()
        assert asked <= self.asked

    def totals(self):
        found = totals(self.workspace, None)()
        return [found[name] for name in EVENTS]

    # What holds.

    @invariant()
    def every_stored_count_is_what_a_recount_finds(self):
        steps["all"] += 1
        connection.check_constraints()
        assert daily_counts.differences(self.workspace) == []

    @invariant()
    def no_call_is_lost(self):
        assert self.workspace.calls.count() == self.calls_made

    @invariant()
    def nobody_who_must_not_be_called_is_callable(self):
        callable_people = {each.pk: each for each in Contact.objects.filter(workspace=self.workspace).callable()}
        in_queues = {pk for each in self.campaigns for pk in each.members.callable().values_list("contact", flat=True)}
        assert in_queues <= callable_people.keys()
        assert not self.asked & callable_people.keys()
        rows = Suppression.objects.open().filter(workspace=self.workspace)
        named = {value for row in rows.values_list("contact", "phone_e164", "email") for value in row if value}
        for contact in callable_people.values():
            assert not named & {contact.pk, contact.phone_e164, contact.email}
            keys = {(name, getattr(contact, name)) for name in KEYS}
            assert contact.pk in self.freed or not keys & self.barred.keys()

    @invariant()
    def every_key_that_was_merged_leads_to_somebody_who_is_there(self):
        there = set(self.workspace.contacts.values_list("pk", flat=True))
        named = ContactMerge.objects.naming(workspace=self.workspace, emails=EMAILS)
        assert {each.contact for each in named} <= there
        held = set(self.workspace.contacts.exclude(email="").values_list("email", flat=True))
        assert self.emails <= held | {each.value for each in named}

    def teardown(self):
        """In the end a second implementation counts everything once more."""
        if hasattr(self, "workspace"):
            assert recount.differences(self.workspace, most=1)[0] == []


@pytest.mark.django_db
def test_everything_holds_whatever_comes():
    """Each run has a workspace of its own."""
    run_state_machine_as_test(Portal, settings=settings(max_examples=8, stateful_step_count=20, deadline=None))
    print(f"suppressed and callable never met, and 0 counts were wrong, in {steps['all']:,} steps")
