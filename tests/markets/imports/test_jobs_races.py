"""Imports that run at the same moment, in threads with connections of their own."""

import threading
import time
from contextlib import suppress

import pytest
from django.db import OperationalError, connection

from calls.ingest.undo import undo
from campaigns.importing import ContactList
from markets.imports import jobs, runner
from markets.imports.fields import CONTACT_FIELDS
from markets.imports.mapping import ColumnMapping
from markets.models import Contact, ImportJob
from tests.campaigns.test_races import at_once
from tests.factories import import_draft
from tests.importing import new_job

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="a race needs a server with several writers"),
]
ROUNDS, WORKERS = 5, 4
PEOPLE_IN_FILE = 3000


def test_of_workers_who_ask_together_each_gets_another_job(workspace):
    for _ in range(ROUNDS):
        drafts = [import_draft(workspace, "email", "a@f.example") for _ in range(WORKERS - 1)]
        for job in drafts:
            jobs.request_start(job=job, by=None)

        claimed = at_once(*(lambda n=n: jobs.claim(worker=f"w:{n}:x") for n in range(WORKERS)))

        assert sorted(job.pk for job in claimed if job) == [job.pk for job in drafts]
        assert len({job.lease_owner for job in claimed if job}) == WORKERS - 1
    print(f"{ROUNDS}/{ROUNDS} rounds: {WORKERS - 1} jobs, {WORKERS} workers, one each")


class Slow:
    """Holds the job for a while before it writes."""

    chunk = 1
    tables = ()

    def __init__(self, writer):
        self.writer = writer
        self.is_writing = threading.Event()

    def prepare(self, rows):
        return self.writer.prepare(rows)

    def write(self, prepared):
        self.is_writing.set()
        time.sleep(0.2)
        return self.writer.write(prepared)


def people_of(market, job, order=1):
    """A writer, and rows that name the same people in either order."""
    rows = [(line, [f"p{line}@f.example"]) for line in range(2, PEOPLE_IN_FILE + 2)][::order]
    return ContactList(job=job, columns=ColumnMapping(["email"], CONTACT_FIELDS), market=market), rows


def test_whoever_stops_an_import_waits_for_its_chunk_so_that_all_of_it_can_be_taken_back(market):
    for _ in range(ROUNDS):
        job = new_job(market.workspace, market=market.pk)
        writer, rows = people_of(market, job)
        slow = Slow(writer)

        def stop(pk=job.pk, slow=slow):
            slow.is_writing.wait(5)
            stopped = ImportJob.objects.get(pk=pk)
            jobs.stop(job=stopped, by=None)
            return stopped

        outcome, stopped = at_once(
            lambda job=job, rows=rows, slow=slow: runner.run(job=job, rows=rows, writer=slow), stop
        )

        assert isinstance(outcome, jobs.LeaseLost), outcome
        undone = undo(job=stopped, by=None)
        assert (undone.people, undone.named) == (stopped.checkpoint, [])
        assert stopped.checkpoint >= 1


def both_orders(market):
    """Two imports of the same people, one from the last to the first."""
    runs = []
    for order in (1, -1):
        job = new_job(market.workspace, market=market.pk)
        writer, rows = people_of(market, job, order)
        runs.append(lambda job=job, writer=writer, rows=rows: runner.run(job=job, rows=rows, writer=writer))
    return at_once(*runs)


def test_imports_that_name_the_same_people_in_other_orders_both_come_to_their_end(market):
    for _ in range(ROUNDS):
        assert both_orders(market) == [None, None]

        last = list(ImportJob.objects.order_by("-pk")[:2])
        assert sum(job.created for job in last) + sum(job.unchanged for job in last) == 2 * PEOPLE_IN_FILE
        assert Contact.objects.count() == PEOPLE_IN_FILE
        delete_all_contacts()


def delete_all_contacts():
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE markets_contact CASCADE")


def test_without_giving_way_one_of_them_would_break_off(market, monkeypatch):
    """The control: the database ends one of two that wait for each other, and nobody begins again."""
    monkeypatch.setattr(runner, "_write_despite_deadlocks", runner._write_chunk)
    broken = []
    for _ in range(ROUNDS):
        broken += [each for each in both_orders(market) if isinstance(each, OperationalError)]
        with suppress(OperationalError):
            delete_all_contacts()

    assert broken
