"""docs/data-model.md is what the command makes of the models."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from config.db.diagram import er_diagram
from markets.management.commands import data_model
from markets.models import Market, MarketContact, Workspace


def test_the_page_of_the_data_model_is_current():
    call_command("data_model", "--check", stdout=StringIO())


def test_an_outdated_page_fails_the_check(monkeypatch, tmp_path):
    page = tmp_path / "data-model.md"
    monkeypatch.setattr(data_model, "PAGE", page)
    with pytest.raises(CommandError, match="out of date"):
        call_command("data_model", "--check")

    call_command("data_model", "--write", stdout=StringIO())

    call_command("data_model", "--check", stdout=StringIO())
    assert page.read_text().startswith("# Data model")


def test_a_diagram_lists_columns_and_draws_foreign_keys():
    diagram = er_diagram([Market, MarketContact], without_lines_to=[Workspace])

    assert "    Market {\n        BigAuto id PK\n        id workspace_id FK\n" in diagram
    assert "    Market ||--o{ MarketContact : market" in diagram
    assert "Workspace ||" not in diagram
