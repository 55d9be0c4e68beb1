"""A job that is interrupted or checked first writes the same as one that runs in one go."""

import os
from glob import glob

import pytest

from calls import derived
from calls.models import Call
from markets.imports import jobs
from markets.imports.counts import rolled_back
from markets.imports.perform import Interrupted, work_once
from markets.models import ImportKind, MarketContact, Suppression
from tests.calls.ingest.jobs.drafts import FILES, KINDS, OTHER, WORKER, draft_job


def written_data(job):
    """All rows that an import wrote, without ids and times."""
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


def interrupt_after(chunks):
    left = iter(range(chunks - 1))

    def progress(rows):
        if next(left, None) is None:
            raise Interrupted

    return progress


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("chunks", [1, 2, 3])
def test_a_job_that_was_interrupted_ends_like_one_that_was_not(campaign, kind, chunks, uninterrupted_result):
    expected = uninterrupted_result(kind)
    job = draft_job(kind, campaign)
    jobs.request_start(job=job, by=None)

    with pytest.raises(Interrupted):
        work_once(worker=WORKER, progress=interrupt_after(chunks))
    job.refresh_from_db()
    assert (job.state, job.checkpoint) == ("running", 2 * chunks)
    assert work_once(worker=OTHER)

    assert written_data(job) == expected
    assert expected["differences"] == []
    assert not work_once(worker=OTHER)


@pytest.mark.parametrize("has_rows_left", [True, False])
def test_a_job_that_is_left_lets_go_of_its_file(campaign, has_rows_left):
    job = draft_job(ImportKind.PEOPLE, campaign)
    jobs.request_start(job=job, by=None)

    with pytest.raises(Interrupted) as kept:  # and with it all that was under way
        work_once(worker=WORKER, progress=interrupt_after(1 if has_rows_left else 4))

    assert kept.value
    assert os.path.realpath(job.file.path) not in opened_files()


def opened_files():
    return [os.path.realpath(link) for link in glob("/proc/self/fd/*")]


@pytest.fixture
def uninterrupted_result(campaign):
    """Runs a job of a kind without interruption, returns what it wrote, and rolls it back."""

    def run(kind):
        with rolled_back():
            job = draft_job(kind, campaign)
            jobs.request_start(job=job, by=None)
            work_once(worker=WORKER)
            return written_data(job)

    return run


@pytest.mark.parametrize("kind", KINDS)
def test_a_dry_run_leaves_nothing_and_says_just_what_the_run_then_does(campaign, kind):
    job = draft_job(kind, campaign)
    before = written_data(job)
    jobs.request_dry_run(job=job)

    assert work_once(worker=WORKER)
    after, checked = written_data(job), job.dry_run_report
    assert (after, job.lease_until) == (before, None)
    assert checked["rows"] == job.row_count == len(FILES[kind]) - 1

    jobs.request_start(job=job, by=None)
    work_once(worker=WORKER)
    job.refresh_from_db()

    assert {name: checked[name] for name in job.counts} == job.counts
    assert [each["line"] for each in checked["rejections"]] == list(job.rejections.values_list("line", flat=True))
    spared = job.people.filter(is_do_not_call=True).order_by("line")
    assert checked["do_not_call_people"] == [each.contact.label for each in spared]
