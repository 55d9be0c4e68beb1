"""A workspace is exported from one installation and imported into another: every page and every export is the same.

    DATABASE_URL=postgres://... uv run pytest -n 0 -s tests/drills/test_workspace_export.py

Without DATABASE_URL it is tried on SQLite alone. DRILL=full exports every workspace of the seed.
"""

import json
import os
import sqlite3
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connection

from tests.drills.installations import Installation
from tests.drills.portals import Server
from tests.workspace_copies import texts_differ

IS_FULL = os.environ.get("DRILL") == "full"
VENDORS = ["sqlite", "postgresql"] if connection.vendor == "postgresql" else ["sqlite"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    return Server(os.environ.get("DATABASE_URL", ""), tmp_path_factory.mktemp("drill"))


@contextmanager
def installation(vendor, server, folder):
    if vendor == "sqlite":
        yield Installation(f"sqlite:///{folder / 'portal.sqlite3'}", folder)
    else:
        with server.portal() as portal:
            yield Installation(portal.url, folder)


def change_one_person(there):
    """The control: a name that differs must be seen."""
    sql = "UPDATE markets_contact SET firm = 'Another LLP' WHERE id = (SELECT min(id) FROM markets_contact)"
    if there.is_sqlite:
        with closing(sqlite3.connect(there.file)) as database, database:
            database.execute(sql)
    else:
        with psycopg.connect(there.url, autocommit=True) as database:
            database.execute(sql)


def texts_of(sides):
    """What the pages of both say, read at the same time and with the same clock."""
    moment = datetime.now(UTC).isoformat()
    running = [
        there.start("tests.drills.page_texts", slug, there.folder / "texts.json", moment) for there, slug in sides
    ]
    for process in running:
        assert process.wait() == 0
        process.stdout.close()
    return [json.loads((there.folder / "texts.json").read_text()) for there, _ in sides]


def differences(sides):
    ours, theirs = texts_of(sides)
    shifts = {theirs["first"][label] - first for label, first in ours["first"].items()}
    shifts |= {pk - ours["users"][email] for email, pk in theirs["users"].items() if email in ours["users"]}
    assert [label for label, _ in ours["texts"]] == [label for label, _ in theirs["texts"]]
    pairs = zip(ours["texts"], theirs["texts"], strict=True)
    found = [each for (label, one), (_, other) in pairs for each in texts_differ(label, one, other, shifts)]
    return len(ours["texts"]), found


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_page_and_export_of_the_copy_in_another_installation_is_the_same(vendor, server, tmp_path_factory):
    folder = tmp_path_factory.mktemp("here")
    with (
        installation("sqlite", server, folder) as here,
        installation(vendor, server, tmp_path_factory.mktemp("there")) as there,
    ):
        for each in (here, there):
            each.create_tables(is_quick=True)
        code, said = here.manage("seed", "--scale", "small", "--format", "json", PORTAL_PASSWORD="a long passphrase")
        assert code == 0, said
        slugs = [slug for (slug,) in here.rows("SELECT slug FROM markets_workspace ORDER BY slug")]
        total, compared, seconds = 0, 0, [0.0, 0.0]
        for slug in slugs if IS_FULL else slugs[:1]:
            started = time.monotonic()
            code, exported = here.manage("export_workspace", slug, folder / f"{slug}.zip", "--format", "json")
            assert code == 0, exported
            seconds[0] += time.monotonic() - started
            started = time.monotonic()
            code, imported = there.manage("import_workspace", folder / f"{slug}.zip", "--format", "json")
            assert code == 0, imported
            seconds[1] += time.monotonic() - started
            assert imported["rows"] == exported["rows"]
            count, found = differences([(here, slug), (there, slug)])
            assert found == [], "\n".join(map(str, found))
            compared, total = compared + count, total + exported["rows"]
        code, said = there.manage("rebuild_tallies", "--check")
        assert code == 0, said
        change_one_person(there)
        seen = len(differences([(here, slugs[0]), (there, slugs[0])])[1])
        assert seen > 0
    print(
        f"\nSQLite to {vendor}: 0 of {compared} pages and exports differ, {total:,} rows, exported in "
        f"{seconds[0]:.1f} s and imported in {seconds[1]:.1f} s. Control: with another firm of a person {seen} differ."
    )
