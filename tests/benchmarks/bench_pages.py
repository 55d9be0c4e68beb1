"""What pages cost on the server, beside the simplest SQL that could fetch the same numbers.

    DATABASE_URL=postgres://.../reference PORTAL_PASSWORD=... uv run manage.py migrate
    DATABASE_URL=postgres://.../reference PORTAL_PASSWORD=... uv run manage.py seed --scale reference
    DATABASE_URL=postgres://.../reference uv run python -m tests.benchmarks.bench_pages [market ...]

Visits the pages of a caller's day in one workspace, by default the one with the largest market that is being called;
with --every all pages that answer a GET. A call is recorded before each visit, so that no page repeats what a cache
holds; those calls stay in the database. On a database of `--scale ten` it shows the cost of ten times the calls.
Statements are counted over the whole request. --json prints the figures for a comparison of two checkouts.
"""

import argparse
import json
import os
import platform
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import repeat
from statistics import quantiles
from typing import Any

import django

CHARTS = ("bar_chart", "heat_map", "stacked_bar", "sparkline")

BARE = {
    "campaigns": """
        SELECT campaign_id, sum(call_count), sum(conversation_count), sum(meeting_count), sum(signal_count)
        FROM calls_campaignday WHERE workspace_id = %(workspace)s GROUP BY campaign_id;
        SELECT campaign_id, count(*), count(*) FILTER (WHERE attempt_count > 0) FROM campaigns_campaigncontact
        WHERE workspace_id = %(workspace)s AND removed_at IS NULL GROUP BY campaign_id;
        SELECT count(DISTINCT contact_id) FROM campaigns_campaigncontact
        WHERE workspace_id = %(workspace)s AND removed_at IS NULL""",
    "campaign": """
        SELECT sum(call_count), sum(conversation_count), sum(meeting_count), sum(signal_count) FROM calls_campaignday
        WHERE campaign_id = %(campaign)s;
        SELECT count(*), count(*) FILTER (WHERE attempt_count > 0) FROM campaigns_campaigncontact
        WHERE campaign_id = %(campaign)s AND removed_at IS NULL;
        SELECT * FROM calls_call WHERE campaign_id = %(campaign)s ORDER BY started_at DESC, id DESC LIMIT 8""",
    "dashboard": """
        SELECT sum(call_count), sum(conversation_count), sum(meeting_count), sum(signal_count) FROM calls_campaignday
        WHERE workspace_id = %(workspace)s;
        SELECT count(DISTINCT contact_id) FROM campaigns_campaigncontact
        WHERE workspace_id = %(workspace)s AND removed_at IS NULL;
        SELECT * FROM signals_signal WHERE workspace_id = %(workspace)s ORDER BY heard_at DESC, id DESC LIMIT 8""",
    "contacts": """
        SELECT count(*) FROM markets_contact WHERE workspace_id = %(workspace)s;
        SELECT * FROM markets_contact WHERE workspace_id = %(workspace)s ORDER BY full_name, id LIMIT 25""",
    "call screen": """
        SELECT id FROM campaigns_campaigncontact WHERE campaign_id = %(campaign)s AND removed_at IS NULL
        AND NOT is_closed ORDER BY attempt_count > 0, last_call_at LIMIT 1""",
    "market": """
        SELECT campaign_id, sum(call_count), sum(conversation_count), sum(meeting_count), sum(signal_count)
        FROM calls_campaignday WHERE campaign_id IN (SELECT id FROM campaigns_campaign WHERE market_id = %(market)s)
        GROUP BY campaign_id;
        SELECT DISTINCT ON (contact_id, type) contact_id, type, value FROM signals_signal s
        WHERE contact_id IN (SELECT contact_id FROM markets_marketcontact WHERE market_id = %(market)s)
        ORDER BY contact_id, type, heard_at DESC""",
}


