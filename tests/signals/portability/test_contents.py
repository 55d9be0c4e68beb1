"""Every table and column is in the file, or in a list with the reason."""

import pytest
from django.db import models

from campaigns.filters import MemberFilter
from markets.filters import ContactFilter, LandscapeFilter
from markets.models import User, Workspace
from signals.portability import references
from signals.portability.contents import (
    COLUMNS_LEFT_OUT,
    NO_SECRETS,
    SECRET_WORDS,
    TABLES_LEFT_OUT,
    columns_of,
    exported_models,
    path_of,
    tenant_models,
)

ALL = [*exported_models(), User]
PATHS = [column.path for model in ALL for column in columns_of(model)]


def test_every_table_of_a_workspace_is_in_the_file_or_left_out_for_a_reason():
    labels = {model._meta.label for model in tenant_models()}

    assert {model._meta.label for model in exported_models()} == labels - set(TABLES_LEFT_OUT) | {"markets.Workspace"}
    assert all(len(reason) > 20 for reason in TABLES_LEFT_OUT.values())


def test_every_column_is_in_the_file_or_left_out_for_a_reason():
    fields = [field for model in ALL for field in model._meta.concrete_fields if field.name != "workspace"]

    assert sorted(PATHS) == sorted({path_of(field) for field in fields} - COLUMNS_LEFT_OUT.keys())
    assert all(reason for reason, _ in COLUMNS_LEFT_OUT.values())


def test_a_table_comes_after_those_that_it_refers_to():
    order = exported_models()
    for model in order:
        for target in {column.target for column in columns_of(model)} & set(order) - {model}:
            assert order.index(target) < order.index(model), (model, target)


def test_keys_to_tables_that_are_left_out_may_be_empty():
    columns = [column for model in ALL for column in columns_of(model) if column.target not in (None, *ALL)]

    assert [column.path for column in columns if not column.field.null] == []


def test_no_secret_is_in_the_file():
    suspicious = {path for path in PATHS if any(word in path.rpartition(".")[2] for word in SECRET_WORDS)}

    assert suspicious == set(NO_SECRETS)


def test_a_new_column_with_a_secret_would_be_seen():
    left_out = [path for path in COLUMNS_LEFT_OUT if any(word in path.lower() for word in SECRET_WORDS)]

    assert left_out == ["markets.Membership.calendar_hash", "markets.User.password"]


def test_every_column_of_json_says_whether_it_has_ids():
    of_json = {path for path in PATHS if isinstance(_field(path), models.JSONField)}

    assert of_json == {*references.IDS_IN_JSON, *references.JSON_WITHOUT_IDS}
    assert not references.IDS_IN_JSON.keys() & references.JSON_WITHOUT_IDS.keys()


def test_every_column_of_ids_without_a_key_is_renumbered():
    big = {path for path in PATHS if type(_field(path)) is models.BigIntegerField}

    assert big - {"markets.Workspace.erased_key_salt"} == {*references.IDS_IN_NUMBERS, references.SUBJECT}


@pytest.mark.parametrize("filterset", [ContactFilter, LandscapeFilter, MemberFilter])
def test_every_filter_by_a_row_is_known_to_saved_views(filterset):
    chosen = {
        name: each.extra["queryset"].model._meta.label
        for name, each in filterset.base_filters.items()
        if each.extra.get("queryset") is not None
    }

    assert len(chosen) > 1
    assert chosen == {name: references.FILTERS.get(name) for name in chosen}


def test_every_model_has_a_kind_for_each_column():
    kinds = {column.kind for model in ALL for column in columns_of(model)}

    assert kinds == {"integer", "boolean", "moment", "day", "json", "text"}
    assert Workspace in ALL


def _field(path):
    label, name = path.rsplit(".", 1)
    return next(model for model in ALL if model._meta.label == label)._meta.get_field(name)
