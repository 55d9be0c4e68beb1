"""Exports tables as plain CSV and reads the rows back as text."""

import csv
import io
import json
from datetime import UTC, datetime

from django.db import connection

TABLES = (
    "markets_contact",
    "markets_market",
    "markets_marketcontact",
    "markets_suppression",
    "markets_offlimits",
    "markets_contacttag",
    "markets_tag",
    "markets_importjob",
    "markets_importedcontact",
    "campaigns_campaign",
    "campaigns_campaigncontact",
    "campaigns_absence",
    "campaigns_statuschange",
    "calls_call",
    "calls_correction",
    "calls_meeting",
    "calls_meetingchange",
    "signals_signal",
)


def dump(table, workspace):
    """The workspace's rows of a table as CSV."""
    out = io.StringIO()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} WHERE workspace_id = %s", [workspace.pk])  # noqa: S608
        writer = csv.writer(out)
        writer.writerow([column[0] for column in cursor.description])
        writer.writerows(["" if value is None else value for value in row] for row in cursor.fetchall())
    return out.getvalue()


def read(text):
    return list(csv.DictReader(io.StringIO(text)))


def tables_of(workspace):
    return {name.partition("_")[2]: read(dump(name, workspace)) for name in TABLES}


def moment(text):
    """The moment in a cell, or None. SQLite writes them in UTC without a zone."""
    if not text:
        return None
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def json_of(text):
    return json.loads(text.replace("'", '"')) if text.startswith("{'") else json.loads(text)
