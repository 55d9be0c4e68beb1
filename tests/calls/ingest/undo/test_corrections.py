"""Undo gives back what an import overwrote in known calls, unless somebody changed it since, and names those."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from calls import derived
from calls.log import amend
from calls.models import Call, CallReport
from markets.models import ImportKind, Suppression
from tests.calls.ingest.undo.undoing import reasons_by_name, undo_as_previewed
from tests.factories import member
from tests.importing import finished_import

AT = f"{now() - timedelta(days=1):%Y-%m-%d %H:%M}+00:00"
HEADER = "call_id,contact,started_at,disposition,notes,talk_seconds"


@pytest.fixture
def campaign(campaign):
    member(campaign, external_id="Ann", full_name="Ann")
    return campaign


def log(campaign, result, notes="First", talk="10"):
    row = f"c1,Ann,{AT},{result},{notes},{talk}"
    return finished_import(campaign.workspace, HEADER, row, kind=ImportKind.CALLS, campaign=campaign.pk)


def stored():
    return Call.objects.values_list("disposition", "notes", "talk_seconds").get()


@pytest.mark.parametrize("result", ["Callback Requested", "Do Not Contact", "Meeting Booked"])
def test_the_values_before_come_back(campaign, manager, result):
    log(campaign, "No Answer")
    second = log(campaign, result, notes="Second")
    assert second.updated == 1

    undone = undo_as_previewed(second, by=manager)

    assert (undone.calls, undone.left) == (0, 0)
    assert undone.values >= 2
    assert stored() == ("no_answer", "First", 10)
    assert not Suppression.objects.in_force().exists()
    assert derived.check(campaign.workspace) == []


def test_what_a_person_changed_since_stays_and_is_named(campaign, manager):
    log(campaign, "No Answer")
    second = log(campaign, "Voicemail", notes="Second")
    amend(call=Call.objects.get(), by=manager, reason="Misheard", disposition="not_interested")

    undone = undo_as_previewed(second, by=manager)

    assert (undone.values, reasons_by_name(undone)) == (1, {"The call to Ann": "was changed since: outcome"})
    assert stored() == ("not_interested", "First", 10)


def test_an_undone_file_can_come_again_and_is_no_word_of_the_person_who_undid_it(campaign, manager):
    log(campaign, "No Answer")
    undo_as_previewed(log(campaign, "Voicemail", notes="Second"), by=manager)

    again = log(campaign, "Voicemail", notes="Second")

    assert (again.updated, again.disagreements) == (1, 0)
    assert stored() == ("voicemail", "Second", 10)
    assert CallReport.objects.count() == 1


def test_a_call_that_the_same_import_created_and_changed_is_only_voided(campaign, manager):
    rows = [f"c1,Ann,{AT},No Answer,,", f"c1,Ann,{AT},Voicemail,,"]
    job = finished_import(campaign.workspace, HEADER, *rows, kind=ImportKind.CALLS, campaign=campaign.pk)
    assert (job.created, job.updated) == (1, 1)

    undone = undo_as_previewed(job, by=manager)

    assert (undone.calls, undone.values, undone.left) == (1, 0, 0)
    assert Call.objects.get().voided_at
