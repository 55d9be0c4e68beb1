"""Replaces a person in the free texts of a workspace, whoever these are about."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import CharField, Model, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from markets.contacts.erasure.identity import Identity
from markets.models import (
    ApiToken,
    Contact,
    ContactChange,
    ContactMerge,
    Erasure,
    ImportNote,
    ImportPreset,
    Webhook,
)

FreeTexts = Mapping[type[Model], tuple[str, ...]]

FREE_TEXTS: FreeTexts = {
    ApiToken: ("name",),
    Contact: ("custom",),
    ContactChange: ("before", "after", "reason"),
    ContactMerge: ("reason",),
    Erasure: ("reason",),
    ImportNote: ("file_value", "stored_value", "message"),
    ImportPreset: ("name", "options"),
    Webhook: ("description",),
}
"""The texts of this app that may name a person whom their row is not about."""


def erase_texts(identity: Identity, free_texts: FreeTexts) -> None:
    """Reads only the rows that may name the person, which the database finds."""
    workspace = identity.contact.workspace_id
    for model, fields in free_texts.items():
        rows = model._default_manager.filter(workspace=workspace)
        for row in rows_that_may_name(rows, fields, identity):
            erase_in_row(row, fields, identity)


def rows_that_may_name(rows: QuerySet[Any], fields: Iterable[str], identity: Identity) -> Iterable[Any]:
    """Texts beyond ASCII may write a name in other characters, so each of these is read."""
    patterns = "|".join([r"[^\x01-\x7F]", r"\\u[0-9a-f]{4}", *identity.needles()])
    texts: list[Any] = [Cast(field, TextField()) for field in fields]
    text = Concat(*texts, Value(""), output_field=TextField())  # one expression is searched faster than several
    found = rows.annotate(searched_text=text).filter(searched_text__iregex=patterns)
    return found.order_by("pk").iterator(chunk_size=1000)


def erase_in_row(row: Model, fields: Iterable[str], identity: Identity) -> None:
    changed = {}
    for name in fields:
        value = getattr(row, name)
        if (erased := without_person(value, identity)) != value:
            field = row._meta.get_field(name)
            changed[name] = erased[: field.max_length] if isinstance(field, CharField) else erased
    if changed:
        type(row)._default_manager.filter(pk=row.pk).update(**changed)


def without_person(value: Any, identity: Identity) -> Any:
    """A text or what JSON holds, without the person."""
    if isinstance(value, str):
        return identity.without_person(value)
    if isinstance(value, list):
        return [without_person(each, identity) for each in value]
    if isinstance(value, dict):
        return {without_person(key, identity): without_person(each, identity) for key, each in value.items()}
    return value
