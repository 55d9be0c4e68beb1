"""The presets that ship: one JSON file each, in the folder of the same name.

To support another program, add a file; docs/how-to/add-a-dialer-preset.md describes it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from config.ui.lists.exports import unescape_formula
from markets.contacts.normalization import clean_text
from markets.imports.files.rejects import REJECT_COLUMNS
from markets.imports.mapping import Layer, match_key

FOLDER = Path(__file__).with_name("shipped")


@dataclass(frozen=True)
class ShippedPreset:
    """How the export of one program is read."""

    slug: str
    title: str
    kind: str
    """An ImportKind."""
    recognised_by: Sequence[Sequence[str]]
    """Sets of headers, such as one for each language. A file that has all headers of one set is recognised."""
    columns: Mapping[str, Sequence[str]]
    """The headers of each field, in order of preference."""
    ignored: Sequence[str] = ()
    """Headers of columns that are not read."""
    results: Mapping[str, str] = field(default_factory=dict)
    """The disposition of each word for a result."""
    asked: Sequence[str] = ()
    """Words for a result that only a user can explain."""
    undecided: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By field, words that count only where no other column of the field says anything."""
    formats: Mapping[str, Any] = field(default_factory=dict)
    """`timezone`, `date_order` and options of the readers."""
    widths: Sequence[int] = ()
    """The numbers of columns, for files that are recognised by it. Empty: any."""

    @property
    def layer(self) -> Layer:
        return Layer(self.columns, self.ignored)

    @property
    def all_results(self) -> dict[str, str]:
        return {**self.results, **dict.fromkeys(self.asked, "")}

    def match(self, keys: frozenset[str], width: int) -> tuple[int, int]:
        """How well the preset fits headers with these keys: those that recognise it, and all that it knows. (0, 0) if
        it does not."""
        if self.widths and width not in self.widths:
            return 0, 0
        sets = [set(map(match_key, headers)) for headers in self.recognised_by]
        recognised = max((len(headers) for headers in sets if headers <= keys), default=0)
        return (recognised, len(self.known & keys)) if recognised else (0, 0)

    @property
    def known(self) -> set[str]:
        return {match_key(header) for headers in (*self.columns.values(), self.ignored) for header in headers}


@cache
def shipped_presets() -> Mapping[str, ShippedPreset]:
    """By slug."""
    presets = [ShippedPreset(**json.loads(path.read_text(encoding="utf-8"))) for path in sorted(FOLDER.glob("*.json"))]
    return {preset.slug: preset for preset in presets}


def recognise(kind: str, header: Sequence[str]) -> ShippedPreset | None:
    """The preset that fits these headers best, by the number of headers that it knows."""
    names = [clean_text(unescape_formula(name)) for name in header]
    names = [name for name in names if name not in REJECT_COLUMNS]
    keys = frozenset(map(match_key, names)) - {""}
    candidates = [preset for preset in shipped_presets().values() if preset.kind == kind]
    best = max(candidates, key=lambda preset: sum(preset.match(keys, len(names))), default=None)
    return best if best and any(best.match(keys, len(names))) else None
