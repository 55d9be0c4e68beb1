"""The presets of a workspace: what users said about files with one set of headers. Each is a source."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext

from markets.imports.mapping import header_key
from markets.imports.presets.shipped import ShippedPreset, recognise, shipped_presets
from markets.imports.readers import FileRefused
from markets.models import ImportPreset, User, Workspace

REMEMBERED_FORMATS = (
    *("encoding", "delimiter", "sheet", "header_line", "header_lines", "no_header", "fill_merged"),
    *("date_order", "timezone"),
)
"""Not the last line: the next file has another number of rows."""
NO_PRESET = "none"


def width_key(header: Sequence[str]) -> str:
    """For files whose first line is data, by which they cannot be recognised."""
    return f"columns:{len(header)}"


def known_preset(
    workspace: Workspace, kind: str, header: Sequence[str], *, is_header_known: bool = True
) -> ImportPreset | None:
    """The workspace's preset for files with these headers, also as they look before the remembered options (sheet,
    header line) are applied. A header with no known name may be data: it is then recognised by its width."""
    key = header_key(header)
    presets = workspace.import_presets.filter(kind=kind)
    shipped = recognise(kind, header)
    keys = {key, shipped.slug if shipped else key}
    found = {preset.header_key: preset for preset in presets.filter(header_key__in=keys)}
    if found:
        return found.get(key) or next(iter(found.values()))
    seen = {key} if is_header_known else {key, width_key(header)}
    return next((preset for preset in presets if not seen.isdisjoint(preset.options.get("seen_as", ()))), None)


def source_of(
    *,
    workspace: Workspace,
    kind: str,
    header: Sequence[str],
    name: str,
    shipped: ShippedPreset | None = None,
    by: User | None = None,
) -> ImportPreset:
    """The workspace's preset for these headers, made if there is none. `shipped` is by default the one that fits."""
    if not shipped and (known := known_preset(workspace, kind, header)):
        return known
    shipped = shipped or recognise(kind, header)
    preset, _ = workspace.import_presets.get_or_create(
        kind=kind,
        header_key=shipped.slug if shipped else header_key(header),
        defaults={"name": (shipped.title if shipped else name)[:120], "updated_by": by},
    )
    return preset


def find_preset(workspace: Workspace, kind: str, name: str) -> ImportPreset | ShippedPreset:
    """The preset of that name: one of the workspace, or one that ships, also by its slug. Raises FileRefused."""
    own = workspace.import_presets.filter(kind=kind)
    if preset := own.filter(Q(name__iexact=name) | Q(header_key=name)).order_by("-updated_at").first():
        return preset
    shipped = {slug: preset for slug, preset in shipped_presets().items() if preset.kind == kind}
    for each in shipped.values():
        if name.casefold() in (each.slug.casefold(), each.title.casefold()):
            return each
    known = ", ".join([*own.values_list("name", flat=True), *shipped])
    raise FileRefused(
        gettext("There is no preset “%(name)s” for %(kind)s. There are: %(known)s; or “%(no_preset)s”.")
        % {"name": name[:120], "kind": kind, "known": known, "no_preset": NO_PRESET}
    )


def remember(preset: ImportPreset, said: Mapping[str, Any], *, seen_as: str = "", by: User | None = None) -> None:
    """Adds what a user said about a file to the preset. `seen_as` is the key of the headers as they look without it."""
    options = merge(preset.options, said)
    if seen_as and seen_as != preset.header_key and seen_as not in options.get("seen_as", ()):
        options["seen_as"] = [*options.get("seen_as", ()), seen_as]
    if options != preset.options:
        preset.options, preset.updated_by = options, by
        preset.save(update_fields=["options", "updated_by", "updated_at"])


def merge(options: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """`options` with what was said later. A field that was given columns anew loses the earlier ones."""
    merged = {**options, **{name: said[name] for name in REMEMBERED_FORMATS if name in said}}
    if said_map := said.get("map"):
        fields = set(said_map.values()) - {""}
        kept = {header: field for header, field in options.get("map", {}).items() if field not in fields}
        merged["map"] = kept | said_map
        order = [header for header in options.get("map_order", ()) if header in kept]
        merged["map_order"] = [*order, *(said.get("map_order") or said_map)]
    results = {word: value for word, value in said.get("results", {}).items() if value}
    if results:
        merged["results"] = options.get("results", {}) | results
    return merged
