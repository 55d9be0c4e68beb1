"""Opens a file as its preset remembers, so that a second file of the same shape needs no option."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from markets.imports.mapping import header_key, match_key
from markets.imports.presets.exchange import preset_file
from markets.imports.presets.shipped import ShippedPreset, recognise, shipped_presets
from markets.imports.presets.sources import NO_PRESET, REMEMBERED_FORMATS, find_preset, known_preset, width_key
from markets.imports.readers import FileRefused, Limits, TabularFile, read_options
from markets.imports.readers.shapes import shape_of
from markets.imports.registry import file_kind
from markets.models import ImportPreset, Workspace

PLACES = ("header_line", "header_lines", "no_header")
"""Where the header is. Not needed where it is found without them."""

type TableOpener = Callable[[Mapping[str, Any]], TabularFile]


@dataclass(frozen=True)
class OpenedFile:
    table: TabularFile
    shipped: ShippedPreset | None
    remembered: ImportPreset | None
    formats: dict[str, Any]
    """The formats that apply: what was said, then what is remembered, then what ships."""


@cache
def known_names(kind: str) -> frozenset[str]:
    """The keys of the column names that can be mapped, by which a header is recognised."""
    shipped = [preset.known for preset in shipped_presets().values() if preset.kind == kind]
    return file_kind(kind).known_names.union(*shipped)


def open_file(
    path: Path,
    *,
    workspace: Workspace,
    kind: str,
    said: Mapping[str, Any],
    preset: str = "",
    name: str = "",
    limits: Limits | None = None,
) -> OpenedFile:
    """`said` is what the user says, with the keys of ImportJob.options; `preset` names a preset, or is “none”. Raises
    FileRefused."""

    def table_with(options: Mapping[str, Any]) -> TabularFile:
        return TabularFile(path, name=name, limits=limits, known=known_names(kind), **read_options(options))

    if preset and preset != NO_PRESET:
        return _open_as_forced(table_with, workspace, kind, said, preset)
    table = table_with(said)
    if preset == NO_PRESET:
        return OpenedFile(table, None, None, _layered(said))
    shipped = recognise(kind, table.header)
    if not shipped and (headerless := _headerless(table_with, kind, table, said)):
        table, shipped, said = headerless
    remembered = _remembered(workspace, kind, table.header)
    if remembered:
        formats = _layered(shipped.formats if shipped else {}, _applicable(remembered, table, shipped), said)
        if read_options(formats) == read_options(said):
            return OpenedFile(table, shipped, remembered, formats)
        if opened := _reopened(table_with, kind, remembered, {**said, **formats}):
            return opened
        remembered = remembered if _is_for(remembered, table.header, shipped) else None
    return OpenedFile(table, shipped, remembered, _layered(shipped.formats if shipped else {}, said))


def seen_as(
    path: Path, *, kind: str, header: Sequence[str], said: Mapping[str, Any], limits: Limits | None = None
) -> str:
    """How the next such file will look while the options for it are not known yet; empty if it does not matter."""
    options = read_options(said)
    if options.get("no_header"):
        return width_key(header)
    if not any(options.get(name) for name in ("sheet", "header_line", "header_lines")):
        return ""
    try:
        key = header_key(TabularFile(path, limits=limits, known=known_names(kind)).header)
    except FileRefused:
        return ""
    return key if key != header_key(header) else ""


def _open_as_forced(
    table_with: TableOpener, workspace: Workspace, kind: str, said: Mapping[str, Any], name: str
) -> OpenedFile:
    """With the preset that the user names, or that is in the JSON file of that path."""
    is_file = name.endswith(".json")
    found = preset_file(Path(name), workspace=workspace, kind=kind) if is_file else find_preset(workspace, kind, name)
    if isinstance(found, ShippedPreset):
        shipped: ShippedPreset | None = found
        remembered = workspace.import_presets.filter(kind=kind, header_key=found.slug).first()
    else:
        shipped, remembered = shipped_presets().get(found.header_key), found
    options = remembered.options if remembered else {}
    formats = _layered(shipped.formats if shipped else {}, options, said)
    return OpenedFile(table_with({**said, **formats}), shipped, remembered, formats)


def _remembered(workspace: Workspace, kind: str, header: Sequence[str]) -> ImportPreset | None:
    is_header_known = not known_names(kind).isdisjoint(map(match_key, header))
    return known_preset(workspace, kind, header, is_header_known=is_header_known)


def _headerless(
    table_with: TableOpener, kind: str, table: TabularFile, said: Mapping[str, Any]
) -> tuple[TabularFile, ShippedPreset, Mapping[str, Any]] | None:
    """The file read without a header, if that makes it the export of a program that writes none."""
    widths = {width for preset in shipped_presets().values() if preset.kind == kind for width in preset.widths}
    if len(table.header) not in widths or not any(shape_of(name) == "moment" for name in table.header):
        return None
    options = {**said, "no_header": True}
    table = table_with(options)
    shipped = recognise(kind, table.header)
    return (table, shipped, options) if shipped else None


def _reopened(
    table_with: TableOpener, kind: str, remembered: ImportPreset, options: Mapping[str, Any]
) -> OpenedFile | None:
    """The file with the remembered options; None if they do not lead to the remembered header."""
    try:
        table = table_with(options)
    except FileRefused:
        return None
    shipped = recognise(kind, table.header)
    return (
        OpenedFile(table, shipped, remembered, _layered(options))
        if _is_for(remembered, table.header, shipped)
        else None
    )


def _is_for(preset: ImportPreset, header: Sequence[str], shipped: ShippedPreset | None) -> bool:
    return preset.header_key in {header_key(header), shipped.slug if shipped else ""}


def _applicable(preset: ImportPreset, table: TabularFile, shipped: ShippedPreset | None) -> dict[str, Any]:
    """What is remembered, without the place of a header that was found already, or a sheet that is not there."""
    options = dict(preset.options)
    if _is_for(preset, table.header, shipped):
        sheets = {sheet.name.strip().casefold() for sheet in table.sheets}
        left_out = PLACES if str(options.get("sheet", "")).strip().casefold() in sheets else (*PLACES, "sheet")
        options = {name: value for name, value in options.items() if name not in left_out}
    return options


def _layered(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """The formats in these options; later ones win."""
    return {name: layer[name] for layer in layers for name in REMEMBERED_FORMATS if name in layer}
