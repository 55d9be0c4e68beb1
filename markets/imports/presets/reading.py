"""How one file is read: what a user says for it, what its preset remembers, what ships, and what is guessed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markets.imports.mapping import ColumnMapping, Layer
from markets.imports.presets.headerless import layer_by_content
from markets.imports.presets.opening import open_file
from markets.imports.presets.shipped import ShippedPreset
from markets.imports.readers import Row, TabularFile
from markets.imports.registry import file_kind
from markets.models import ImportPreset, Workspace

SAMPLE_ROWS = 50
"""Rows whose content may decide what a column is."""


@dataclass(frozen=True)
class Reading:
    table: TabularFile
    columns: ColumnMapping
    options: dict[str, Any]
    """For ImportJob.options: all that decides how the file is read, so that a resumed import reads the same."""
    shipped: ShippedPreset | None
    remembered: ImportPreset | None


def read_file(path: Path, *, workspace: Workspace, kind: str, said: Mapping[str, Any], preset: str = "") -> Reading:
    """Opens a file and maps its columns. `said` is what the user says for it, with the keys of ImportJob.options;
    `preset` names a preset, or is “none”. Raises FileRefused."""
    opened = open_file(path, workspace=workspace, kind=kind, said=said, preset=preset)
    table, remembered, shipped = opened.table, opened.remembered, opened.shipped
    columns = map_columns(
        kind=kind,
        header=table.header,
        said=said,
        remembered=remembered,
        shipped=shipped,
        rows=table.preview(SAMPLE_ROWS),
    )
    options = {**said, **opened.formats, **meanings(said, remembered, shipped), **stored_mapping(columns)}
    return Reading(table, columns, options, shipped, remembered)


def meanings(said: Mapping[str, Any], remembered: ImportPreset | None, shipped: ShippedPreset | None) -> dict[str, Any]:
    """The results and undecided words that apply, with the keys of ImportJob.options."""
    results = {
        **(shipped.all_results if shipped else {}),
        **(remembered.options.get("results", {}) if remembered else {}),
        **said.get("results", {}),
    }
    undecided = {field: list(words) for field, words in shipped.undecided.items()} if shipped else {}
    return {name: value for name, value in (("results", results), ("undecided", undecided)) if value}


def map_columns(
    *,
    kind: str,
    header: Sequence[str],
    said: Mapping[str, Any],
    remembered: ImportPreset | None = None,
    shipped: ShippedPreset | None = None,
    rows: Sequence[Row] = (),
) -> ColumnMapping:
    """Raises FileRefused."""
    layers = [layer_of(remembered.options)] if remembered else []
    layers += [shipped.layer] if shipped else []
    layers.append(layer_by_content(kind, header, rows))
    return ColumnMapping(
        header,
        file_kind(kind).fields,
        explicit=explicit_texts(said),
        layers=layers,
        ranked=file_kind(kind).ranked,
        undecided=shipped.undecided if shipped else said.get("undecided"),
    )


def explicit_texts(options: Mapping[str, Any]) -> list[str]:
    """`map` as ColumnMapping takes it, in order of preference."""
    fields: Mapping[str, str] = options.get("map", {})
    ordered = [header for header in options.get("map_order", ()) if header in fields]
    return [f"{header}={fields[header]}" for header in dict.fromkeys([*ordered, *fields]) if header.strip()]


def layer_of(options: Mapping[str, Any]) -> Layer:
    columns: dict[str, list[str]] = {}
    for text in explicit_texts(options):
        header, _, field = text.rpartition("=")
        columns.setdefault(field, []).append(header)
    return Layer(columns, columns.pop("", []))


def stored_mapping(columns: ColumnMapping) -> dict[str, Any]:
    """`map` and `map_order` of the columns that are mapped or left out on purpose."""
    unknown = set(columns.unknown_positions)
    pairs = enumerate(zip(columns.header, columns.fields_by_position, strict=True))
    stored: dict[str, Any] = {"map": {name: field for at, (name, field) in pairs if name and at not in unknown}}
    if order := [name for headers in columns.headers_by_field.values() if len(headers) > 1 for name in headers]:
        stored["map_order"] = order
    return stored
