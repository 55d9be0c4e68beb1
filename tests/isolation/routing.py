"""Where the statements would run if each workspace were on one of several servers: docs/scale.md."""

import re
from dataclasses import dataclass, field
from functools import cache

from django.apps import apps

from markets.management.commands.citus import REFERENCE
from tests.isolation.walk import ALIASED

ONE_WORKSPACE = re.compile(r'workspace_id"?\)?\s*(=|IN)\s*\(?\s*%s')


@cache
def distributed_tables() -> frozenset[str]:
    return frozenset(
        model._meta.db_table
        for model in apps.get_models()
        if any(each.name == "workspace" and not each.null for each in model._meta.fields)
        and model._meta.db_table not in REFERENCE
    )


def tables_without_workspace(sql: str) -> list[str]:
    """The distributed tables of a statement whose workspace it compares with nothing, each as often as it is named."""
    conditions = re.sub(r"\bSET\b.*?\bWHERE\b", "WHERE", sql, flags=re.S) if sql.startswith("UPDATE") else sql
    found = []
    for table, alias in ALIASED.findall(sql):
        if table not in distributed_tables() or re.search(rf'INTO "?{table}"? \([^)]*workspace_id', sql):
            continue
        name = alias or table
        has_prefix = re.search(rf'\b"?{name}"?\."?\w', conditions)
        column = rf'\b"?{name}"?\."?workspace_id\b' if has_prefix else r'(?<![.\w])"?workspace_id\b'
        if not re.search(rf'{column}"?\)?\s*(?:=|IN\b)|=\s*\(?"?{column}', conditions):
            found.append(table)
    return found


def refusal(sql: str) -> str:
    """Why Citus would refuse it, as far as can be read from its text: "" if it would not."""
    if re.search(r"\bFOR (NO KEY UPDATE|UPDATE|SHARE|KEY SHARE)\b", sql) and tables_without_workspace(sql):
        return "locks rows of no single workspace"
    changes = re.match(r'UPDATE "?(\w+)"?(?: AS \w+)? SET (.*?)(?: WHERE |$)', sql, re.S)
    if changes and changes[1] in distributed_tables() and re.search(r'(?:^|, )"?workspace_id"? = ', changes[2]):
        return "might move a row to another workspace"
    return ""


@dataclass
class Routes:
    """An execute_wrapper that sorts the statements on distributed tables, each distinct one once."""

    one: set[str] = field(default_factory=set)
    """Every table is bound to a workspace."""
    all: set[str] = field(default_factory=set)
    """They name no workspace, and join tables only within each: every server answers, and the answers are put
    together."""
    mixed: set[str] = field(default_factory=set)
    """They name several tables, and not for each of them the workspace."""
    refused: set[tuple[str, str]] = field(default_factory=set)

    def __call__(self, execute, sql, params, many, context):
        tables = {alias or table for table, alias in ALIASED.findall(sql) if table in distributed_tables()}
        if tables and re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", sql):
            loose = tables_without_workspace(sql)
            known = self.one if ONE_WORKSPACE.search(sql) or sql.startswith("INSERT") else self.all
            (known if not loose else self.mixed if len(tables) > 1 else self.all).add(sql)
            if why := refusal(sql):
                self.refused.add((why, sql))
        return execute(sql, params, many, context)
