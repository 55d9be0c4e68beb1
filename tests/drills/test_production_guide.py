"""docs/operations/production.md, done literally: from an empty folder to the same numbers restored elsewhere.

    DATABASE_URL=postgres://... uv run pytest -n 0 -s tests/drills/test_production_guide.py

What needs root is left out: packages, users, systemd and nginx. The commands of the units run as processes instead.
"""

import os
import re
import shutil
import time
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection

from tests.drills.guide import Machine, blocks
from tests.drills.portals import Server
from tests.drills.ports import free_port
from tests.drills.visitor import Visitor, code_of, wait_until

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="the drill needs a PostgreSQL server (DATABASE_URL)"),
    pytest.mark.skipif(not shutil.which("uv") or not shutil.which("git"), reason="the guide needs uv and git"),
]

HOST = "portal.example"
PASSWORD = "a long passphrase of the drill"
PEOPLE = 300


def database(server, name):
    server.run(f"DROP DATABASE IF EXISTS {name}")
    server.run(f"CREATE DATABASE {name}")
    return urlsplit(server.url)._replace(path=f"/{name}").geturl()


def counts(url):
    """The number of rows of every table of the portal's own."""
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    with psycopg.connect(url) as database:
        names = [name for (name,) in database.execute(tables).fetchall()]
        return {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}


@pytest.fixture
def urls():
    """Of the portal's database and of an empty one elsewhere."""
    server = Server(os.environ["DATABASE_URL"], None)
    names = [f"guide_{os.getpid()}_{each}" for each in ("one", "two")]
    yield [database(server, name) for name in names]
    for name in names:
        server.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def machine(tmp_path):
    machine = Machine(tmp_path)
    yield machine
    machine.stop()


def link_in(text, start="accounts/"):
    """The path of the whole link that a command has printed."""
    found = re.search(rf"https://{re.escape(HOST)}(/{start}\S+/)", text)
    assert found, text
    return found[1]


def sign_in_as_operator(portal, printed):
    """Chooses the password by the link, signs in, and sets up a second factor; returns the page of /admin/."""
    page = portal.open(link_in(printed))
    portal.submit(page, "password1", password1=PASSWORD, password2=PASSWORD)
    page = portal.open("/admin/")
    if "/login/" in page.path:
        page = portal.submit(page, "login", login="operator@portal.example", password=PASSWORD)
    if "/reauthenticate/" in page.path:
        page = portal.submit(page, "password", password=PASSWORD)
    secret = re.search(r"\b[A-Z2-7]{32}\b", page.text)
    assert secret, f"no second factor is asked for at {page.path}: {page.words[:500]}"
    portal.submit(page, "code", code=code_of(secret[0]))
    return portal.open("/admin/")


def import_people(portal, printed):
    """Accepts the manager's invitation, uploads a list, and starts its import; the worker does the rest."""
    portal.open(link_in(printed, "invitations/"))
    page = portal.open("/accounts/signup/")
    portal.submit(page, "password1", first_name="Ada", password1=PASSWORD, password2=PASSWORD)
    page = portal.open("/w/acme-search/markets/new/")
    market = portal.submit(page, "geography", practice_area="M&A", geography="New York")
    rows = [f"p{number}@firm.example,Person {number},Firm {number % 7}" for number in range(PEOPLE)]
    page = portal.open(f"/w/acme-search/imports/new/?market={re.search(r'markets/(\d+)/', market.path)[1]}")
    page = portal.submit(page, "file", file=("people.csv", "\n".join(["Email,Name,Firm", *rows])), kind="people")
    page = portal.submit(page, "on_duplicate")
    ready = wait_until(lambda: (shown := portal.open(page.path)) and "/start/" in shown.text and shown)
    portal.submit(ready, "/start/")
    return wait_until(lambda: (shown := portal.open(page.path)) and "Completed" in shown.words and shown)


@pytest.mark.promise("P13")
def test_from_an_empty_machine_to_the_same_numbers_elsewhere(machine, urls, figure):
    start, printed = time.monotonic(), {}
    port = free_port()
    portal = Visitor(port, HOST)
    for heading, script in blocks():
        if heading.startswith("10.") and "restore" in script:
            before = counts(urls[0])
            shutil.copy(machine.path("/etc/portal/portal.env"), machine.path("/etc/portal/elsewhere.env"))
            machine.settings(
                "/etc/portal/elsewhere.env", DATABASE_URL=urls[1], IMPORTS_ROOT=machine.path("/var/lib/elsewhere")
            )
        printed[heading] = printed.get(heading, "") + machine.run(script)
        if heading.startswith("4."):
            machine.settings(
                "/etc/portal/portal.env",
                DATABASE_URL=urls[0],
                IMPORTS_ROOT=machine.path("/var/lib/portal/imports"),
                BACKUP_ROOT=machine.path("/var/backups/portal"),
            )
        elif heading.startswith("5."):
            machine.start("portal-web.service", PORTAL_BIND=f"127.0.0.1:{port}", WEB_CONCURRENCY="2")
            machine.start("portal-worker.service")
            wait_until(lambda: answers(portal))
        elif heading.startswith("8."):
            admin = sign_in_as_operator(portal, printed[heading])
            assert admin.status == 200
        elif heading.startswith("9."):
            done = import_people(Visitor(port, HOST), printed[heading])
            assert f"{PEOPLE}" in done.words
    assert not list(machine.path("/srv/portal/.venv/bin").glob("pytest*")), "tools of developers were installed"
    after = counts(urls[1])
    changed = {name for name in before if before[name] != after.get(name)}
    assert before["markets_contact"] == PEOPLE
    assert changed <= {"django_session", "markets_taskrun", "markets_heartbeat", "portal_cache"}
    seconds = time.monotonic() - start
    figure(
        f"{len(blocks())} blocks of the production guide end with the same {sum(after.values()):,} rows elsewhere "
        f"in {seconds:.0f} s",
        control="a block that fails stops it",
    )


def answers(portal):
    try:
        return portal.request("GET", "/accounts/login/")[0].status == 200
    except OSError:
        return False


def test_a_block_that_fails_is_seen(machine):
    with pytest.raises(AssertionError, match="no such command"):
        machine.run("cd /srv\necho 'no such command' >&2\nfalse\necho never")
