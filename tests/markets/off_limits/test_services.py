"""Firms and people whom the client wants left alone: how entries are added, end and are lifted."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils.timezone import now

from markets.models import Contact
from markets.off_limits.services import lift_off_limits, mark_contacts, put_off_limits, set_covered_counts
from signals.contacts.erasure import erase
from signals.contacts.merge import merge
from tests.factories import ContactFactory, SuppressionFactory, WorkspaceFactory


@pytest.fixture
def ann(workspace):
    return ContactFactory(workspace=workspace, full_name="Ann Person", firm="Quillon LLP")


def put(workspace, **fields):
    return put_off_limits(**{"workspace": workspace, "reason": "A client of ours", "by": None} | fields)


def callable_names():
    return {each.full_name for each in Contact.objects.callable()}


def test_a_person_off_limits_is_not_callable_and_the_others_of_their_firm_are(workspace, ann):
    ContactFactory(workspace=workspace, full_name="Bea", firm="Quillon LLP")

    put(workspace, contact=ann)

    assert callable_names() == {"Bea"}


def test_a_firm_off_limits_covers_everybody_there_in_any_letter_case_now_and_later(workspace, ann):
    put(workspace, firm=" QUILLON  llp")
    ContactFactory(workspace=workspace, full_name="New there", firm="quillon LLP")
    ContactFactory(workspace=workspace, full_name="Elsewhere", firm="Quillon Partners")
    ContactFactory(workspace=workspace, full_name="Without a firm")

    assert callable_names() == {"Elsewhere", "Without a firm"}
    assert {each.full_name for each in Contact.objects.off_limits()} == {"Ann Person", "New there"}


def test_whoever_leaves_the_firm_is_no_longer_off_limits(workspace, ann):
    put(workspace, firm=ann.firm)

    Contact.objects.filter(pk=ann.pk).update(firm="Sterling LLP")

    assert callable_names() == {"Ann Person"}


def test_an_entry_of_another_workspace_covers_nobody_here(workspace, ann):
    put(WorkspaceFactory(), firm=ann.firm)

    assert callable_names() == {"Ann Person"}


def test_it_is_in_force_through_its_last_day_in_the_workspace(workspace, ann):
    entry = put(workspace, contact=ann, last_day=workspace.today())

    assert workspace.bounds(None, workspace.today())[1] == entry.expires_at
    assert entry.last_day == workspace.today()
    assert entry.is_in_force
    assert callable_names() == set()


def test_it_ends_by_itself(workspace, ann):
    entry = put(workspace, contact=ann, last_day=workspace.today())
    workspace.off_limits.update(expires_at=now() - timedelta(seconds=1))

    entry.refresh_from_db()
    assert entry.state.label == "Expired"
    assert callable_names() == {"Ann Person"}
    assert list(workspace.off_limits.in_state("expired")) == [entry]
    assert not workspace.off_limits.in_state("open")


def test_a_past_moment_knows_what_was_in_force_then(workspace, ann):
    entry = put(workspace, contact=ann)
    day = timedelta(days=1)
    workspace.off_limits.update(created_at=now() - 5 * day, lifted_at=now() - 2 * day, lift_reason="Back")

    assert [bool(workspace.off_limits.in_force(now() - days * day)) for days in (6, 4, 1)] == [False, True, False]
    assert list(workspace.off_limits.in_state("lifted")) == [entry]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"firm": "", "reason": "A client"}, "Say whom: a person or a firm."),
        ({"firm": "Quillon LLP", "reason": " "}, "This field cannot be blank."),
        ({"firm": "Quillon LLP", "reason": "x" * 501}, "at most 500 characters"),
        ({"firm": "x" * 201}, "at most 200 characters"),
    ],
)
def test_what_is_missing_or_too_long_is_refused(workspace, fields, sentence):
    with pytest.raises(ValidationError, match=sentence):
        put(workspace, **fields)


def test_a_day_that_is_over_is_refused(workspace):
    with pytest.raises(ValidationError, match=r"is over\. Choose today or a later day"):
        put(workspace, firm="Quillon LLP", last_day=workspace.today() - timedelta(days=1))


def test_the_same_firm_is_put_off_limits_once(workspace):
    put(workspace, firm="Quillon LLP", last_day=workspace.today())

    with pytest.raises(ValidationError, match=r"Quillon LLP is off-limits already until .*: A client of ours"):
        put(workspace, firm="quillon llp")


def test_lifting_takes_a_reason_and_is_done_once(workspace, ann, manager):
    entry = put(workspace, contact=ann)
    with pytest.raises(ValidationError, match="Enter a reason"):
        lift_off_limits(entry=entry, by=manager, reason=" ")

    lift_off_limits(entry=entry, by=manager, reason="The client agreed")

    entry.refresh_from_db()
    assert (entry.lift_reason, entry.lifted_by, entry.state.label) == ("The client agreed", manager, "Lifted")
    assert callable_names() == {"Ann Person"}
    with pytest.raises(ValidationError, match="no longer in force"):
        lift_off_limits(entry=entry, by=manager, reason="Again")


def test_an_entry_knows_how_many_people_it_covers(workspace, ann, django_assert_num_queries):
    ContactFactory(workspace=workspace, firm="quillon llp")
    entries = [put(workspace, contact=ann), put(workspace, firm="Quillon LLP"), put(workspace, firm="Nobody & Co")]

    with django_assert_num_queries(1):
        set_covered_counts(entries)

    assert [each.covered_count for each in entries] == [1, 2, 0]
    assert [workspace.contacts.named_by(each).count() for each in entries] == [1, 2, 0]


def test_people_of_a_list_are_marked_with_why_nobody_calls_them(workspace, ann):
    both, free = (ContactFactory(workspace=workspace, firm=firm) for firm in ("Quillon LLP", ""))
    put(workspace, firm="Quillon LLP")
    SuppressionFactory(workspace=workspace, contact=both)

    mark_contacts([ann, both, free])

    assert [each.marks for each in (ann, both, free)] == [["Off-limits"], ["Do not call", "Off-limits"], []]


def test_a_merge_keeps_the_person_off_limits(workspace, ann):
    other = ContactFactory(workspace=workspace, full_name="Ann P")
    put(workspace, contact=ann)

    merge(keep=other, merged=ann, by=None)

    assert callable_names() == set()


def test_erasing_a_person_empties_the_texts_and_they_stay_off_limits(workspace, ann):
    put(workspace, contact=ann, reason="Ann Person is a client", requested_by="Her boss")
    put(workspace, firm="Sterling LLP", reason="Ann Person moves there")
    put(workspace, firm="Other LLP", reason="A client")

    erase(contact=ann, by=None, reason="Request 17")

    texts = sorted(workspace.off_limits.values_list("firm", "reason", "requested_by"))
    erased = "Erased with the person"
    assert texts == [("", erased, ""), ("Other LLP", "A client", ""), ("Sterling LLP", erased, "")]
    assert not workspace.contacts.callable().filter(pk=ann.pk).exists()
