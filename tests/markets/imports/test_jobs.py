"""Who works on an import, and how it goes on after whatever stopped it."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import time_machine
from django.utils.timezone import now

from markets.imports import jobs, runner
from markets.imports.counts import ImportCounts, rolled_back
from markets.imports.jobs import JobRefused, LeaseLost
from markets.models import ImportJob
from markets.models.imports import LEASE
from tests.factories import ContactFactory, WorkspaceFactory, import_draft, timedelta
from tests.importing import leased_import, new_job

ROWS = [(line, [f"name {line}"]) for line in range(2, 8)]


class People:
    """Makes a person of each row, in chunks of two; may do something before one of them."""

    chunk = 2
    tables = ()

    def __init__(self, workspace, *, before=lambda rows: None):
        self.workspace = workspace
        self.before = before

    def prepare(self, rows):
        return list(rows)

    def write(self, rows):
        counts = ImportCounts()
        for line, _ in rows:
            ContactFactory(workspace=self.workspace, external_id=f"line {line}")
        counts.count("created", len(rows))
        self.before(rows)
        return counts


def imported_lines(workspace):
    return sorted(int(each.removeprefix("line ")) for each in workspace.contacts.values_list("external_id", flat=True))


def queued_job(workspace):
    job = import_draft(workspace, "email", "a@f.example")
    jobs.request_start(job=job, by=None)
    return job


def test_a_job_that_nobody_works_on_is_taken_and_leased(workspace):
    job = queued_job(workspace)

    claimed = jobs.claim(worker="w:1:a")

    assert (claimed.pk, claimed.state, claimed.lease_owner) == (job.pk, "running", "w:1:a")
    assert timedelta() < claimed.lease_until - now() <= LEASE
    assert claimed.started_at


def test_a_live_lease_is_respected_and_one_that_ran_out_is_taken_over(workspace):
    first = queued_job(workspace)
    jobs.claim(worker="w:1:a")

    assert jobs.claim(worker="w:2:b") is None
    assert jobs.claim(worker="w:2:b", job=first) is None
    with time_machine.travel(now() + LEASE + timedelta(seconds=1), tick=False):
        claimed = jobs.claim(worker="w:2:b")

    assert (claimed.pk, claimed.lease_owner) == (first.pk, "w:2:b")


def test_jobs_are_taken_in_their_order_and_drafts_and_ended_ones_never(workspace):
    import_draft(workspace, "email", "a@f.example")
    ended, first, second = (queued_job(workspace) for _ in range(3))
    jobs.stop(job=ended, by=None)

    assert [jobs.claim(worker=f"w:{n}:x") for n in range(3)] == [first, second, None]


def names_in_turns(busy, calm):
    """Whose jobs one worker takes, one after the other, if one workspace sends four and then the other two."""
    for workspace in [busy] * 4 + [calm] * 2:
        queued_job(workspace)
    taken = []
    while job := jobs.claim(worker="w:1:x"):
        taken.append("busy" if job.workspace == busy else "calm")
        jobs.complete(job=job)
    return taken


def test_workspaces_take_turns(workspace):
    assert names_in_turns(workspace, WorkspaceFactory()) == ["busy", "calm", "busy", "calm", "busy", "busy"]


def test_by_age_alone_a_workspace_would_wait_for_all_files_of_another(workspace, monkeypatch):
    monkeypatch.setattr(jobs, "in_turns", lambda free: free.order_by("id"))

    assert names_in_turns(workspace, WorkspaceFactory()) == ["busy"] * 4 + ["calm"] * 2


def test_a_workspace_whose_file_is_being_worked_on_waits_for_one_that_has_none_at_work(workspace):
    other = WorkspaceFactory()
    first, second, third = (queued_job(each) for each in (workspace, workspace, other))

    assert [jobs.claim(worker=f"w:{n}:x") for n in range(4)] == [first, third, second, None]


def test_every_chunk_renews_the_lease(workspace):
    job = new_job(workspace)
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        writer = People(workspace, before=lambda rows: clock.shift(20))
        runner.run(job=job, rows=ROWS, writer=writer)
    job.refresh_from_db()

    assert (job.heartbeat_at - start, job.lease_until - start) == (timedelta(seconds=60), timedelta(seconds=60) + LEASE)


def change_owner(job):
    ImportJob.objects.filter(pk=job.pk).update(lease_owner="w:2:b")


def move_checkpoint(job):
    ImportJob.objects.filter(pk=job.pk).update(checkpoint=4, created=4)


def stop_job(job):
    jobs.stop(job=job, by=None)


@pytest.mark.parametrize("happens", [change_owner, move_checkpoint, stop_job])
def test_who_lost_the_job_writes_nothing_more(workspace, happens):
    job = new_job(workspace)

    def happen(rows):
        happens(ImportJob.objects.get(pk=job.pk))

    with pytest.raises(LeaseLost, match="stopped, or somebody else went on with it"):
        runner.run(job=job, rows=ROWS, writer=People(workspace), progress=happen)

    assert imported_lines(workspace) == [2, 3]


def test_without_the_fence_the_loser_would_write(workspace, monkeypatch):
    """The control: the same takeover, with nobody looking who holds the job."""
    monkeypatch.setattr(runner, "_lock", lambda job: None)
    job = new_job(workspace)
    change_owner(job)

    runner.run(job=job, rows=ROWS, writer=People(workspace))

    assert imported_lines(workspace) == [2, 3, 4, 5, 6, 7]


def test_who_lost_the_job_neither_completes_nor_fails_it(workspace):
    job = new_job(workspace)
    change_owner(job)

    for end in (lambda: jobs.complete(job=job), lambda: jobs.fail(job=job, reason="Odd")):
        with pytest.raises(LeaseLost, match="ended by somebody else"):
            end()

    job.refresh_from_db()
    assert (job.state, job.finished_at) == ("running", None)


def test_letting_go_leaves_somebody_elses_lease_alone(workspace):
    job = new_job(workspace)
    change_owner(job)

    jobs.release(job=job)

    assert jobs.claim(worker="w:3:c") is None


class Broken(Exception):
    pass


def broken(rows):
    if rows[0][0] == 6:
        raise Broken


def test_a_chunk_is_written_whole_with_its_checkpoint_or_not_at_all(workspace):
    job = new_job(workspace)

    with pytest.raises(Broken):
        runner.run(job=job, rows=ROWS, writer=People(workspace, before=broken))

    kept = ImportJob.objects.get(pk=job.pk)
    assert (kept.checkpoint, kept.created, imported_lines(workspace)) == (4, 4, [2, 3, 4, 5])
    assert (job.checkpoint, job.created) == (4, 4)


def test_who_goes_on_begins_after_the_checkpoint(workspace):
    job = new_job(workspace)
    with pytest.raises(Broken):
        runner.run(job=job, rows=ROWS, writer=People(workspace, before=broken))
    jobs.release(job=job)

    claimed = jobs.claim(worker="w:2:b")
    runner.run(job=claimed, rows=ROWS[claimed.checkpoint :], writer=People(workspace))
    jobs.complete(job=claimed)

    assert (claimed.state, claimed.checkpoint, imported_lines(workspace)) == ("completed", 6, [2, 3, 4, 5, 6, 7])


def test_progress_is_told_chunk_by_chunk(workspace):
    chunks = []

    runner.run(job=new_job(workspace), rows=ROWS[:5], writer=People(workspace), progress=chunks.append)

    assert chunks == [2, 2, 1]


def dead_process():
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


HERE = socket.gethostname()[:60]


@pytest.mark.parametrize(
    ("host", "process", "is_freed"),
    [(HERE, dead_process, True), (HERE, os.getpid, False), ("elsewhere", dead_process, False), (HERE, str, False)],
    ids=["dead", "alive", "of another machine", "of no process"],
)
def test_only_a_dead_process_of_this_machine_loses_its_lease_at_once(workspace, host, process, is_freed):
    job = new_job(workspace)
    ImportJob.objects.update(lease_owner=f"{host}:{process()}:x")
    job.refresh_from_db()

    jobs.free_if_dead(job)

    assert (jobs.claim(worker="w:2:b") is not None) == is_freed


def test_a_job_that_waits_or_runs_is_stopped_with_a_word_and_an_ended_one_is_not(workspace, manager):
    for job in (queued_job(workspace), new_job(workspace)):
        jobs.stop(job=job, by=manager)

        assert (job.state, job.failure) == ("failed", f"Stopped by {manager}; the rows before that are in.")
        assert jobs.claim(worker="w:1:a", job=job) is None
        with pytest.raises(JobRefused, match="is Failed; this takes one that is Checking or Waiting or Running"):
            jobs.stop(job=job, by=manager)


def test_only_a_draft_is_checked_or_started(workspace):
    job = queued_job(workspace)

    for ask in (lambda: jobs.request_dry_run(job=job), lambda: jobs.request_start(job=job, by=None)):
        with pytest.raises(JobRefused, match="is Waiting; this takes one that is Draft"):
            ask()


def completed(job):
    jobs.complete(job=job)


def failed(job):
    jobs.fail(job=job, reason="Odd")


@pytest.mark.parametrize("end", [completed, failed, stop_job])
def test_the_file_goes_at_the_end_whatever_that_is(workspace, end, django_capture_on_commit_callbacks):
    job = leased_import(workspace, "email", "a@f.example")
    path = Path(job.file.path)
    assert path.exists()

    with django_capture_on_commit_callbacks(execute=True):
        end(job)

    assert not path.exists()
    assert ImportJob.objects.get(pk=job.pk).file == ""


def test_the_file_stays_where_the_end_is_taken_back(workspace, django_capture_on_commit_callbacks):
    job = leased_import(workspace, "email", "a@f.example")

    path = Path(job.file.path)

    with django_capture_on_commit_callbacks(execute=True), rolled_back():
        jobs.complete(job=job)

    job.refresh_from_db()
    assert (job.state, path.exists(), Path(job.file.path)) == ("running", True, path)
