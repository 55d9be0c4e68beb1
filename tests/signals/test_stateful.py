"""Calls, corrections, voids, merges, imports, undos, suppressions, edits and erasures in any order keep every number
right, and nobody who asked not to be called becomes callable."""

import os
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Q
from django.utils.timezone import now
from hypothesis import Phase, settings
from hypothesis.stateful import (
    precondition,
    rule,
    run_state_machine_as_test,
)
from hypothesis.strategies import booleans, data, integers, lists, sampled_from

from calls.ingest.ingest import CallIngest
from calls.ingest.undo import undo
from calls.log.services import amend, void
from calls.log.validation import CallRefused
from campaigns.dispositions import DISPOSITION_RULES, Disposition
from campaigns.importing import ContactList
from campaigns.membership import enroll, remove
from markets.contacts.erasure import Identity
from markets.contacts.merge import FIELD_CHOICES, MergeRefused
from markets.forms import ContactForm, PhoneForm
from markets.imports.fields import CONTACT_FIELDS, SUPPRESSION_FIELDS
from markets.imports.mapping import ColumnMapping
from markets.imports.suppressions import SuppressionList
from markets.models import Contact, ContactMerge, ImportKind, Suppression
from markets.models.suppressions import names_contact
from markets.off_limits.services import lift_off_limits
from markets.suppressions.erased_keys import ERASED_KEY_REASON
from markets.suppressions.services import lift, suppress
from signals.contacts.erasure import erase
from signals.contacts.merge import merge
from tests.factories import SuppressionFactory, call, signal
from tests.forms import version_of
from tests.signals.portal_model import CONVERSATION, EMAILS, KEYS, PHONES, steps
from tests.signals.portal_sources import PortalSources

IS_FULL = os.environ.get("DRILL") == "full"


