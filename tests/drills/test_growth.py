"""P11: a page reads as many rows of the database with ten times the calls, and is held to limits of time.

Two histories of the same people are written one after the other, and every page of the workspace is visited in each.
PostgreSQL counts the rows that its statements read. Short: 400 people with 1,600 and 16,000 calls.
"""

import os
from random import Random

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client
from django.utils.timezone import now

from signals import sample
from tests.benchmarks.bench_all.addresses import all_pages, ids_of
from tests.benchmarks.bench_all.growth import GROWING, MOST

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL counts the rows that are read")

IS_FULL = os.environ.get("DRILL") == "full"
PEOPLE, CALLS = (4000, 16_000) if IS_FULL else (400, 1600)
FEW = 200
"""Rows: below that a page costs next to nothing, whatever its share."""
ROWS_READ = "SELECT coalesce(sum(seq_tup_read + idx_tup_fetch), 0) FROM pg_stat_xact_user_tables"


def rows_read():
    with connection.cursor() as cursor:
        cursor.execute(ROWS_READ)
        return int(cursor.fetchone()[0])


def history(calls):
    """A workspace with so many calls to the same people, and its manager."""
    workspace, staff = sample.create_workspace(slug="drill", name="Drill", domain="drill.example", password="x" * 20)
    size = sample.Size(people=PEOPLE, calls=calls, signals=PEOPLE // 2, markets=1, campaigns=3)
    sample.build_bulk(
        workspace=workspace, staff=staff, size=size, rng=Random("growth"), moment=now(), progress=lambda n: None
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return workspace, staff.manager


def pages_of(workspace):
    """Every page within the workspace for which there is a row."""
    visits = all_pages(workspace.slug, ids_of(workspace), "manager")
    return {visit.page: visit.address for visit in visits if visit.address.startswith(f"/w/{workspace.slug}/")}


def read_by_page(calls, only=""):
    """By page, the rows that it reads with so many calls."""
    with transaction.atomic():
        workspace, manager = history(calls)
        client = Client()
        client.force_login(manager)
        found = {}
        for name, path in pages_of(workspace).items():
            if only not in name:
                continue
            client.get(path)  # the first visit of a day is noted
            for cache in caches.all():
                cache.clear()
            before = rows_read()
            answer = client.get(path)
            if answer.status_code == 200 and not answer.streaming:
                found[name] = rows_read() - before
        transaction.set_rollback(True)
    return found


def too_many(few, many):
    return {name: (few[name], many[name]) for name in few if many.get(name, 0) > max(MOST * few[name], FEW)}


@pytest.mark.promise("P11")
def test_a_page_reads_as_many_rows_with_ten_times_the_calls(db, figure, monkeypatch):
    few, many = read_by_page(CALLS), read_by_page(10 * CALLS)
    for name in sorted(few, key=lambda each: -many[each]):
        print(f"{name}: {few[name]:,} and {many[name]:,} rows. {GROWING.get(name, '')}")
    assert too_many(few, many).keys() - GROWING.keys() == set()
    steady = [name for name in few if name not in GROWING]
    most = max(many[name] / few[name] for name in steady if many[name] > FEW)

    monkeypatch.setattr("signals.workspace_page.dashboard.owed_count", lambda workspace: workspace.calls.count())
    control = too_many(read_by_page(CALLS, "dashboard"), read_by_page(10 * CALLS, "dashboard"))
    assert control.keys() == {"dashboard"}
    before, after = control["dashboard"]
    figure(
        f"{len(steady)} pages read at most {most:.2f} times the rows with 10 times the calls ({10 * CALLS:,}); "
        f"{len(GROWING)} are listed with what of their answer grows",
        control=f"a dashboard that counts every call reads {before:,} and {after:,} rows",
    )
