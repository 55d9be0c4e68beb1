"""P6: an import that is killed at any moment goes on, and ends as if it had never been disturbed.

    DATABASE_URL=postgres://... uv run pytest -n 0 -s tests/drills/test_killed_imports.py

kills imports of a small file. DRILL=full kills more often, and takes some twelve minutes on two cores. Databases of its
own are made on that server and dropped again.
"""

import os
import random
import signal
import time
from dataclasses import dataclass

import pytest
from django.db import connection

from tests.drills.kills import AT_RANDOM, CALLS, CHUNK, IS_SHORT, ROWS, SEED, WORK, disturb, plans, run_and_kill
from tests.drills.portals import CAMPAIGN, MARKET, Server, difference, write_calls, write_csv, write_people

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="the drill needs a PostgreSQL server (DATABASE_URL)"
)

LEASE = 2.0
IMPORT = ("--workspace", "drill", "--market", MARKET, "--campaign", CAMPAIGN)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    return Server(os.environ["DATABASE_URL"], tmp_path_factory.mktemp("drill"))


@pytest.fixture(scope="module")
def files(server):
    known, people = server.folder / "known.csv", server.folder / "drill.csv"
    write_people(known, people, ROWS)
    write_csv(server.folder / "list.csv", ["email"], [[f"p{number}@f.example"] for number in range(0, ROWS, 50)])
    write_calls(server.folder / "drill-calls.csv", ROWS // 2, CALLS)
    return server.folder


@pytest.fixture(scope="module")
def before(server, files):
    """A portal that knows half of the people, most of them in a campaign, and some who are not to be called."""
    words = ("--workspace", "drill")
    with server.migrated() as portal:
        for command in (
            ("create_workspace", "drill", "--name", "Drill", "--timezone", "UTC", "--region", "US"),
            ("import_suppressions", files / "list.csv", *words),
            ("import_contacts", files / "known.csv", *IMPORT, "--create"),
        ):
            assert portal.run(*command, chunk=5000) == 0, portal.output.read_text()
        portal.change(
            "UPDATE campaigns_campaigncontact SET removed_at = now(), removed_reason = 'Drill' WHERE id % 3 = 0"
        )
        yield portal


def people(files):
    return "import_contacts", files / "drill.csv", *IMPORT


def calls(files):
    return "import_calls", files / "drill-calls.csv", "--workspace", "drill", "--campaign", CAMPAIGN, "--historical"


def undisturbed(server, before, words):
    """What the command comes to where nothing happens, and how long it works."""
    with server.portal(before.name) as portal:
        assert portal.run(*words, chunk=CHUNK) == 1, portal.output.read_text()  # 1: some rows are refused
        seconds = time.time() - portal.times("working")[-1]
        return portal.state(), seconds


@pytest.fixture(scope="module")
def expected(server, files, before):
    return undisturbed(server, before, people(files))


@dataclass
class Compared:
    """The difference of each round from the undisturbed run, and its figures."""

    results: list[list[str]]
    kills: int
    slowest: float
    """Seconds until somebody worked on it again."""

    @property
    def identical(self):
        return f"{self.results.count([])}/{len(self.results)}"


def compared(server, before, words, rounds, expected, **drill):
    state, seconds = expected
    results, kills, waits = [], 0, []
    for number, plan in enumerate(rounds, 1):
        hits = 0
        while not hits:  # a random moment may come after the end
            with server.portal(before.name) as portal:
                hits, waited = disturb(portal, words, plan, seconds, **drill)
                found = difference(state, portal.state())
                output = portal.output.read_text()
        results.append(found)
        kills, waits = kills + hits, waits + waited
        after = ", ".join(f"{each:.1f}" for each in waited)
        what = f"{hits} kills, resumed after {after} s; {found or 'identical'}"
        print(f"{number}/{len(rounds)}: {', then '.join(plan)}: {what}", flush=True)
        if found:
            print(output[-1500:])
    return Compared(results, kills, max(waits, default=0))


@pytest.mark.promise("P6")
def test_killed_imports_of_people_end_as_if_undisturbed(server, files, before, expected, figure):
    random.seed(SEED)

    found = compared(server, before, people(files), plans(), expected)

    assert [each for each in found.results if each] == []
    assert found.slowest <= 60

    # The control: with the checkpoint in a transaction of its own rows are in twice where the kill comes between.
    careless = compared(server, before, people(files), [["before checkpoint 2"]], expected, guard="one transaction")
    assert all(careless.results)
    figure(
        f"{found.identical} killed imports of people identical, {found.kills} kills, resumed within "
        f"{found.slowest:.1f} s (an undisturbed run works for {expected[1]:.1f} s)",
        control=f"with the checkpoint in a transaction of its own {careless.identical} identical",
    )


@pytest.mark.promise("P6")
def test_killed_imports_of_calls_count_none_twice(server, files, before, figure):
    words = calls(files)
    expected = undisturbed(server, before, words)
    rounds = [["before checkpoint 2", "after rows 1"], ["after commit 1", AT_RANDOM], [AT_RANDOM, AT_RANDOM]]

    found = compared(server, before, words, rounds[:1] if IS_SHORT else rounds * 3, expected)

    assert [each for each in found.results if each] == []
    with server.portal(before.name) as portal:
        disturb(portal, words, ["after rows 2"], expected[1])
        assert portal.run("rebuild_tallies", "--check", chunk=CHUNK) == 0
        ((made,),) = portal.rows("SELECT sum(call_count) FROM calls_campaignday")
        assert made == len({row[0] for row in expected[0]["calls"]})

    careless = compared(server, before, words, [["before checkpoint 2"]], expected, guard="one transaction")
    assert all(careless.results)
    figure(
        f"{found.identical} killed imports of a dialer's log identical, {found.kills} kills; "
        f"{made:,} calls, each counted once",
        control=f"with the checkpoint in a transaction of its own {careless.identical} identical",
    )


def frozen(portal, files, *, wakes_up, **drill):
    """A worker stands still between two chunks for longer than its lease, another goes on, and it wakes up."""
    first = portal.start(*people(files), chunk=CHUNK, lease=LEASE, pause="after commit 1", **drill)
    portal.wait_for("paused", 1)
    first.send_signal(signal.SIGSTOP)
    time.sleep(LEASE + 0.5)
    second = portal.start(*WORK, chunk=CHUNK, lease=LEASE, pause="after commit 1", **drill)
    portal.wait_for("paused", 2)
    if wakes_up == "afterwards":
        second.wait(300)
    first.send_signal(signal.SIGCONT)
    return first.wait(300), second.wait(300)


@pytest.mark.promise("P6")
def test_a_worker_that_wakes_up_after_it_lost_the_job_writes_nothing(server, files, before, expected, figure):
    for wakes_up in ("meanwhile", "afterwards"):
        with server.portal(before.name) as portal:
            codes = frozen(portal, files, wakes_up=wakes_up)

            assert codes == (1, 0), wakes_up
            assert "somebody else went on with it" in portal.output.read_text()
            assert difference(expected[0], portal.state()) == []

    # The control: nobody looks whose job it is, nor that a line is refused once, which would stop it by an error.
    with server.portal(before.name) as portal:
        portal.change("ALTER TABLE markets_importrejection DROP CONSTRAINT import_rejection_unique")
        frozen(portal, files, wakes_up="afterwards", guard="fence")

        found = difference(expected[0], portal.state())
    assert found
    figure(
        "0 rows written by 2 workers that woke up after they had lost their import",
        control=f"without the fence other rows than undisturbed: {', '.join(each.split(':')[0] for each in found)}",
    )


def test_two_workers_and_the_command_end_one_job_together(server, files, before, expected):
    with server.portal(before.name) as portal:
        assert run_and_kill(portal, people(files), "after commit 1", 0)[0]
        together = [portal.start(*words, chunk=CHUNK) for words in (WORK, WORK, people(files))]

        assert sorted(child.wait(300) for child in together) == [0, 0, 1]
        state = portal.state()
    first = state["jobs"][: len(expected[0]["jobs"])]
    assert difference({**expected[0], "jobs": []}, {**only_first_job(state), "jobs": []}) == []
    assert [row[:16] for row in first] == [row[:16] for row in expected[0]["jobs"]]


def only_first_job(state):
    """Where the command came when all was done it ran once more, and changed nothing."""
    jobs = len({row[1] for row in state["imported"]})
    if jobs == 2:
        return state
    last = max(row[1] for row in state["imported"])
    again = [row for row in state["imported"] if row[1] == last]
    assert not [row for row in again if row[3] in "cu"], "the second run created or changed somebody"
    refused = len(state["rejections"]) // 2
    imported = [row for row in state["imported"] if row[1] != last]
    return state | {"imported": imported, "rejections": state["rejections"][:refused]}


def test_a_worker_whose_connections_are_ended_goes_on_by_itself(server, files, before, expected):
    blows = 3 if IS_SHORT else 15
    with server.portal(before.name) as portal:
        assert run_and_kill(portal, people(files), "after job 1", 0)[0]
        works = len(portal.times("working")) + 1
        worker = portal.start("import_worker", chunk=CHUNK)
        portal.wait_for("working", works)
        ended = 0
        for _ in range(blows):
            time.sleep(random.uniform(0.05, 0.6))
            ended += len(
                portal.rows(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        last = time.monotonic()
        while not portal.is_ended and time.monotonic() < last + 60:
            time.sleep(0.1)
        took = time.monotonic() - last
        worker.terminate()

        assert worker.wait(60) == 0, portal.output.read_text()
        assert difference(expected[0], portal.state()) == []
    print(f"{ended} connections ended, 1 worker, identical; done {took:.1f} s after the last")


def poison(portal, how):
    """One row of the file is a person whom the database refuses."""
    portal.change(f"""
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF NEW.email = 'p{ROWS // 2 + 3}@f.example' THEN {how} END IF; RETURN NEW; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON markets_contact FOR EACH ROW EXECUTE FUNCTION refuse()""")


def test_a_row_that_the_database_refuses_is_refused_alone_whoever_is_killed_over_it(server, files, before):
    with server.portal(before.name) as portal:
        poison(portal, "RAISE check_violation;")

        disturb(portal, people(files), ["after commit 2", "before rows 3"], 0)

        ((state, rows, checkpoint),) = [portal.job("state, row_count, checkpoint")]
        refused = portal.rows("SELECT count(*) FROM markets_importrejection WHERE code = 'not_written'")
    assert (state, checkpoint) == ("completed", rows)
    print(f"1 poisoned row of {rows}: {refused[0][0]} refused as not written")
    assert 1 <= refused[0][0] <= 2  # who was to be created is named by another row, too


def test_a_row_that_nobody_foresaw_ends_the_import_with_a_reason_and_the_worker_goes_on(server, files, before):
    with server.portal(before.name) as portal:
        poison(portal, "RAISE EXCEPTION 'odd';")
        run_and_kill(portal, people(files), "after job 1", 0)

        assert portal.run(*WORK, chunk=CHUNK) == 0

        state, failure = portal.job("state, failure")
    assert state == "failed"
    assert failure.startswith("An error in the portal")