class Portal(PortalSources):
    @rule(data=data(), disposition=sampled_from(Disposition.values), days_ago=integers(1, 300), heard=booleans())
    def record_call(self, data, disposition, days_ago, heard):
        campaign, contact = self.draw_member(data)
        made = call(campaign, contact, disposition=disposition, started_at=now() - timedelta(days=days_ago))
        self.calls_made += 1
        if heard and disposition == CONVERSATION:
            signal(made)

    @rule(
        data=data(),
        dispositions=lists(sampled_from([str(label) for label in Disposition.labels]), min_size=1, max_size=4),
        again=booleans(),
        is_new_log=booleans(),
    )
    def import_call_log(self, data, dispositions, again, is_new_log):
        """Imports a new call log, or continues one that other rules interrupt."""
        for n, disposition in enumerate(dispositions):
            campaign, contact = self.draw_member(data)
            report = {
                "call_id": f"c{self.workspace.pk}-{len(self.reports)}",
                "contact": contact.email or contact.external_id or contact.phone,
                "campaign": str(campaign.pk),
                "started_at": (now() - timedelta(days=n, hours=5)).isoformat(),
            }
            known = data.draw(sampled_from(self.reports)) if again and self.reports else report
            self.reports.append({**known, "disposition": disposition})
        log = CallIngest(self.workspace) if is_new_log else self.call_log
        outcomes = log.ingest(self.reports[-len(dispositions) :])
        self.calls_made += sum(each.outcome == "created" for each in outcomes)
        self.update_after_lift()

    @precondition(lambda self: self.workspace.calls.filter(voided_at=None).exists())
    @rule(data=data(), disposition=sampled_from(Disposition.values), hours=integers(-30, 0))
    def correct_call(self, data, disposition, hours):
        made = self.draw_valid_call(data)
        fields = {"disposition": disposition, "started_at": made.started_at + timedelta(hours=hours)}
        if DISPOSITION_RULES[disposition].needs_callback_time:
            fields["callback_at"] = now()
        try:
            amend(call=made, by=None, reason="Mistake", notes="Was not so", **fields)
        except CallRefused as refusal:
            assert refusal.code == "has_signals"  # noqa: PT017
        self.update_after_lift()

    @precondition(lambda self: self.workspace.calls.filter(voided_at=None).exists())
    @rule(data=data())
    def void_call(self, data):
        void(call=self.draw_valid_call(data), by=None, reason="Mistake")
        self.update_after_lift()

    @rule(data=data())
    def remove_member(self, data):
        remove(
            campaign=data.draw(sampled_from(self.campaigns)),
            contacts=[self.draw_contact(data).pk],
            by=None,
            reason="Moved",
        )

    @rule(data=data())
    def enroll_everybody(self, data):
        everybody = [each.pk for each in self.contacts]
        enroll(campaign=data.draw(sampled_from(self.campaigns)), contacts=everybody, by=None)
        self.update_suppressed()

    @rule(data=data(), by=sampled_from(["contact", "phone_e164", "email"]))
    def add_suppression(self, data, by):
        contact = self.draw_contact(data)
        if by == "contact":
            suppress(contact=contact, by=None, reason="Asked")
        elif getattr(contact, by):
            SuppressionFactory(workspace=self.workspace, **{by: getattr(contact, by)})
        self.update_suppressed()

    @precondition(lambda self: self.manual_suppressions.exists())
    @rule(data=data())
    def lift_suppression(self, data):
        row = data.draw(sampled_from(list(self.manual_suppressions.order_by("pk"))))
        lift(suppression=row, by=None, reason="Asked again")
        if row.reason == ERASED_KEY_REASON:
            self.freed.add(row.contact_id)
        if row.rule_id:
            self.freed_from.add((row.rule_id, row.contact_id))
        self.update_after_lift()

    @rule(data=data(), by_firm=booleans(), ends=sampled_from([None, -1, 1]))
    def put_off_limits(self, data, by_firm, ends):
        contact = self.draw_contact(data)
        whom = {"firm": contact.firm.upper()} if by_firm and contact.firm else {"contact": contact}
        expires_at = now() + timedelta(days=ends) if ends else None
        self.workspace.off_limits.create(reason="A client", expires_at=expires_at, **whom)

    @precondition(lambda self: self.workspace.off_limits.in_force().exists())
    @rule(data=data())
    def lift_off_limits(self, data):
        entry = data.draw(sampled_from(list(self.workspace.off_limits.in_force().order_by("pk"))))
        lift_off_limits(entry=entry, by=None, reason="Asked again")

    @rule(data=data(), phone=sampled_from(PHONES[:-1]))
    def repair_phone(self, data, phone):
        form = PhoneForm({"phone": phone}, contact=self.draw_contact(data))
        if form.is_valid():
            form.save()
        self.update_suppressed()

    @rule(data=data(), email=sampled_from(["", *EMAILS]), phone=sampled_from(PHONES))
    def edit_contact(self, data, email, phone):
        contact = self.draw_contact(data)
        typed = {"full_name": contact.full_name, "external_id": contact.external_id, "email": email, "phone": phone}
        form = ContactForm(typed | {"version": version_of(contact)}, instance=contact, workspace=self.workspace)
        with transaction.atomic():
            if form.is_valid():
                form.save()
        self.update_emails()
        self.update_suppressed()

    @precondition(lambda self: self.workspace.contacts.count() > 2)
    @rule(data=data(), taking=lists(sampled_from(sorted(FIELD_CHOICES)), unique=True))
    def merge_contacts(self, data, taking):
        keep, merged = data.draw(lists(sampled_from(self.contacts), min_size=2, max_size=2, unique_by=lambda c: c.pk))
        before, people = self.totals(), self.workspace.contacts.count()
        try:
            merge(keep=keep, merged=merged, by=None, taking=taking)
        except MergeRefused:
            assert self.workspace.contacts.count() == people
            return
        assert self.totals() == before
        assert self.workspace.contacts.count() == people - 1
        for kept in (self.suppressed, self.freed):
            if kept & {keep.pk, merged.pk}:
                kept.add(keep.pk)
            kept.discard(merged.pk)
        self.freed_from |= {(rule, keep.pk) for rule, contact in self.freed_from if contact == merged.pk}
        suppressed_before = self.suppressed
        self.update_suppressed()
        assert suppressed_before <= self.suppressed

    @rule(data=data(), emails=lists(sampled_from(EMAILS), min_size=1, max_size=4))
    def import_contacts(self, data, emails):
        phones = [data.draw(sampled_from(PHONES)) for _ in emails]
        rows = [(line, [email, phone]) for line, (email, phone) in enumerate(zip(emails, phones, strict=True), start=2)]
        self.run_import(
            rows,
            ImportKind.PEOPLE,
            lambda job: ContactList(
                job=job,
                columns=ColumnMapping(["Email", "Phone"], CONTACT_FIELDS),
                market=self.market,
                campaign=self.campaigns[0],
            ),
            market=self.market.pk,
            campaign=self.campaigns[0].pk,
        )

    @rule(emails=lists(sampled_from(EMAILS), min_size=1, max_size=2, unique=True))
    def import_suppressions(self, emails):
        rows = [(line, [email]) for line, email in enumerate(emails, start=2)]
        columns = ColumnMapping(["Email"], SUPPRESSION_FIELDS)
        self.run_import(rows, ImportKind.SUPPRESSIONS, lambda job: SuppressionList(job=job, columns=columns))

    @precondition(lambda self: self.jobs)
    @rule(data=data())
    def undo_import(self, data):
        job = data.draw(sampled_from(self.jobs))
        self.jobs.remove(job)
        undo(job=job, by=None)
        self.update_emails()
        self.update_after_lift()

    @rule(data=data())
    def erase_contact(self, data):
        contact, before = self.draw_contact(data), self.totals()
        contact_phone = contact.phone_e164
        keys = {(name, value) for name in KEYS if (value := getattr(contact, name))}
        former = ContactMerge.objects.matching_former_keys(workspace=self.workspace, emails=EMAILS)
        self.emails -= {contact.email, *(each.value for each in former if each.contact == contact.pk)}
        naming, suppressed_before = Suppression.objects.in_force().filter(names_contact(contact)), self.suppressed
        was_suppressed, asked_alone = naming.exists(), not naming.exclude(phone_e164="", email="").exists()
        once = [(kind, value) for kind, value in Identity.of_contact(contact).keys if kind != "external_id"]
        has_left = any(
            Suppression.objects.in_force().filter(workspace=self.workspace, contact=None, **{kind: value}).exists()
            and not self.workspace.contacts.filter(**{kind: value}).exists()
            for kind, value in once
        )
        others = {each.pk for each in self.contacts if keys & {(name, getattr(each, name)) for name in KEYS}}
        callable_before = set(Contact.objects.filter(pk__in=others).callable().values_list("pk", flat=True))
        erase(contact=contact, by=None, reason="Request")
        assert self.totals() == before
        rows = set(Suppression.objects.in_force().filter(contact=contact).values_list("pk", flat=True))
        assert bool(rows) == (was_suppressed or has_left)
        if was_suppressed:
            if asked_alone and self.workspace.contacts.filter(phone_e164=contact_phone).exists():
                keys.discard(("phone_e164", contact_phone))  # whoever else has it did not ask
            self.suppressed_keys |= {key: self.suppressed_keys.get(key, set()) | rows for key in keys}
            self.freed |= callable_before - {contact.pk}
        self.update_suppressed()
        assert suppressed_before <= self.suppressed


