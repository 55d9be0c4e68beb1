"""Suppressions of a prefix or a domain: whom they cover, now and later, and what lifting them or one person does."""

import threading
import time

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from calls.ingest.undo import undo
from markets.forms import ContactForm, PhoneForm
from markets.models import Contact, ErasedKey, ImportKind, Suppression
from markets.suppressions.rules import apply_suppression_rules
from markets.suppressions.services import add, check_new_rule, lift, suppress
from signals.contacts.erasure import erase
from signals.contacts.merge import merge
from tests.campaigns.test_races import at_once
from tests.factories import ContactFactory, MarketFactory, WorkspaceFactory
from tests.importing import finished_import

PREFIX = "+1212555"


def rule(workspace, **keys):
    suppression = Suppression(workspace=workspace, reason="Blocked", **(keys or {"phone_prefix": PREFIX}))
    add(suppression)
    return suppression


def is_callable(contact):
    return Contact.objects.callable().filter(pk=contact.pk).exists()


@pytest.fixture
def ann(workspace):
    return ContactFactory(workspace=workspace, phone="(212) 555-0142", email="ann@f.example")


@pytest.fixture
def bob(workspace):
    return ContactFactory(workspace=workspace, phone="(212) 666-0142", email="bob@g.example")


def test_a_prefix_covers_everybody_whose_number_begins_so(workspace, ann, bob):
    elsewhere = ContactFactory(workspace=WorkspaceFactory(), phone=ann.phone)

    made = rule(workspace)

    assert [is_callable(each) for each in (ann, bob, elsewhere)] == [False, True, True]
    covered = made.covered.get()
    assert (covered.contact, covered.reason) == (ann, "Blocked (by the rule +1212555*)")


@pytest.mark.parametrize(
    ("email", "is_covered"),
    [
        ("ann@blocked.example", True),
        ("ann@mail.blocked.example", True),
        ("ann@unblocked.example", False),
        ("ann@blocked.example.org", False),
        ("blocked.example@other.example", False),
    ],
)
def test_a_domain_covers_its_addresses_and_those_of_its_subdomains(workspace, email, is_covered):
    before = ContactFactory(workspace=workspace, email=email, phone="(212) 555-0142")

    rule(workspace, email_domain="blocked.example")

    after = ContactFactory(workspace=workspace, email=f"x{email}", phone="(212) 555-0143")
    apply_suppression_rules(workspace=workspace.pk, contacts=[after.pk])
    assert (not is_callable(before), not is_callable(after)) == (is_covered, is_covered)


@pytest.mark.parametrize("count", [1, 30])
def test_many_rules_at_once_cover_what_each_of_them_covers(workspace, ann, bob, count):
    """Above a limit all contacts are read."""
    others = [f"+1313555{n:03}" for n in range(count - 1)]
    rows = "\n".join([*(f"{prefix}*" for prefix in others), f"{PREFIX}*"])

    finished_import(workspace, "phone", *rows.splitlines(), kind=ImportKind.SUPPRESSIONS)

    assert Suppression.objects.rules().count() == count
    assert [is_callable(each) for each in (ann, bob)] == [False, True]


def test_whoever_gets_a_covered_number_later_is_suppressed(workspace, bob):
    rule(workspace)
    form = PhoneForm({"phone": "(212) 555-0199"}, contact=bob)
    assert form.is_valid()
    form.save()
    assert not is_callable(bob)

    form = ContactForm({"full_name": "Eve", "firm": "F", "phone": "(212) 555-0198"}, workspace=workspace)
    assert form.is_valid()
    assert not is_callable(form.save())

    market = MarketFactory(workspace=workspace)
    finished_import(workspace, "email,phone", "new@f.example,212 555 0197", market=market.pk)
    assert not is_callable(Contact.objects.get(email="new@f.example"))


def test_lifting_a_rule_frees_those_whom_it_covers_alone(workspace, ann, bob):
    also = ContactFactory(workspace=workspace, phone="(212) 555-0143")
    suppress(contact=also, by=None, reason="Asked")
    wide = rule(workspace, phone_prefix="+1212")

    lift(suppression=rule(workspace), by=None, reason="The block ended")
    assert not is_callable(ann)

    lift(suppression=wide, by=None, reason="The block ended")
    assert [is_callable(each) for each in (ann, bob, also)] == [True, True, False]
    assert set(wide.covered.values_list("lift_reason", flat=True)) == {"The block ended"}


