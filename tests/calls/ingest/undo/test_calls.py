"""Undoing an import of calls or suppressions."""

import pytest
from django.utils.timezone import now

from calls.models import Call, Meeting
from markets.models import Contact, ImportKind, Suppression
from markets.suppressions.services import suppress
from tests.calls.ingest.undo.undoing import reasons_by_name, undo_as_previewed
from tests.factories import member, signal, timedelta
from tests.importing import finished_import


@pytest.fixture
def call_import(campaign):
    """Calls to two people of the campaign, from a file."""
    for name in ("Ann", "Bob"):
        member(campaign, external_id=name, full_name=name)
    at = f"{now() - timedelta(days=1):%Y-%m-%d %H:%M}+00:00"
    return finished_import(
        campaign.workspace,
        "call_id,contact,started_at,disposition",
        f"c1,Ann,{at},Meeting Booked",
        f"c2,Bob,{at},Do Not Contact",
        kind=ImportKind.CALLS,
        campaign=campaign.pk,
    )


def test_calls_are_voided_with_all_that_followed_from_them(campaign, call_import):
    assert call_import.created == 2

    undone = undo_as_previewed(call_import)

    assert (undone.calls, Call.objects.count(), Call.objects.not_voided().count()) == (2, 2, 0)
    assert Meeting.objects.get().status == Meeting.Status.CANCELLED
    assert not Suppression.objects.in_force().exists()
    assert Call.objects.first().void_reason == "The import of rows.csv was undone"


def test_calls_are_found_though_the_worker_s_clock_is_behind(call_import):
    call_import.created_at += timedelta(minutes=5)
    call_import.save(update_fields=["created_at"])

    assert undo_as_previewed(call_import).calls == Call.objects.count() > 0


def test_a_call_on_which_signals_were_heard_stays_and_is_named(call_import):
    signal(Call.objects.get(dialer_call_id="c1"))

    undone = undo_as_previewed(call_import)

    assert (undone.calls, reasons_by_name(undone)) == (1, {"The call to Ann": "has signals"})
    assert Call.objects.not_voided().get().dialer_call_id == "c1"


def test_calls_taken_back_are_not_made_again_by_the_same_file(call_import):
    undo_as_previewed(call_import)
    again = finished_import(
        call_import.workspace,
        "call_id,contact,started_at,disposition",
        f"c1,Ann,{now() - timedelta(days=2):%Y-%m-%d %H:%M}+00:00,No Answer",
        kind=ImportKind.CALLS,
        campaign=call_import.option("campaign"),
    )

    assert (again.unchanged, again.disagreements, again.notes.get().stored_value) == (1, 1, "Voided")
    assert not Call.objects.not_voided().exists()


def test_suppressions_are_lifted_and_those_made_by_hand_are_not(campaign):
    ann, bob = (member(campaign, email=f"{name}@f.example").contact for name in ("ann", "bob"))
    suppress(contact=ann, by=None, reason="Asked")
    job = finished_import(campaign.workspace, "email", "ann@f.example", "bob@f.example", kind=ImportKind.SUPPRESSIONS)
    assert (job.created, job.unchanged) == (1, 1)

    assert undo_as_previewed(job).suppressions == 1

    suppressed = Contact.objects.suppressed()
    assert (suppressed.filter(pk=ann.pk).exists(), suppressed.filter(pk=bob.pk).exists()) == (True, False)