def run(**how):
    """Each run creates its own workspace. Returns how many steps were taken."""
    steps.clear()
    run_state_machine_as_test(Portal, settings=settings(deadline=None, **how))
    return steps["all"]


@pytest.mark.promise("P17")
@pytest.mark.django_db
def test_everything_holds_whatever_comes(figure, monkeypatch):
    taken = run(max_examples=100 if IS_FULL else 10, stateful_step_count=50 if IS_FULL else 25)

    monkeypatch.setattr("campaigns.models.members.may_be_called", lambda contact: ~Q(pk__in=[]))
    with pytest.raises(AssertionError):
        run(max_examples=50, stateful_step_count=25, phases=[Phase.generate], report_multiple_bugs=False)
    figure(
        f"0 suppressed people callable, and 0 counts wrong, in {taken:,} steps",
        control=f"with queues that ask no suppressions it is noticed after {steps['all']} steps",
    )


def machine():
    portal = Portal()
    portal.contacts_in_two_campaigns()
    portal.two_sources()
    return portal


@pytest.mark.django_db
def test_a_rule_that_covers_nobody_would_be_noticed():
    """The control: such a rule is stored as if by a transaction that forgot those whom it covers."""
    portal = machine()
    portal.whoever_a_rule_covers_is_not_called_unless_freed()
    Suppression.objects.create(workspace=portal.workspace, phone_prefix="+1212555", reason="Blocked")

    with pytest.raises(AssertionError):
        portal.whoever_a_rule_covers_is_not_called_unless_freed()


@pytest.mark.django_db
def test_a_file_that_lifts_would_be_noticed():
    """The control: a person lifts while the file is read."""
    portal = machine()
    made = suppress(contact=portal.contacts[0], by=None, reason="Asked")

    with pytest.raises(AssertionError), portal.no_file_lifts():
        lift(suppression=made, by=None, reason="Asked again")