def test_whoever_was_freed_stays_free_of_that_rule_alone(workspace, ann):
    made = rule(workspace)
    lift(suppression=made.covered.get(), by=None, reason="A client of ours")
    assert is_callable(ann)

    apply_suppression_rules(workspace=workspace.pk, contacts=[ann.pk])
    assert is_callable(ann)

    rule(workspace, email_domain="f.example")
    assert not is_callable(ann)


def test_the_same_rule_twice_is_refused_until_it_is_lifted(workspace):
    made = rule(workspace)
    with pytest.raises(ValidationError, match=r"\+1212555\* is on the do-not-call list already"):
        rule(workspace)

    lift(suppression=made, by=None, reason="The block ended")
    rule(workspace)


def test_another_workspace_may_have_the_same_rule(workspace):
    rule(WorkspaceFactory())

    check_new_rule(Suppression(workspace=workspace, phone_prefix=PREFIX, reason="Blocked"))


def test_a_merge_keeps_one_suppression_by_each_rule(workspace, ann, bob):
    made = rule(workspace)
    twin = ContactFactory(workspace=workspace, phone="(212) 555-0144")
    apply_suppression_rules(workspace=workspace.pk, contacts=[twin.pk])

    merge(keep=ann, merged=twin, by=None)
    merge(keep=bob, merged=ann, by=None)

    assert [each.contact for each in made.covered.in_force()] == [bob]
    assert not is_callable(bob)


def test_a_merge_that_brings_a_covered_number_suppresses_and_one_of_somebody_freed_does_not(workspace, ann, bob):
    made = rule(workspace)
    lift(suppression=made.covered.get(), by=None, reason="A client of ours")

    merge(keep=bob, merged=ann, by=None, taking=["phone"])

    assert is_callable(bob)


def test_an_erased_person_stays_suppressed_by_a_rule_until_it_is_lifted(workspace, ann):
    made = rule(workspace)
    erase(contact=ann, by=None, reason="Request 204")

    again = ContactFactory(workspace=workspace, phone="212 888 0142", email="ann@f.example")
    apply_suppression_rules(workspace=workspace.pk, contacts=[again.pk])
    assert not is_callable(again)

    lift(suppression=made, by=None, reason="The block ended")
    assert not ErasedKey.objects.in_force().exists()


def test_undoing_an_import_removes_covered_people_unless_somebody_freed_them(workspace):
    rule(workspace)
    job = finished_import(
        workspace, "email,phone", "a@f.example,212 555 0142", "b@f.example,212 555 0143",
        market=MarketFactory(workspace=workspace).pk,
    )  # fmt: skip
    freed = Contact.objects.get(email="b@f.example")
    lift(suppression=freed.suppressions.get(), by=None, reason="A client of ours")

    report = undo(job=job, by=None)

    assert (report.people, [each["why"] for each in report.named]) == (1, ["is on the do-not-call list"])
    assert list(workspace.contacts.all()) == [freed]


def test_an_undo_that_gives_back_a_covered_number_suppresses(workspace):
    market = MarketFactory(workspace=workspace)
    finished_import(workspace, "email,phone", "a@f.example,212 555 0142", market=market.pk)
    job = finished_import(workspace, "email,phone", "a@f.example,415 777 0142", market=market.pk)
    contact = Contact.objects.get()
    rule(workspace)
    assert is_callable(contact)

    undo(job=job, by=None)

    contact.refresh_from_db()
    assert (contact.phone_e164, is_callable(contact)) == ("+12125550142", False)


def test_undoing_a_list_lifts_its_rules_with_all_that_they_cover(workspace, ann):
    job = finished_import(workspace, "phone", f"{PREFIX}*", kind=ImportKind.SUPPRESSIONS)
    assert not is_callable(ann)

    report = undo(job=job, by=None)

    assert report.suppressions == 1
    assert is_callable(ann)


def test_without_a_rule_two_short_queries_are_all_it_costs(workspace, ann, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):  # the lock, rules, erased keys
        apply_suppression_rules(workspace=workspace.pk, contacts=range(10_000))


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="a race needs a server with several writers")
def test_a_rule_made_while_people_are_imported_covers_them_too(workspace):
    """The import has read the rules already and is not committed when the rule is to be made."""
    applied = threading.Event()

    def import_slowly():
        with transaction.atomic():
            contact = ContactFactory(workspace=workspace, phone="(212) 555-0142")
            apply_suppression_rules(workspace=workspace.pk, contacts=[contact.pk])
            applied.set()
            time.sleep(0.5)

    def make_rule():
        assert applied.wait(10)
        rule(workspace)

    assert at_once(import_slowly, make_rule) == [None, None]

    assert not is_callable(Contact.objects.get())
