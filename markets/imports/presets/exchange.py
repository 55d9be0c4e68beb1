"""Presets as small JSON files, to share between workspaces and installations."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext

from config.ui.formats import number
from markets.imports.mapping import match_key
from markets.imports.presets.sources import REMEMBERED_FORMATS
from markets.imports.readers import FileRefused
from markets.imports.registry import file_kind
from markets.models import ImportKind, ImportPreset, User, Workspace
from markets.models.workspaces import timezone_names

FORMAT = "client-portal-preset"
MAX_BYTES = 200_000
MAX_ENTRIES = 2_000
MAX_TEXT = 200
TEXTS = ("encoding", "delimiter", "sheet", "date_order", "timezone")
NUMBERS = ("header_line", "header_lines")
SWITCHES = ("no_header", "fill_merged")
LISTS = ("map_order", "seen_as")


def preset_to_json(preset: ImportPreset) -> str:
    document = {
        "format": FORMAT,
        "kind": preset.kind,
        "name": preset.name,
        "header_key": preset.header_key,
        "options": preset.options,
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def preset_from_json(*, workspace: Workspace, text: str, by: User | None = None, kind: str = "") -> ImportPreset:
    """Stores a preset, over the workspace's own for the same headers. `kind` is the one expected. Raises
    FileRefused."""
    document = _document(text)
    if kind and document["kind"] != kind:
        raise FileRefused(
            gettext("This preset is for %(label)s, not for %(kind)s.")
            % {"label": ImportKind(document["kind"]).label.lower(), "kind": kind}
        )
    options = checked_options(document["kind"], document["options"])
    preset, _ = workspace.import_presets.update_or_create(
        kind=document["kind"],
        header_key=document["header_key"],
        defaults={"name": document["name"], "options": options, "updated_by": by},
    )
    return preset


def too_large(name: str) -> FileRefused:
    return FileRefused(
        gettext("%(name)s is too large for a preset, which has at most %(kilobytes)s KB.")
        % {"name": name, "kilobytes": MAX_BYTES // 1000}
    )


def preset_file(path: Path, *, workspace: Workspace, kind: str) -> ImportPreset:
    """Stores the preset of a file. Raises FileRefused."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise too_large(path.name)
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FileRefused(
            gettext("%(path)s cannot be read: %(strerror)s.") % {"path": path, "strerror": error.strerror}
        ) from None
    except UnicodeError:
        raise FileRefused(gettext("%(name)s is not a preset: it is not text in UTF-8.") % {"name": path.name}) from None
    return preset_from_json(workspace=workspace, text=text, kind=kind)


def checked_options(kind: str, options: object) -> dict[str, Any]:
    """The options of a preset, checked and cleaned. Raises FileRefused with a sentence for the first problem."""
    if not isinstance(options, dict):
        raise FileRefused(gettext("The options of a preset are an object."))
    known = {"map", "results", *LISTS, *REMEMBERED_FORMATS}
    if unknown := sorted(options.keys() - known):
        raise FileRefused(
            gettext("“%(unknown)s” is no option of a preset. The options are: %(names)s.")
            % {"unknown": unknown[0][:60], "names": ", ".join(sorted(known))}
        )
    for name in ("map", "results"):
        _check_texts(name, options.get(name, {}))
    for name in LISTS:
        listed = options.get(name, [])
        if not isinstance(listed, list) or not all(_is_text(each) for each in listed) or len(listed) > MAX_ENTRIES:
            raise FileRefused(gettext("“%(name)s” is a list of short texts.") % {"name": name})
    _check_fields(kind, options.get("map", {}))
    _check_results(kind, options.get("results", {}))
    _check_formats(options)
    return dict(options)


def _document(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise FileRefused(gettext("This is not a preset: it is not JSON.")) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise FileRefused(gettext("This is not a preset: its “format” is not “%(format)s”.") % {"format": FORMAT})
    if document.get("kind") not in ImportKind.values:
        raise FileRefused(
            gettext("The “kind” of a preset is one of: %(names)s.") % {"names": ", ".join(ImportKind.values)}
        )
    for name, longest in (("name", 120), ("header_key", 64)):
        value = document.get(name)
        if not isinstance(value, str) or not value.strip() or len(value) > longest or not value.isprintable():
            raise FileRefused(
                gettext("A preset needs a “%(name)s” of at most %(longest)s characters.")
                % {"name": name, "longest": longest}
            )
    document.setdefault("options", {})
    return document


def _check_fields(kind: str, mapping: Mapping[str, str]) -> None:
    fields = file_kind(kind).fields
    for header, field in mapping.items():
        if field and field not in fields:
            raise FileRefused(
                gettext("“%(header)s” is to be “%(field)s”, which is not a field. The fields are: %(names)s.")
                % {"header": header, "field": field, "names": ", ".join(fields)}
            )


def _check_results(kind: str, results: Mapping[str, str]) -> None:
    outcomes = file_kind(kind).outcomes
    for word, outcome in results.items():
        if not match_key(word) or (outcome and outcome not in outcomes):
            raise FileRefused(
                gettext("“%(word)s” cannot mean “%(outcome)s”. Use one of: %(options)s.")
                % {"word": word, "outcome": outcome, "options": ", ".join(outcomes) or gettext("none")}
            )


def _check_formats(options: Mapping[str, Any]) -> None:
    for name in TEXTS:
        if not _is_text(options.get(name, "")):
            raise FileRefused(gettext("“%(name)s” is a short text.") % {"name": name})
    for name in NUMBERS:
        if name in options and (type(options[name]) is not int or not 1 <= options[name] <= 1_000_000):
            raise FileRefused(gettext("“%(name)s” is a whole number from 1.") % {"name": name})
    for name in SWITCHES:
        if not isinstance(options.get(name, False), bool):
            raise FileRefused(gettext("“%(name)s” is true or false.") % {"name": name})
    if (zone := options.get("timezone")) and zone not in timezone_names():
        raise FileRefused(gettext("“%(zone)s” is not a time zone; write it like America/New_York.") % {"zone": zone})


def _check_texts(name: str, mapping: object) -> None:
    is_fine = isinstance(mapping, dict) and len(mapping) <= MAX_ENTRIES
    if not is_fine or not all(_is_text(each) for pair in mapping.items() for each in pair):  # type: ignore[attr-defined]
        raise FileRefused(
            gettext("“%(name)s” has a short text for each name, at most %(max_entries)s.")
            % {"name": name, "max_entries": number(MAX_ENTRIES)}
        )


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= MAX_TEXT and "\0" not in value
