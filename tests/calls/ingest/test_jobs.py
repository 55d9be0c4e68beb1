"""A job from its file to its end, by whoever works on it."""

import os
from glob import glob

import pytest
from django.db import OperationalError

from calls import derived
from calls.ingest.call_log import CallLog
from calls.models import Call
from campaigns.importing import ContactList
from campaigns.lifecycle import change_status
from campaigns.models import Campaign
from markets.imports import jobs
from markets.imports.counts import rolled_back
from markets.imports.perform import Interrupted, perform, work_once
from markets.imports.suppressions import SuppressionList
from markets.models import Contact, ImportJob, ImportKind, ImportState, MarketContact, Suppression
from markets.suppressions.services import suppress
from tests.factories import (
    CampaignFactory,
    ContactFactory,
    SuppressionFactory,
    active_campaign,
    import_draft,
    member,
)
from tests.importing import leased_import

WORKER, OTHER = "here:1:x", "here:2:y"
KINDS = list(ImportKind)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    for writer in (ContactList, CallLog, SuppressionList):
        monkeypatch.setattr(writer, "chunk", 2)


@pytest.fixture
def campaign(market):
    """With people who are known to the files below: one unchanged, one changed, one who is not to be called."""
    campaign = active_campaign(market=market, name="Spring")
    for name in ("Ann", "Bob", "Cy"):
        contact = member(campaign, external_id=name, full_name=name, email=f"{name.lower()}@f.example").contact
    suppress(contact=contact, by=None, reason="Asked")
    SuppressionFactory(workspace=campaign.workspace, email="new1@f.example")
    return campaign


FILES = {
    ImportKind.PEOPLE: [
        "external_id,full_name,email,city",
        "Ann,Ann,ann@f.example,",
        "Bob,Bob,bob@f.example,Rome",
        ",New,new1@f.example,",
        ",New,new2@f.example,Rome",
        "Cy,,,",
        ",New,not one,",
        ",New,new2@f.example,Paris",
        "Bob,,,Rome",
    ],
    ImportKind.CALLS: [
        "call_id,contact,started_at,disposition",
        "c1,Ann,2020-03-02 10:00,Voicemail",
        "c2,Ann,2020-03-02 11:00,Not Interested",
        "c3,Bob,2020-03-02 12:00,Meeting Booked",
        "c4,Zoe,2020-03-02 12:00,Voicemail",
        "c1,Ann,2020-03-02 10:00,Voicemail",
        "c2,Ann,2020-03-02 11:00,Do Not Contact",
        "c5,Cy,2020-03-03 11:00,No Answer",
    ],
    ImportKind.SUPPRESSIONS: [
        "external_id,email",
        "Ann,",
        "Cy,",
        ",bob@f.example",
        "Zoe,",
        ",BOB@f.example",
        ",new3@f.example",
    ],
}


def options(kind, campaign):
    if kind == ImportKind.PEOPLE:
        return {"market": campaign.market.pk, "campaign": campaign.pk}
    return {"campaign": campaign.pk, "historical": True} if kind == ImportKind.CALLS else {}


def leased(kind, campaign):
    return leased_import(campaign.workspace, *FILES[kind], kind=kind, **options(kind, campaign))


def drafted(kind, campaign):
    job = import_draft(campaign.workspace, *FILES[kind], kind=kind)
    job.options = options(kind, campaign)
    job.save()
    return job


def everything(job):
    """All that an import wrote, without ids and moments."""
    job.refresh_from_db()
    rejections = job.rejections.order_by("line").values_list("line", "code", "cells")
    people = job.people.order_by("line", "contact__email")
    return {
        "job": (job.state, job.counts, job.row_count, job.format_description, job.failure),
        "rejections": list(rejections),
        "imported": list(
            people.values_list("contact__email", "line", "outcome", "field_mask", "is_placed", "is_enrolled")
        ),
        "people": sorted(job.workspace.contacts.values_list("external_id", "full_name", "email", "city")),
        "places": sorted(MarketContact.objects.values_list("contact__email", flat=True)),
        "calls": sorted(Call.objects.values_list("dialer_call_id", "contact__email", "disposition")),
        "suppressions": sorted(Suppression.objects.values_list("contact__email", "email", "reason"), key=str),
        "differences": derived.check(job.workspace),
    }


def interrupted_after(chunks):
    left = iter(range(chunks - 1))

    def progress(rows):
        if next(left, None) is None:
            raise Interrupted

    return progress


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("chunks", [1, 2, 3])
def test_a_job_that_was_interrupted_ends_like_one_that_was_not(campaign, kind, chunks, undisturbed):
    expected = undisturbed(kind)
    job = drafted(kind, campaign)
    jobs.request_start(job=job, by=None)

    with pytest.raises(Interrupted):
        work_once(worker=WORKER, progress=interrupted_after(chunks))
    job.refresh_from_db()
    assert (job.state, job.checkpoint) == ("running", 2 * chunks)
    assert work_once(worker=OTHER)

    assert everything(job) == expected
    assert expected["differences"] == []
    assert not work_once(worker=OTHER)