class Clock:
    """Where the time of requests goes: `spent` has the seconds by kind, what is within another not twice."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self.statements = 0
        self.running: list[str] = []
        self.since = 0.0

    def during(self, kind: str, work: Callable[..., Any], *given: Any, **named: Any) -> Any:
        self._stop()
        self.running.append(kind)
        try:
            return work(*given, **named)
        finally:
            self._stop()
            self.running.pop()

    def _stop(self) -> None:
        """Ends the stretch since anything last began or ended."""
        moment = time.perf_counter()
        if self.running:
            self.spent[self.running[-1]] += moment - self.since
        self.since = moment

    def of_sql(self, execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any) -> Any:
        self.statements += 1
        return self.during("SQL", execute, sql, parameters, many, context)

    def timed(self, kind: str, work: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *given, **named: self.during(kind, work, *given, **named)


def watch(clock: Clock) -> None:
    """Lets the clock hear of every template that a page is made of, of every chart that is built or
    drawn."""
    from django.template.backends.django import Template

    from config.ui import charts

    render = Template.render

    def rendered(template: Any, *given: Any, **named: Any) -> Any:
        kind = "charts" if "components/charts/" in str(template.template.name) else "templates"
        return clock.during(kind, render, template, *given, **named)

    Template.render = rendered  # type: ignore[method-assign]
    for name in CHARTS:
        made = getattr(charts, name)
        for module in list(sys.modules.values()):
            if getattr(module, name, None) is made:
                setattr(module, name, clock.timed("charts", made))


def calls_in(campaign: Any) -> Iterator[None]:
    """Calls somebody of an Active campaign each time."""
    from django.utils.timezone import now

    from calls.log.services import record
    from calls.log.validation import NewCall

    for member in campaign.members.current().select_related("contact").order_by("pk").iterator():
        record(campaign=campaign, new=NewCall(contact=member.contact, started_at=now(), disposition="no_answer"))
        yield


def workspace_paths(patterns: Any, ids: dict[str, int], prefix: str, namespace: str = "") -> Iterator[tuple[str, str]]:
    """The name and path of each URL under a prefix; `ids` has the row to visit by namespace, and a contact's."""
    for each in patterns:
        route = prefix + str(each.pattern)
        if hasattr(each, "url_patterns"):
            yield from workspace_paths(each.url_patterns, ids, route, each.namespace or namespace)
            continue
        path = route.replace("<int:pk>", str(ids.get(namespace))).replace("<int:contact>", str(ids["contacts"]))
        if "<" not in path:
            yield f"{namespace}:{each.name}".lstrip(":"), path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", help="its slug; by default that of the largest market")
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--every", action="store_true", help="all pages of the workspace that answer a GET")
    parser.add_argument("--json", action="store_true", help="p50, p95 and statements of each page as JSON")
    parser.add_argument("pages", nargs="*", help=f"of {', '.join(BARE)}; by default all")
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from django.db import connection
    from django.db.models import Count, Exists, OuterRef, Sum
    from django.test import Client
    from django.urls import reverse

    from campaigns.models import Campaign
    from markets.models import Market

    # Those in which somebody is to be called next come first: a market whose campaigns are all over finds out less.
    is_called = Exists(Campaign.objects.active().filter(market=OuterRef("pk")))
    markets = Market.objects.annotate(calls=Sum("campaigns__days__call_count")).order_by(is_called.desc(), "-calls")
    if options.workspace:
        markets = markets.filter(workspace__slug=options.workspace)
    market = markets.exclude(calls=None).select_related("workspace")[0]
    workspace = market.workspace
    manager = workspace.memberships.filter(role="manager").select_related("user")[0].user
    by_size = workspace.campaigns.annotate(size=Count("members")).order_by("-size")
    campaign = by_size.filter(status="active").first() or by_size[0]
    client = Client(headers={"host": "localhost", "x-forwarded-proto": "https"})
    client.force_login(manager)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    about = [
        f"{model._meta.db_table}: {model.objects.filter(workspace=workspace).count():,}"
        for model in (workspace.contacts.model, Campaign, workspace.calls.model, workspace.signals.model)
    ]
    log = sys.stderr if options.json else sys.stdout
    print(
        f"{connection.vendor}, {os.cpu_count()} cores {platform.machine()}; {workspace.slug}: {', '.join(about)}",
        file=log,
    )
    print(f"the market is {market} ({market.pk}) with {market.calls:,} calls", file=log)

    def page(name: str, *ids: int) -> str:
        return reverse(name, args=[workspace.slug, *ids])

    pages = {
        "campaigns": page("campaigns:list"),
        "campaign": page("campaigns:detail", campaign.pk),
        "dashboard": page("dashboard"),
        "contacts": page("contacts:list"),
        "call screen": page("campaigns:next", campaign.pk),
        "market": page("markets:detail", market.pk),
        "market, this quarter": page("markets:detail", market.pk) + "?period=quarter",
    }
    if options.every:
        from config.urls import workspace_urls

        newest = {"calls": workspace.calls, "meetings": workspace.meetings, "signals": workspace.signals}
        newest |= {"imports": workspace.imports, "contacts": campaign.members}
        rows = {name: queryset.order_by("-pk").first() for name, queryset in newest.items()}
        ids = {name: row.contact_id if name == "contacts" else row.pk for name, row in rows.items() if row}
        ids |= {"markets": market.pk, "campaigns": campaign.pk}
        paths = workspace_paths(workspace_urls, ids, f"/w/{workspace.slug}/")
        pages |= {name: path for name, path in paths if client.get(path, follow=True).status_code == 200}
    keys = {"workspace": workspace.pk, "campaign": campaign.pk, "market": market.pk}
    clock = Clock()
    import config.wsgi  # noqa: F401 - reads all code, as a server does

    watch(clock)
    figures: dict[str, dict[str, float]] = {}
    called = calls_in(campaign) if campaign.status == "active" else repeat(None)
    for name, path in pages.items():
        if options.pages and name.partition(",")[0] not in options.pages:
            continue
        taken = []
        for number in range(options.times + 3):
            if number == 3:  # the first ones load templates and plans
                clock.__init__()  # type: ignore[misc]
            next(called)
            begun = time.perf_counter()
            with connection.execute_wrapper(clock.of_sql):
                answer = clock.during("the rest", client.get, path, follow=True)
                assert answer.status_code == 200, (path, answer.status_code)
                body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert body
            if number >= 3:
                taken.append((time.perf_counter() - begun) * 1000)
        shares, whole = quantiles(taken, n=100), sum(clock.spent.values())
        statements = clock.statements // options.times
        figures[name] = {"p50": round(shares[49], 1), "p95": round(shares[94], 1), "statements": statements}
        spent = ", ".join(f"{kind} {100 * seconds / whole:.1f} %" for kind, seconds in clock.spent.most_common())
        line = f"{name}: p50 {shares[49]:.0f} ms, p95 {shares[94]:.0f} ms, {statements} statements; {spent}"
        if name.partition(",")[0] not in BARE:
            print(line, file=log)
            continue
        bare = []
        for _ in range(10):
            begun = time.perf_counter()
            with connection.cursor() as cursor:
                for statement in BARE[name.partition(",")[0]].split(";"):
                    cursor.execute(statement, keys)
                    cursor.fetchall()
            bare.append((time.perf_counter() - begun) * 1000)
        print(f"{line}; simplest SQL {min(bare):.0f} ms ({shares[49] / min(bare):.1f} times)", file=log)
    if options.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
