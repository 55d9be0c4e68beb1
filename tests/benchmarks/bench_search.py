"""How long a search among 500,000 people of one workspace takes, beside the barest SQL that answers it.

    DATABASE_URL=postgres://... uv run python -m tests.benchmarks.bench_search [--people 500000] [--rounds 5]

Creates a database of its own on that server and drops it. A round takes each query once, in turn; what is typed letter
by letter is a query for each letter. The first figure is of the best rows, as the palette shows them, the second of the
exact number of all that match, as a list shows it. The time on the CPU, of the portal and of PostgreSQL if it runs on
this machine, tells something while others use the machine, too.
"""

import argparse
import os
import platform
from collections.abc import Callable
from itertools import chain
from statistics import median, quantiles
from typing import TYPE_CHECKING

import django
import environ

from tests.benchmarks.cpu import Times, backend_pid, timed

if TYPE_CHECKING:
    from markets.models import Workspace

FIRST = "Camille Gabriel Nathan Jonah Victor Ünal Siobhán Łukasz Ingleby Amara Fiona Isaac Keiko Diego Hana Elias Uma"
LAST = "Hadfield Anand Calloway Iyer O’Brien Yıldız Żółć Malik Thackeray Ormond Stavros Coverdale Ellery Redfern"
FIRMS = "Ottermoor Lanthorn Quillon Meridian Harrowgate Cressfield Ashgrove Underhill Lindgren Vance Pell Marsh Drake"
CITIES = "{New York,London,Chicago,Frankfurt am Main,İstanbul,Toronto,Dublin,Kraków}"
SEED = """
    INSERT INTO markets_contact (
        workspace_id, external_id, full_name, first_name, last_name, name_key, firm, title, email, phone, phone_e164,
        city, created_at, updated_at)
    SELECT %(workspace)s, 'P' || lpad(n::text, 7, '0'), first || ' ' || last || rare, first, last || rare,
        lower(first || ' ' || last || rare), firms[1 + n %% 13] || ' & ' || firms[1 + n / 13 %% 13] || ' LLP',
        (ARRAY['Partner','Counsel','Associate',''])[1 + n %% 4],
        'p' || n || '@people' || n %% 5000 || '.example', '(212) ' || lpad((n %% 10000000)::text, 7, '0'),
        '+1212' || lpad((n %% 10000000)::text, 7, '0'), (%(cities)s::text[])[1 + n %% 8], now(), now()
    FROM (SELECT n, firms, firsts[1 + n * 7919 %% 17] AS first, lasts[1 + n * 104729 / 17 %% 14] AS last,
            CASE WHEN n %% 3 = 0 THEN '-' || chr((97 + n / 3 %% 26)::int) || 'or'
                || chr((97 + n / 78 %% 26)::int) || 'in'
                ELSE '' END AS rare
        FROM generate_series(1::bigint, %(people)s) n,
            (SELECT string_to_array(%(first)s, ' ') AS firsts, string_to_array(%(last)s, ' ') AS lasts,
                string_to_array(%(firms)s, ' ') AS firms) words) people"""
TYPED = ("ingleby malik", "siobhan obrien")
QUERIES = (
    *(
        "Camille Hadfield",
        "hadfield camille",
        "unal yildiz",
        "obrien siobhan dublin",
        "lukasz zolc",
        "quillon",
        "stavros",
    ),
    *(
        "thackeray meridian",
        "ellery harrowgate pell",
        "malik-borkin",
        "zorxin",
        "redfern uma chicago",
        "iyer",
        "ormond",
    ),
    *("malk ingelby", "thackery", "cressfeild hana", "xalloway", "frankfrut redfern", "qvinlon drake"),
    *("0123456", "212 004 99", "+1 (212) 0301", "4711", "p123456@", "people4321.example", "P0031415", "@people77"),
    *("london", "new york partner", "counsel kraków", "vance drake toronto", "nobody zzqx", "%", "o'brien & co", "li"),
)


def typed(text: str) -> list[str]:
    return [text[:end] for end in range(1, len(text) + 1) if text[end - 1] != " "]


def seed(people: int) -> "Workspace":
    from django.core.management import call_command
    from django.db import connection

    from markets.models import Workspace

    call_command("migrate", verbosity=0)
    workspace = Workspace.objects.create(name="Bench", slug="bench")
    names = {"first": FIRST, "last": LAST, "firms": FIRMS, "cities": CITIES}
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX contact_search")
        cursor.execute(SEED, {"workspace": workspace.pk, "people": people, **names})
        cursor.execute("CREATE INDEX contact_search ON markets_contact USING gin (search_text gin_trgm_ops)")
        cursor.execute("VACUUM ANALYZE markets_contact")
    return workspace


def bare(workspace: int, text: str) -> Callable[[], object]:
    """The newest eight people with each word somewhere, without an ORM, an order of quality, typos or numbers."""
    from django.db import connection

    from markets.search.folding import fold

    words = [f"%{word}%" for word in fold(text).split()]
    conditions = " AND ".join(["search_text LIKE %s"] * len(words))
    sql = f"SELECT id FROM markets_contact WHERE workspace_id = %s AND {conditions} ORDER BY id DESC LIMIT 8"  # noqa: S608

    def run() -> object:
        with connection.cursor() as cursor:
            cursor.execute(sql, [workspace, *words])
            return cursor.fetchall()

    return run


def measure(workspace: "Workspace", rounds: int) -> None:
    from markets.search import matching, ranked

    queries = [*QUERIES, *(part for text in TYPED for part in typed(text))]
    people, backend = workspace.contacts.all(), backend_pid()
    found, counted, barest = [{query: list[Times]() for query in queries} for _ in range(3)]
    for _ in range(rounds):
        for query in queries:
            found[query].append(timed(lambda: list(ranked(people, query, workspace)[:8]), backend))  # noqa: B023
            counted[query].append(timed(lambda: matching(people, query, workspace).count(), backend))  # noqa: B023
            barest[query].append(timed(bare(workspace.pk, query), backend))
    for query in queries:
        count, times = matching(people, query, workspace).count(), (found[query], counted[query], barest[query])
        clock, clock_count, clock_bare = (median(clock for clock, _ in each) for each in times)
        print(f"{query:24} {count:8,} {clock:7.1f} ms {clock_count:7.1f} ms {clock_bare:7.1f} ms bare")
    for what, by_query in (("best", found), ("count", counted), ("bare", barest)):
        for kind, each in zip(("", " on the CPU"), zip(*chain(*by_query.values()), strict=True), strict=True):
            print(f"{what}: p50 {median(each):.1f} ms, p95 {quantiles(each, n=20)[-1]:.1f} ms{kind}")
    whole, least = (sum(median(clock for clock, _ in each) for each in by.values()) for by in (found, barest))
    print(f"best rows of all {len(queries)} queries: {whole / least:.1f} times the barest SQL")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--people", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    import psycopg

    url, name = environ.Env().str("DATABASE_URL"), f"portal_bench_{os.getpid()}"
    server = psycopg.connect(url, autocommit=True)
    server.execute(f"CREATE DATABASE {name}")
    os.environ["DATABASE_URL"] = url.rpartition("/")[0] + f"/{name}"
    os.environ.setdefault("LOCAL", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        django.setup()
        print(
            f"{arguments.people:,} people, {os.cpu_count()} cores {platform.machine()}, load {os.getloadavg()[0]:.1f}"
        )
        measure(seed(arguments.people), arguments.rounds)
    finally:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


if __name__ == "__main__":
    main()
