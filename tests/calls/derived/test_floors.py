"""SQL text of a lower app names no table of a higher one; what follows from calls there goes through the registry."""

import re
from pathlib import Path

import pytest
from django.apps import apps

from calls.derived.registry import registered

ROOT = Path(__file__).resolve().parents[3]
FLOORS = ["config", "markets", "campaigns", "calls", "signals"]


def tables(app):
    return {model._meta.db_table for model in apps.get_app_config(app).get_models(include_auto_created=True)}


def tables_above(app):
    return {table for higher in FLOORS[FLOORS.index(app) + 1 :] for table in tables(higher)}


def named_tables(source, above):
    return sorted(set(re.findall(r"\b(?:FROM|JOIN|UPDATE|INTO|TABLE)\s+\"?([a-z0-9_]+)", source)) & above)


@pytest.mark.parametrize("app", FLOORS[:-1])
def test_no_sql_names_a_table_of_an_app_above(app):
    above = tables_above(app)
    files = [path for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]

    assert {str(path): named for path in files if (named := named_tables(path.read_text(), above))} == {}


def test_a_named_table_is_noticed():
    assert named_tables('cursor.execute("UPDATE signals_signal SET value = 1")', tables_above("calls")) == [
        "signals_signal"
    ]


def test_signals_are_registered():
    assert [derived.refresh.__module__ for derived in registered()] == ["signals.capture.current"]
