"""What the pages of a caller's day cost on the server, beside the barest SQL that could find the same numbers.

    DATABASE_URL=postgres://.../reference PORTAL_PASSWORD=... uv run manage.py migrate
    DATABASE_URL=postgres://.../reference PORTAL_PASSWORD=... uv run manage.py seed --scale reference
    DATABASE_URL=postgres://.../reference uv run python -m tests.benchmarks.bench_pages [--workspace crowd-01]

The same on a database of `--scale ten` says what ten times the calls cost. Statements are those of the whole request.
"""

import argparse
import os
import platform
import time
from statistics import quantiles

import django

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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", default="crowd-01")
    parser.add_argument("--times", type=int, default=40)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from django.db import connection
    from django.db.models import Count
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from campaigns.models import Campaign
    from markets.models import Workspace

    workspace = Workspace.objects.get(slug=options.workspace)
    manager = workspace.memberships.get(role="manager").user
    by_size = workspace.campaigns.annotate(size=Count("members")).order_by("-size")
    campaign = by_size.filter(status="active").first() or by_size.get()
    client = Client(headers={"host": "localhost", "x-forwarded-proto": "https"})
    client.force_login(manager)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    about = [
        f"{model._meta.db_table}: {model.objects.filter(workspace=workspace).count():,}"
        for model in (workspace.contacts.model, Campaign, workspace.calls.model, workspace.signals.model)
    ]
    print(f"{connection.vendor}, {os.cpu_count()} cores {platform.machine()}; {workspace.slug}: {', '.join(about)}")

    def page(name: str, *ids: int) -> str:
        return reverse(name, args=[workspace.slug, *ids])

    pages = {
        "campaigns": page("campaigns:list"),
        "campaign": page("campaigns:detail", campaign.pk),
        "dashboard": page("dashboard"),
        "contacts": page("contacts:list"),
        "call screen": page("campaigns:next", campaign.pk),
        "market": page("markets:detail", campaign.market_id),
    }
    keys = {"workspace": workspace.pk, "campaign": campaign.pk, "market": campaign.market_id}
    for name, path in pages.items():
        taken = []
        for number in range(options.times + 3):
            with CaptureQueriesContext(connection) as queries:
                begun = time.perf_counter()
                answer = client.get(path, follow=True)
                assert answer.status_code == 200, (path, answer.status_code)
                body = b"".join(answer.streaming_content) if answer.streaming else answer.content
                assert body
                if number >= 3:  # the first ones load templates and plans
                    taken.append((time.perf_counter() - begun) * 1000)
        in_sql = 1000 * sum(float(each["time"]) for each in queries)
        bare = []
        for _ in range(10):
            begun = time.perf_counter()
            with connection.cursor() as cursor:
                for statement in BARE[name].split(";"):
                    cursor.execute(statement, keys)
                    cursor.fetchall()
            bare.append((time.perf_counter() - begun) * 1000)
        shares = quantiles(taken, n=100)
        print(
            f"{name}: p50 {shares[49]:.0f} ms, p95 {shares[94]:.0f} ms, {len(queries)} statements "
            f"({in_sql:.0f} ms in them); barest SQL {min(bare):.0f} ms ({shares[49] / min(bare):.1f} times)"
        )


if __name__ == "__main__":
    main()
