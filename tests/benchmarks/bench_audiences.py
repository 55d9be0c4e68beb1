"""How long it takes to count the people of a rule, beside the barest SQL that counts them.

    DATABASE_URL=postgres://.../reference uv run python -m tests.benchmarks.bench_audiences [--workspace SLUG]

On a database of `seed --scale reference`, by default in the workspace with the most people. Prints for each rule the
best and the median time, the processor time of the database (without other programs' share of the machine), and the
ratio to the barest SQL. --day measures as of a past day, where nothing is read from stored summaries.
"""

import argparse
import os
import platform
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median

import django

# ruff: noqa: S608 - SQL put together of constants
CALLED = "SELECT contact_id FROM calls_call WHERE workspace_id = %(w)s AND direction = 'outbound' AND voided_at IS NULL"
MEMBERS = "SELECT contact_id FROM campaigns_campaigncontact WHERE workspace_id = %(w)s"
SIGNALS = "SELECT contact_id FROM signals_signal WHERE workspace_id = %(w)s AND current_campaign_id IS NOT NULL"
EXPLORING = f"{SIGNALS} AND type = 'movement_state' AND value IN ('Exploring', 'Active')"
SOON = f"{SIGNALS} AND type = 'timing_window' AND value IN ('6-12 months', '3-6 months', 'Within 3 months')"
INTERESTED = f"{CALLED} AND disposition IN ('callback_requested', 'future_potential', 'meeting_booked')"
INTEREST = f"{INTERESTED} UNION {EXPLORING} UNION {SOON}"
NEWEST = """SELECT contact_id FROM (
    SELECT DISTINCT ON (contact_id) contact_id, disposition FROM calls_call
    WHERE workspace_id = %(w)s AND direction = 'outbound' AND voided_at IS NULL AND disposition <> ''
    ORDER BY contact_id, started_at DESC, id DESC) newest"""
SUPPRESSED = """SELECT id FROM markets_contact c WHERE workspace_id = %(w)s AND EXISTS (
    SELECT 1 FROM markets_suppression s WHERE s.workspace_id = c.workspace_id AND lifted_at IS NULL
    AND (s.contact_id = c.id OR s.phone_e164 = nullif(c.phone_e164, '') OR s.email = nullif(c.email, '')))"""
RUNNING = f"""{MEMBERS} AND removed_at IS NULL AND campaign_id IN (
    SELECT id FROM campaigns_campaign WHERE workspace_id = %(w)s AND status IN ('active', 'paused'))"""
EVERYBODY = "SELECT id FROM markets_contact WHERE workspace_id = %(w)s"
USABLE = f"{EVERYBODY} AND phone_e164 <> '' AND phone_e164 <> wrong_phone"
RECENT = f"{MEMBERS} AND last_attempt_at >= now() - interval '14 days'"
OFTEN = f"{MEMBERS} GROUP BY contact_id HAVING sum(attempt_count) >= 3"
LAST_NO_ANSWER = {"kind": "outcome", "when": "last", "outcomes": ["no_answer", "voicemail"]}
ACTIVE_MOVE = {"kind": "signal", "type": "movement_state", "op": "at_least", "value": "Exploring"}
NOT_RUNNING = {"kind": "member", "of": "running", "negated": True}
NOT_RECENT = {"kind": "last_call", "op": "not_within_days", "days": 14}
TRIED = {"kind": "attempts", "op": "at_least", "count": 3}
NOT_SUPPRESSED, NUMBER = {"kind": "suppressed", "negated": True}, {"kind": "number"}
FOLLOW_UP = [{"kind": "interest"}, NOT_SUPPRESSED, {"kind": "off_limits", "negated": True}, NUMBER]
FOLLOW_UP += [NOT_RUNNING, NOT_RECENT]
MANY = [LAST_NO_ANSWER, TRIED, ACTIVE_MOVE, {"kind": "search", "text": "smith"}]
NONE = [LAST_NO_ANSWER, {"kind": "attempts", "op": "at_most", "count": 3}, {"kind": "suppressed"}]
DEEP = [
    {
        "match": "any",
        "conditions": [
            {"kind": "interest"},
            {"match": "all", "conditions": [TRIED, NOT_RECENT, {"match": "none", "conditions": NONE[1:]}]},
        ],
    },
    NUMBER,
    NOT_RUNNING,
]

