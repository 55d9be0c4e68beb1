"""A command of the portal that is killed at a point of its work: DRILL_KILL names it, as in “after commit 3”.

    DRILL_KILL="before checkpoint 2" python -m tests.drills.killed import_contacts ...

The points are wrapped around the portal's functions here; the portal itself knows nothing of them. What is reached
is written to the file DRILL_LOG with the moment. DRILL_GUARD names a guard that is switched off, for a control.
"""

import os
import signal
import sys
import time
from functools import wraps

import django
from django.core.management import execute_from_command_line
from django.db import connections

POINTS = ("file", "job", "claim", "rows", "outcomes", "checkpoint", "commit", "completion", "forgetting")
"""The file stored, the job created, the job claimed, of a chunk the rows written, the outcomes, the checkpoint and the
commit, the job completed, its file deleted."""

reached = dict.fromkeys([f"{when} {point}" for when in ("before", "after") for point in POINTS], 0)
is_chunk_written = False


def note(what):
    with open(os.environ["DRILL_LOG"], "a") as log:
        log.write(f"{what} {time.time()}\n")


def pass_by(moment):
    reached[moment] += 1
    if moment == "after commit":
        note("chunk")
    if f"{moment} {reached[moment]}" == os.environ.get("DRILL_KILL"):
        note("killed")
        os.kill(os.getpid(), signal.SIGKILL)
    if f"{moment} {reached[moment]}" == os.environ.get("DRILL_PAUSE"):
        note("paused")
        time.sleep(1)


def wrap(owner, name, point, *, counts=lambda *args, **kwargs: True):
    function = getattr(owner, name)

    @wraps(function)
    def wrapped(*args, **kwargs):
        if not counts(*args, **kwargs):
            return function(*args, **kwargs)
        pass_by(f"before {point}")
        result = function(*args, **kwargs)
        pass_by(f"after {point}")
        return result

    setattr(owner, name, wrapped)


def lay_points():
    from django.db.models.fields.files import FieldFile

    import campaigns.importing
    from calls.ingest.call_log import CallLog
    from markets.imports import jobs
    from markets.imports.contacts.writer import ContactImport
    from markets.models.imports import ImportJobQuerySet

    wrap(FieldFile, "save", "file")
    wrap(jobs, "begin", "job")
    wrap(jobs, "claim", "claim")
    wrap(ContactImport, "write", "rows")
    wrap(CallLog, "write", "rows")
    wrap(campaigns.importing, "store_outcomes", "outcomes")
    wrap(ImportJobQuerySet, "update", "checkpoint", counts=writes_checkpoint)
    wrap(type(connections["default"]), "commit", "commit", counts=ends_chunk)
    wrap(jobs, "complete", "completion")
    wrap(jobs, "delete_file", "forgetting")
    for owner, name in ((jobs, "claim"), (jobs, "begin")):
        tell(owner, name)


def writes_checkpoint(*args, **fields):
    global is_chunk_written
    is_chunk_written = is_chunk_written or "checkpoint" in fields
    return "checkpoint" in fields


def ends_chunk(*args):
    global is_chunk_written
    was, is_chunk_written = is_chunk_written, False
    return was


def tell(owner, name):
    """Notes when the process has a job to work on."""
    function = getattr(owner, name)

    @wraps(function)
    def wrapped(*args, **kwargs):
        job = function(*args, **kwargs)
        if job:
            note("working")
        return job

    setattr(owner, name, wrapped)


def make_smaller():
    """Several chunks of a file that is read in seconds, and leases that run out before the drill does."""
    from datetime import timedelta

    from calls.ingest.call_log import CallLog
    from campaigns.importing import ContactList
    from markets.imports import jobs, runner
    from markets.management import importing

    ContactList.chunk = CallLog.chunk = int(os.environ["DRILL_CHUNK"])
    importing.POLL_SECONDS = 0.2
    if seconds := os.environ.get("DRILL_LEASE"):
        jobs.LEASE = runner.LEASE = timedelta(seconds=float(seconds))


def write_checkpoint_afterwards():
    """Each chunk's rows in one transaction, and its checkpoint in the next."""
    from markets.imports import runner
    from markets.models.imports import ImportJobQuerySet

    careful = runner._write_chunk

    def careless(job, items, write):
        update, put_off = ImportJobQuerySet.update, []

        def update_later(jobs, **fields):
            if "checkpoint" not in fields:
                return update(jobs, **fields)
            return put_off.append((jobs, fields))

        ImportJobQuerySet.update = update_later
        try:
            counts = careful(job, items, write)
        finally:
            ImportJobQuerySet.update = update
        for chosen, fields in put_off:
            chosen.update(**fields)
        return counts

    runner._write_chunk = careless


def hold_nothing():
    from markets.imports import runner

    runner._lock = lambda job: None


def write_without_transaction():
    from contextlib import nullcontext
    from types import SimpleNamespace

    from django.db.models import QuerySet

    from markets.imports import runner

    hold_nothing()
    QuerySet.select_for_update = lambda rows, **how: rows
    runner.transaction = SimpleNamespace(atomic=nullcontext)


def take_the_oldest_job_first():
    from markets.imports import jobs

    jobs.in_turns = lambda free: free.order_by("id")


def claim_without_locks():
    """What a worker sees as free, it takes a moment later, whether or not another has done so."""
    from django.db.models import QuerySet

    QuerySet.select_for_update = lambda rows, **how: rows
    first = QuerySet.first

    def hesitate(rows):
        found = first(rows)
        if found and rows.query.order_by and rows.model.__name__ == "ImportJob":
            time.sleep(0.2)
        return found

    QuerySet.first = hesitate


GUARDS = {
    "turns": take_the_oldest_job_first,
    "locks": claim_without_locks,
    "one transaction": write_checkpoint_afterwards,
    "fence": hold_nothing,
    "any transaction": write_without_transaction,
}


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    make_smaller()
    if guard := os.environ.get("DRILL_GUARD"):
        GUARDS[guard]()
    lay_points()
    note("started")
    execute_from_command_line(["manage.py", *sys.argv[1:]])


if __name__ == "__main__":
    main()
