"""Files of people may name someone off-limits: they are imported, counted apart from do-not-call, and never queued."""

import pytest
from django.urls import reverse

from calls.ingest.ingest import CallIngest
from calls.ingest.undo import undo
from markets.imports.perform import report_of
from markets.off_limits.services import put_off_limits
from tests.factories import member
from tests.importing import finished_import
from tests.reading import metric


@pytest.fixture
def entry(workspace):
    return put_off_limits(workspace=workspace, firm="Quillon LLP", reason="A client", by=None)


def imported(market, *lines):
    return finished_import(market.workspace, "full_name,firm,phone", *lines, market=market.pk)


def test_the_report_names_them_apart_from_do_not_call(as_manager, market, entry):
    job = imported(market, "Ann,quillon llp,212-555-0147", "Bea,Other LLP,212-555-0148")

    page = as_manager.get(reverse("imports:detail", args=["acme", job.pk]))

    assert metric(page, "off_limits") == 1
    assert metric(page, "do_not_call", f"import:{job.pk}") == 0
    people = as_manager.get(reverse("contacts:list", args=["acme"]), {"imported_by": job.pk, "off_limits": "yes"})
    assert metric(people, "rows") == 1
    assert report_of(job)["off_limits_people"] == ["Ann"]


def test_undoing_an_import_keeps_who_was_put_off_limits(market, workspace):
    job = imported(market, "Ann,Quillon LLP,212-555-0147", "Bea,Other LLP,212-555-0148")
    put_off_limits(workspace=workspace, contact=workspace.contacts.get(full_name="Ann"), reason="A client", by=None)

    report = undo(job=job, by=None)

    assert [each["why"] for each in report.named] == ["is off-limits"]
    assert [each.full_name for each in workspace.contacts.all()] == ["Ann"]


def test_a_call_that_a_dialer_reports_is_recorded(campaign, entry):
    contact = member(campaign, firm="Quillon LLP", external_id="lead-1").contact
    report = {"call_id": "1", "contact": "lead-1", "campaign": str(campaign.pk), "started_at": "2026-03-02T09:30:00Z"}

    (outcome,) = CallIngest(campaign.workspace).ingest([report | {"disposition": "No Answer"}])

    assert outcome.outcome == "created"
    assert campaign.calls.filter(contact=contact).count() == 1
