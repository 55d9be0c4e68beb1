"""A job that cannot be done, or is lost, ends with its reason or goes to the next worker."""

import pytest
from django.db import OperationalError

from campaigns.lifecycle.transitions import change_status
from campaigns.models import Campaign
from markets.imports import jobs
from markets.imports.perform import Interrupted, perform, work_once
from markets.models import Contact, ImportJob, ImportKind, ImportState
from markets.suppressions.services import suppress
from tests.calls.ingest.jobs.drafts import FILES, OTHER, WORKER, draft_job, leased_job, options
from tests.factories import CampaignFactory, ContactFactory, SuppressionFactory, import_draft
from tests.importing import leased_import


def test_a_dry_run_that_cannot_be_goes_back_to_draft_with_the_reason(campaign):
    job = draft_job(ImportKind.PEOPLE, campaign)
    change_status(campaign=campaign, to="completed", by=None, reason="Enough")
    jobs.request_dry_run(job=job)

    work_once(worker=WORKER)

    job.refresh_from_db()
    assert (job.state, job.dry_run_report) == ("draft", None)
    assert "is Completed and keeps its people" in job.failure


def test_a_campaign_that_is_completed_meanwhile_ends_the_import_with_that_reason(campaign):
    job = leased_job(ImportKind.PEOPLE, campaign)

    def complete(rows):
        if job.checkpoint == 4:
            change_status(campaign=campaign, to="completed", by=None, reason="Enough")

    perform(job=job, progress=complete)

    job.refresh_from_db()
    assert (job.state, job.checkpoint) == ("failed", 4)
    assert "is Completed and keeps its people" in job.failure


def test_calls_of_a_campaign_that_is_completed_meanwhile_are_still_taken(campaign):
    job = leased_job(ImportKind.CALLS, campaign)

    perform(job=job, progress=lambda rows: Campaign.objects.update(status="completed"))

    assert job.state == "completed"


def test_a_market_that_is_gone_ends_the_import_with_that_reason(campaign):
    job = leased_import(campaign.workspace, *FILES[ImportKind.PEOPLE], market=0)

    perform(job=job)

    assert (job.state, job.failure[:35]) == ("failed", "The market or campaign that rows.cs")


def test_calls_need_a_campaign(campaign):
    job = leased_import(campaign.workspace, *FILES[ImportKind.CALLS], kind=ImportKind.CALLS)

    perform(job=job)

    assert "does not say which campaign" in job.failure


def test_a_file_that_is_not_kept_any_more_ends_the_import_with_that_reason(campaign):
    job = leased_job(ImportKind.PEOPLE, campaign)
    job.file = ""

    perform(job=job)

    assert job.failure == "The file of this import, rows.csv, is not kept any more."


class Odd(Exception):
    """An error that no code expects. Its message may contain data of the file."""


def test_what_nobody_foresaw_ends_the_import_logged_and_without_what_is_in_the_file(campaign, caplog):
    job = leased_job(ImportKind.PEOPLE, campaign)

    address = "@".join(["ann", "f.example"])

    def fail(rows):
        raise Odd(address)

    perform(job=job, progress=fail)

    assert (job.state, job.checkpoint) == ("failed", 2)
    assert job.failure == "An error in the portal (Odd) after row 2; it is logged."
    assert "failed with Odd" in caplog.text
    assert address not in caplog.text


def test_a_lost_database_leaves_the_job_to_whoever_comes_next(campaign):
    job = draft_job(ImportKind.PEOPLE, campaign)
    jobs.request_start(job=job, by=None)

    def lose(rows):
        raise OperationalError

    with pytest.raises(OperationalError):
        work_once(worker=WORKER, progress=lose)

    job.refresh_from_db()
    assert (job.state, job.checkpoint, job.failure) == ("running", 2, "")


def test_a_worker_whose_job_went_to_somebody_else_goes_on_with_the_next(campaign):
    job = draft_job(ImportKind.PEOPLE, campaign)
    jobs.request_start(job=job, by=None)

    worked = work_once(worker=WORKER, progress=lambda rows: ImportJob.objects.update(lease_owner=OTHER))

    job.refresh_from_db()
    assert (worked, job.state, job.checkpoint) == (True, "running", 2)


def test_a_check_that_was_stopped_meanwhile_is_no_fault_of_the_worker(campaign):
    job = import_draft(campaign.workspace, FILES[ImportKind.PEOPLE][0])
    job.options = options(ImportKind.PEOPLE, campaign)
    job.save()
    jobs.request_dry_run(job=job)
    claimed = jobs.claim(worker=WORKER)
    jobs.stop(job=job, by=None)

    with pytest.raises(jobs.JobRefused):
        perform(job=claimed)

    job.refresh_from_db()
    assert job.state == ImportState.FAILED


def test_an_interrupted_job_is_let_go_of_at_once(campaign):
    job = draft_job(ImportKind.PEOPLE, campaign)
    jobs.request_start(job=job, by=None)

    for reason in (Interrupted, KeyboardInterrupt):

        def end(rows, reason=reason):
            raise reason

        with pytest.raises(reason):
            work_once(worker=WORKER, progress=end)

        assert jobs.claim(worker=OTHER).lease_owner == OTHER
        jobs.release(job=ImportJob.objects.get(pk=job.pk))


def test_people_who_are_not_to_be_called_are_counted_named_kept_and_never_offered(market):
    campaign = CampaignFactory(market=market)
    ann = ContactFactory(workspace=market.workspace, external_id="A", full_name="Ann")
    suppress(contact=ann, by=None, reason="Asked")
    SuppressionFactory(workspace=market.workspace, email="bob@f.example")
    SuppressionFactory(workspace=market.workspace, phone_e164="+12125550100")
    lines = ["A,Ann,,", "B,Bob,bob@f.example,212 555 0102", "C,Cy,,212 555 0100", "D,Di,,212 555 0101"]
    job = leased_import(
        market.workspace, "external_id,full_name,email,phone", *lines, market=market.pk, campaign=campaign.pk
    )

    perform(job=job)

    spared = job.people.filter(is_do_not_call=True).order_by("line")
    assert (job.do_not_call, [each.contact.full_name for each in spared]) == (3, ["Ann", "Bob", "Cy"])
    assert campaign.members.current().count() == 4
    assert [each.contact.full_name for each in campaign.members.callable()] == ["Di"]
    assert Contact.objects.callable().get().full_name == "Di"
