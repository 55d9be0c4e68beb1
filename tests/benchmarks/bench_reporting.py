"""Questions of tools for reporting by the views, beside the same questions to the tables with the workspace given.

    python -m tests.benchmarks.bench_reporting WORKSPACE

Changes nothing: the transaction that lets the role of DATABASE_URL read the workspace is rolled back.
"""

import argparse
import statistics
import time

import django

from campaigns.dispositions import CONVERSATIONS
from signals.reporting.shape import one_of

RUNS = 9
COUNTED = "c.direction = 'outbound' AND c.disposition <> '' AND c.voided_at IS NULL"
SPOKEN = f"c.disposition IN {one_of(CONVERSATIONS)}"
QUESTIONS = {
    "Calls Made by day, of all time": (
        "SELECT started_on, count(*) FROM reporting.calls WHERE is_counted GROUP BY 1",
        f"""SELECT (c.started_at AT TIME ZONE w.timezone)::date, count(*)
        FROM calls_call c JOIN markets_workspace w ON w.id = c.workspace_id
        WHERE c.workspace_id = %(workspace)s AND {COUNTED} GROUP BY 1""",  # noqa: S608
    ),
    "Connection Rate by campaign and month": (
        """SELECT campaign, date_trunc('month', started_on), avg(is_conversation::int)
        FROM reporting.calls JOIN reporting.campaigns USING (campaign_id) WHERE is_counted GROUP BY 1, 2""",
        f"""SELECT p.name, date_trunc('month', (c.started_at AT TIME ZONE w.timezone)::date), avg(({SPOKEN})::int)
        FROM calls_call c JOIN campaigns_campaign p ON p.workspace_id = c.workspace_id AND p.id = c.campaign_id
        JOIN markets_workspace w ON w.id = c.workspace_id
        WHERE c.workspace_id = %(workspace)s AND {COUNTED} GROUP BY 1, 2""",  # noqa: S608
    ),
    "Calls with people, of 30 days": (
        """SELECT started_at, disposition, full_name, firm
        FROM reporting.calls JOIN reporting.contacts USING (contact_id)
        WHERE is_counted AND started_at >= %(since)s""",
        f"""SELECT c.started_at, c.disposition, x.full_name, x.firm
        FROM calls_call c JOIN markets_contact x ON x.workspace_id = c.workspace_id AND x.id = c.contact_id
        WHERE c.workspace_id = %(workspace)s AND {COUNTED} AND c.started_at >= %(since)s""",  # noqa: S608
    ),
    "Signals by market": (
        """SELECT market, type, value, count(*) FROM reporting.signals JOIN reporting.markets USING (market_id)
        WHERE is_current GROUP BY 1, 2, 3""",
        """SELECT m.name, g.type, g.value, count(*) FROM signals_signal g
        JOIN calls_call c ON c.workspace_id = g.workspace_id AND c.id = g.call_id
        JOIN campaigns_campaign p ON p.workspace_id = c.workspace_id AND p.id = c.campaign_id
        JOIN markets_market m ON m.workspace_id = p.workspace_id AND m.id = p.market_id
        WHERE g.workspace_id = %(workspace)s AND g.current_campaign_id IS NOT NULL GROUP BY 1, 2, 3""",
    ),
    "How many calls there are": (
        "SELECT count(*) FROM reporting.calls",
        "SELECT count(*) FROM calls_call c WHERE c.workspace_id = %(workspace)s",
    ),
}


def main() -> None:
    django.setup()

    from django.db import connection, transaction

    from markets.models import Workspace

    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("workspace", metavar="WORKSPACE")
    options.add_argument("--explain", action="store_true", help="print the plans instead")
    given = options.parse_args()
    workspace = Workspace.objects.get(slug=given.workspace)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        cursor.execute("INSERT INTO reporting.grants (role, workspace_id) VALUES (CURRENT_USER, %s)", [workspace.pk])
        cursor.execute(
            "SELECT max(started_at) - interval '30 days' FROM calls_call WHERE workspace_id = %s", [workspace.pk]
        )
        known = {"workspace": workspace.pk, "since": cursor.fetchone()[0]}
        for question, ways in QUESTIONS.items():
            if given.explain:
                for sql in ways:
                    cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {sql}", known)
                    print(question, *(line for (line,) in cursor.fetchall()), sep="\n", end="\n\n")
                continue
            answers = [sorted(map(str, rows(cursor, sql, known))) for sql in ways]
            assert answers[0] == answers[1], f"{question}: the views and the tables differ"
            runs = [[seconds(cursor, sql, known) for sql in ways] for _ in range(RUNS)]
            views, tables = (statistics.median(times) for times in zip(*runs, strict=True))
            print(f"{question:42} {views * 1000:8.1f} ms {tables * 1000:8.1f} ms {views / tables:6.1f} times")
        transaction.set_rollback(True)


def rows(cursor, sql, known):
    cursor.execute(sql, known)
    return cursor.fetchall()


def seconds(cursor, sql, known):
    began = time.perf_counter()
    rows(cursor, sql, known)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