RULES: dict[str, tuple[str, list[object], str]] = {
    "firm contains": ("all", [{"kind": "firm", "op": "contains", "values": ["llp"]}], ""),
    "had an outcome of interest": (
        "all",
        [{"kind": "outcome", "when": "ever", "outcomes": ["callback_requested", "future_potential", "meeting_booked"]}],
        INTERESTED,
    ),
    "last outcome": ("all", [LAST_NO_ANSWER], f"{NEWEST} WHERE disposition IN ('no_answer', 'voicemail')"),
    "at least 3 attempts": ("all", [TRIED], OFTEN),
    "not called within 14 days": (
        "all",
        [NOT_RECENT],
        f"{EVERYBODY} EXCEPT {RECENT}",
    ),
    "Exploring or stronger": ("all", [ACTIVE_MOVE], EXPLORING),
    "not in a running campaign": (
        "all",
        [NOT_RUNNING],
        f"{EVERYBODY} EXCEPT {RUNNING}",
    ),
    "do not call": ("all", [{"kind": "suppressed"}], SUPPRESSED),
    "showed interest": ("all", [{"kind": "interest"}], INTEREST),
    "follow-up": (
        "all",
        FOLLOW_UP,
        f"({INTEREST}) INTERSECT ({USABLE}) EXCEPT ({SUPPRESSED}) EXCEPT ({RUNNING}) EXCEPT ({RECENT})",
    ),
    "any of four": ("any", MANY, ""),
    "none of three": ("none", NONE, ""),
    "nested four deep": ("all", DEEP, ""),
}
"""By name the match and conditions of a rule, and the barest SQL for the ids of its people."""


def processor_time(pid: int) -> float:
    """Milliseconds that a process of this machine has computed; nothing where the server is elsewhere."""
    path = Path(f"/proc/{pid}/stat")
    if not path.exists():
        return 0
    fields = path.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def best_and_median(work: Callable[[], object], times: int) -> tuple[float, float]:
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begun) * 1000)
    return min(taken), median(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", help="its slug; by default that with the most people")
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--day", type=date.fromisoformat, help="as of the end of this day")
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from django.db import connection
    from django.db.models import Count

    from campaigns.audience import Rule
    from markets.models import Workspace

    workspaces = Workspace.objects.annotate(people=Count("contacts")).order_by("-people")
    workspace = workspaces.filter(slug=options.workspace).get() if options.workspace else workspaces[0]
    people, calls = workspace.contacts.count(), workspace.calls.count()
    cores = f"{os.cpu_count()} cores {platform.machine()}, load {os.getloadavg()[0]:.1f}"
    print(f"{connection.vendor}, {cores}; {workspace.slug}: {people:,} people, {calls:,} calls")
    cursor = connection.cursor()
    cursor.execute("SELECT pg_backend_pid()")
    (pid,) = cursor.fetchone()
    cursor.execute("SET max_parallel_workers_per_gather = 0")  # their processor time would not be seen

    for name, (match, conditions, bare) in RULES.items():
        rule = Rule.parse({"version": 1, "match": match, "conditions": conditions}, workspace)
        count = rule.count(workspace, options.day)
        before = processor_time(pid)
        best, middle = best_and_median(lambda rule=rule: rule.count(workspace, options.day), options.times)
        computed = (processor_time(pid) - before) / options.times
        line = f"{name}: {count:,} people; best {best:.0f} ms, median {middle:.0f} ms, processor {computed:.0f} ms"
        if bare and options.day is None:
            sql = f"SELECT count(DISTINCT id) FROM ({bare}) AS found (id)"
            quickest, _ = best_and_median(lambda sql=sql: cursor.execute(sql, {"w": workspace.pk}), options.times)
            line += f"; barest SQL {quickest:.0f} ms ({best / quickest:.1f} times)"
        print(line)


if __name__ == "__main__":
    main()
