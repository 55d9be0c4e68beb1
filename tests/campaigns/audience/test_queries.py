"""What rules ask the database: one statement for the people, and nothing of other workspaces."""

import re
from datetime import date

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.audience import Rule
from campaigns.audience.registry import registered
from campaigns.models import CampaignContact
from markets.models import Contact
from tests import factories
from tests.campaigns.audience.test_rule import rule

CONDITIONS = [
    {"kind": "market", "markets": "market"},
    {"kind": "firm", "op": "is", "values": ["Baker"]},
    {"kind": "seniority", "op": "contains", "values": ["Part"]},
    {"kind": "city", "op": "blank"},
    {"kind": "custom", "field": "rank", "op": "at_least", "value": 2},
    {"kind": "tag", "tags": "tag"},
    {"kind": "import", "imports": "import"},
    {"kind": "outcome", "when": "ever", "outcomes": ["no_answer"]},
    {"kind": "outcome", "when": "last", "outcomes": ["no_answer"], "campaigns": "campaign"},
    {"kind": "attempts", "op": "at_least", "count": 1},
    {"kind": "conversations", "op": "at_most", "count": 1, "campaigns": "campaign"},
    {"kind": "last_call", "op": "before", "day": "2026-01-31"},
    {"kind": "last_call", "op": "not_within_days", "days": 14, "campaigns": "campaign"},
    {"kind": "meeting", "statuses": ["held"], "campaigns": "campaign"},
    {"kind": "signal", "type": "movement_state", "op": "at_least", "value": "Exploring", "freshness": ["fresh"]},
    {"kind": "member", "of": "running"},
    {"kind": "member", "of": "campaigns", "campaigns": "campaign"},
    {"kind": "number"},
    {"kind": "suppressed"},
    {"kind": "off_limits"},
    {"kind": "interest", "campaigns": "campaign"},
    {"kind": "search", "text": "ann"},
]
TENANT_TABLES = {
    model._meta.db_table
    for model in apps.get_models()
    if any(field.name == "workspace" for field in model._meta.fields)
}


@pytest.fixture
def conditions(workspace, market, campaign):
    workspace.custom_fields.create(key="rank", name="Rank", kind="number")
    ids = {
        "market": market.pk,
        "campaign": campaign.pk,
        "tag": workspace.tags.create(name="VIP").pk,
        "import": factories.ended_import(workspace).pk,
    }
    return [
        {
            name: value if name == "kind" else [ids[value]] if str(value) in ids else value
            for name, value in each.items()
        }
        for each in CONDITIONS
    ]


def test_every_kind_is_here():
    assert {condition["kind"] for condition in CONDITIONS} == set(registered())


def tables_without_workspace(sql):
    """Tables of a statement whose rows no condition narrows to a workspace."""
    named = re.findall(r'(?:FROM|JOIN) "(\w+)"(?: ("?\w+"?))?', sql)
    aliases = {
        (table, table if alias in ("", "ON", "WHERE", "INNER", "LEFT", "LIMIT", "ORDER") else alias.strip('"'))
        for table, alias in named
    }
    narrowed = set(re.findall(r'"?(\w+)"?\."workspace_id" = ', sql))
    narrowed |= set(re.findall(r'= \(?"?(\w+)"?\."workspace_id"', sql))
    return {table for table, alias in aliases if table in TENANT_TABLES and alias not in narrowed}


@pytest.mark.parametrize("day", [None, date(2026, 1, 31)], ids=["now", "as of a day"])
def test_each_table_names_the_workspace(workspace, conditions, day):
    """But for the newer signals of a contact of the workspace, which SignalQuerySet.current looks for."""
    for condition in conditions:
        people = Rule.parse(rule(condition), workspace).people(workspace, day)
        with CaptureQueriesContext(connection) as queries:
            people.count()
        reads_history = day and condition["kind"] in ("signal", "interest")
        allowed = {"signals_signal", "calls_call"} if reads_history else set()
        assert tables_without_workspace(queries[0]["sql"]) <= allowed, condition


def test_a_table_without_the_workspace_is_seen(workspace):
    with CaptureQueriesContext(connection) as queries:
        CampaignContact.objects.filter(contact__in=Contact.objects.filter(firm="Baker"), workspace=workspace).count()

    assert tables_without_workspace(queries[0]["sql"]) == {"markets_contact"}


def test_the_people_are_one_statement(workspace, conditions, django_assert_num_queries):
    read = Rule.parse(rule(*conditions, {"match": "none", "conditions": conditions[:5]}, match="any"), workspace)

    with django_assert_num_queries(1):
        read.people(workspace).count()


def test_reasons_take_as_many_statements_for_many_people_as_for_one(workspace, campaign, conditions):
    read = Rule.parse(rule(*conditions, match="any"), workspace)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            read.reasons(workspace, list(workspace.contacts.values_list("pk", flat=True)))
        counts.append(len(queries))
        factories.active_campaign(20, market=campaign.market)

    assert counts[0] == counts[1]


def test_people_of_other_workspaces_have_no_reasons(workspace, campaign):
    foreign = factories.ContactFactory()

    assert Rule.parse(rule(), workspace).reasons(workspace, [foreign.pk, 10**9]) == {}