@pytest.mark.parametrize("has_rows_left", [True, False])
def test_a_job_that_is_left_lets_go_of_its_file(campaign, has_rows_left):
    job = drafted(ImportKind.PEOPLE, campaign)
    jobs.request_start(job=job, by=None)

    with pytest.raises(Interrupted) as kept:  # and with it all that was under way
        work_once(worker=WORKER, progress=interrupted_after(1 if has_rows_left else 4))

    assert kept.value
    assert os.path.realpath(job.file.path) not in opened_files()


def opened_files():
    return [os.path.realpath(link) for link in glob("/proc/self/fd/*")]


@pytest.fixture
def undisturbed(campaign):
    """What a job of that kind comes to in one go; nothing of it stays."""

    def run(kind):
        with rolled_back():
            job = drafted(kind, campaign)
            jobs.request_start(job=job, by=None)
            work_once(worker=WORKER)
            return everything(job)

    return run


@pytest.mark.parametrize("kind", KINDS)
def test_a_dry_run_leaves_nothing_and_says_just_what_the_run_then_does(campaign, kind):
    job = drafted(kind, campaign)
    before = everything(job)
    jobs.request_dry_run(job=job)

    assert work_once(worker=WORKER)
    after, checked = everything(job), job.dry_run_report
    assert (after, job.lease_until) == (before, None)
    assert checked["rows"] == job.row_count == len(FILES[kind]) - 1

    jobs.request_start(job=job, by=None)
    work_once(worker=WORKER)
    job.refresh_from_db()

    assert {name: checked[name] for name in job.counts} == job.counts
    assert [each["line"] for each in checked["rejections"]] == list(job.rejections.values_list("line", flat=True))
    spared = job.people.filter(is_do_not_call=True).order_by("line")
    assert checked["do_not_call_people"] == [each.contact.label for each in spared]


def test_a_dry_run_that_cannot_be_goes_back_to_draft_with_the_reason(campaign):
    job = drafted(ImportKind.PEOPLE, campaign)
    change_status(campaign=campaign, to="completed", by=None, reason="Enough")
    jobs.request_dry_run(job=job)

    work_once(worker=WORKER)

    job.refresh_from_db()
    assert (job.state, job.dry_run_report) == ("draft", None)
    assert "is Completed and keeps its people" in job.failure


def test_a_campaign_that_is_completed_meanwhile_ends_the_import_with_that_reason(campaign):
    job = leased(ImportKind.PEOPLE, campaign)

    def complete(rows):
        if job.checkpoint == 4:
            change_status(campaign=campaign, to="completed", by=None, reason="Enough")

    perform(job=job, progress=complete)

    job.refresh_from_db()
    assert (job.state, job.checkpoint) == ("failed", 4)
    assert "is Completed and keeps its people" in job.failure


def test_calls_of_a_campaign_that_is_completed_meanwhile_are_still_taken(campaign):
    job = leased(ImportKind.CALLS, campaign)

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
    job = leased(ImportKind.PEOPLE, campaign)
    job.file = ""

    perform(job=job)

    assert job.failure == "The file of this import, rows.csv, is not kept any more."


class Odd(Exception):
    """What no code foresaw; its message may hold what is in the file."""


def test_what_nobody_foresaw_ends_the_import_logged_and_without_what_is_in_the_file(campaign, caplog):
    job = leased(ImportKind.PEOPLE, campaign)

    address = "@".join(["ann", "f.example"])

    def fail(rows):
        raise Odd(address)

    perform(job=job, progress=fail)

    assert (job.state, job.checkpoint) == ("failed", 2)
    assert job.failure == "An error in the portal (Odd) after row 2; it is logged."
    assert "failed with Odd" in caplog.text
    assert address not in caplog.text


def test_a_lost_database_leaves_the_job_to_whoever_comes_next(campaign):
    job = drafted(ImportKind.PEOPLE, campaign)
    jobs.request_start(job=job, by=None)

    def lose(rows):
        raise OperationalError

    with pytest.raises(OperationalError):
        work_once(worker=WORKER, progress=lose)

    job.refresh_from_db()
    assert (job.state, job.checkpoint, job.failure) == ("running", 2, "")


def test_a_worker_whose_job_went_to_somebody_else_goes_on_with_the_next(campaign):
    job = drafted(ImportKind.PEOPLE, campaign)
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
    job = drafted(ImportKind.PEOPLE, campaign)
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
