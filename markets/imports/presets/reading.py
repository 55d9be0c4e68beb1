"""How one file is read: what a user says for it, what its preset remembers, what ships, and what is guessed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from markets.imports.mapping import ColumnMapping, Layer, header_key, match_key
from markets.imports.presets.exchange import preset_file
from markets.imports.presets.headerless import layer_by_content
from markets.imports.presets.shipped import ShippedPreset, recognise, shipped_presets
from markets.imports.presets.sources import NO_PRESET, REMEMBERED_FORMATS, find_preset, known_preset, width_key
from markets.imports.readers import FileRefused, Row, TabularFile, read_options
from markets.imports.registry import file_kind
from markets.models import ImportPreset, Workspace

SAMPLE_ROWS = 50
"""Rows whose content may decide what a column is."""


@cache
def known_names(kind: str) -> frozenset[str]:
    """The keys of the column names that can be mapped, by which a header is recognised."""
    shipped = [preset.known for preset in shipped_presets().values() if preset.kind == kind]
    return file_kind(kind).known_names.union(*shipped)


@dataclass(frozen=True)
class Reading:
    table: TabularFile
    columns: ColumnMapping
    options: dict[str, Any]
    """For ImportJob.options: all that decides how the file is read, so that a resumed import reads the same."""
    shipped: ShippedPreset | None
    remembered: ImportPreset | None
    seen_as: str
    """How the next such file will look before the options for it are known, if that differs. See `known_preset`."""


def read_file(path: Path, *, workspace: Workspace, kind: str, said: Mapping[str, Any], preset: str = "") -> Reading:
    """Opens a file. `said` is what the user says for it, with the keys of ImportJob.options; `preset` names a preset,
    or is “none”. Raises FileRefused."""
    forced = _forced(workspace, kind, preset)
    base = forced.options if isinstance(forced, ImportPreset) else forced.formats if forced else {}
    known = known_names(kind)
    table = TabularFile(path, known=known, **read_options({**base, **said}))
    remembered, shipped = _presets(workspace, kind, table, forced) if preset != NO_PRESET else (None, None)
    formats = _formats(said, remembered, shipped)
    if not forced and read_options({**said, **formats}) != read_options(said):
        table = TabularFile(path, known=known, **read_options({**said, **formats}))
        shipped = shipped or recognise(kind, table.header)
    columns = map_columns(
        kind=kind,
        header=table.header,
        said=said,
        remembered=remembered,
        shipped=shipped,
        rows=table.preview(SAMPLE_ROWS),
    )
    options = {**said, **resolve(said, remembered, shipped), **stored_mapping(columns)}
    return Reading(table, columns, options, shipped, remembered, _seen_as(path, kind, table, said))


def resolve(said: Mapping[str, Any], remembered: ImportPreset | None, shipped: ShippedPreset | None) -> dict[str, Any]:
    """The formats, results and undecided words that apply, with the keys of ImportJob.options."""
    results = {
        **(shipped.all_results if shipped else {}),
        **(remembered.options.get("results", {}) if remembered else {}),
        **said.get("results", {}),
    }
    undecided = {field: list(words) for field, words in shipped.undecided.items()} if shipped else {}
    found = {**_formats(said, remembered, shipped), "results": results, "undecided": undecided}
    return {name: value for name, value in found.items() if value}


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


def _seen_as(path: Path, kind: str, table: TabularFile, said: Mapping[str, Any]) -> str:
    options = read_options(said)
    if options.get("no_header"):
        return width_key(table.header)
    if options.keys().isdisjoint({"sheet", "header_line", "header_lines"}):
        return ""
    try:
        key = header_key(TabularFile(path, known=known_names(kind)).header)
    except FileRefused:
        return ""
    return key if key != header_key(table.header) else ""


def _forced(workspace: Workspace, kind: str, preset: str) -> ImportPreset | ShippedPreset | None:
    """The preset that the user names, or that is in the JSON file of that path."""
    if not preset or preset == NO_PRESET:
        return None
    if preset.endswith(".json"):
        return preset_file(Path(preset), workspace=workspace, kind=kind)
    return find_preset(workspace, kind, preset)


def _presets(
    workspace: Workspace, kind: str, table: TabularFile, forced: ImportPreset | ShippedPreset | None
) -> tuple[ImportPreset | None, ShippedPreset | None]:
    if isinstance(forced, ImportPreset):
        return forced, shipped_presets().get(forced.header_key)
    if forced:
        return workspace.import_presets.filter(kind=kind, header_key=forced.slug).first(), forced
    is_header_known = not known_names(kind).isdisjoint(map(match_key, table.header))
    remembered = known_preset(workspace, kind, table.header, is_header_known=is_header_known)
    return remembered, recognise(kind, table.header)


def _formats(said: Mapping[str, Any], remembered: ImportPreset | None, shipped: ShippedPreset | None) -> dict[str, Any]:
    layers = [shipped.formats if shipped else {}, remembered.options if remembered else {}, said]
    return {name: layer[name] for layer in layers for name in REMEMBERED_FORMATS if name in layer}
