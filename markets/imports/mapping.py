"""Maps the columns of a file to fields: as a user chose, as a preset says, by the field's own name, or by an alias."""

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from django.utils.translation import gettext

from config.ui.lists.exports import unescape_formula
from markets.contacts.normalization import clean_text
from markets.imports import column_refusals
from markets.imports.fields import (
    CUSTOM,
    GUESSED_FROM_ONE_COLUMN,
    GUESSED_IF_ALONE,
    JOINED,
    NUMBER_CODES,
    SEPARATOR,
    looks_like_number,
)
from markets.imports.files.rejects import REJECT_COLUMNS
from markets.imports.number_parts import join_number
from markets.imports.readers import BrokenCells
from markets.imports.readers import match_key as match_key

LAST_NAME_BESIDE = {"vorname": ("name",), "prénom": ("nom",), "prenom": ("nom",)}
"""German and French files call the last name “Name” or “Nom” where the first name has a column of its own."""
UNNAMED = re.compile(r"Column (\d+)")
"""The names that readers give to the columns of a file without a header."""
FIRST_NAME_BESIDE_LAST = ("nombre",)
"""Spanish for a name, and for the first name where the last name has a column of its own."""


def header_key(header: Iterable[str]) -> str:
    """A hash of the set of column names, under which a mapping is remembered for the next file with these columns."""
    names = {match_key(name) for name in header if clean_text(name) not in REJECT_COLUMNS}
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()


class Layer(NamedTuple):
    """A mapping that is used where nothing above it decides: a remembered one, or that of a shipped preset."""

    columns: Mapping[str, Sequence[str]]
    """The headers of each field, in order of preference. Headers that a file lacks are passed over."""
    ignored: Collection[str] = ()
    """Headers of columns that are not read."""


class ColumnMapping:
    """The columns of each field in the rows of a file.

    Several columns may feed one field, in an order of preference: the first that is not blank counts. The values of
    fields in JOINED are all kept, joined in that order.
    """

    def __init__(
        self,
        header: Sequence[str],
        names: Mapping[str, Collection[str]],
        *,
        explicit: Iterable[str] = (),
        chosen: Sequence[str] | None = None,
        layers: Iterable[Layer] = (),
        ranked: Collection[str] | None = None,
        undecided: Mapping[str, Collection[str]] | None = None,
    ):
        """Raises FileRefused if the mapping is contradictory or maps no column.

        `names` lists the aliases of every field. `explicit` has texts such as “Lead ID=external_id”, or “Lead ID=” for
        a column to leave out; several for one field are its order of preference. `chosen` gives the field of every
        column ("" leaves it out) and switches `layers` and guessing off.

        If several columns match one field, the field's own name comes first, unless the aliases list it too and so rank
        it. Then come the aliases in their order or, for a field not in `ranked`, the columns in the order of the file.

        `undecided` lists words of a field that count only where no other column of the field says anything.
        """
        self.header = [clean_text(unescape_formula(name)) for name in header]
        self.names = names
        self._ranked = names if ranked is None else ranked
        self._keys = [match_key(name) for name in self.header]
        self._skipped: set[int] = set()
        self.positions = self._from_explicit(explicit) if chosen is None else self._from_chosen(chosen)
        if chosen is None:
            for layer in layers:
                self._apply(layer)
            self._guess()
            self._tell_names_apart()
        self.custom_positions = self.positions.pop(CUSTOM, [])
        """Columns that are kept as custom fields."""
        if CUSTOM in names and chosen is None:
            unknown = [position for position in self.unknown_positions if not UNNAMED.fullmatch(self.header[position])]
            self.custom_positions = sorted({*self.custom_positions, *unknown})
        if not self.positions:
            raise column_refusals.none_known(self.header, names)
        self._prepare_pick(undecided or {})
        self._min_width = len(self.header)
        while self._min_width and self.header[self._min_width - 1] in REJECT_COLUMNS:
            self._min_width -= 1

    def pick(self, cells: Sequence[str]) -> dict[str, str]:
        """The fields of a row, without the apostrophes that an export puts before formulas."""
        fields = {
            field: unescape_formula(cell) if (cell := cells[position]).startswith("'") else cell
            for field, position in self._single
        }
        if self._is_simple:
            return fields
        codes = {name: code for name in NUMBER_CODES if (code := fields.pop(name, "")) and not code.isspace()}
        for field, positions in self._joined:
            values = []
            for position in positions:
                if (cell := cells[position]) and not cell.isspace():
                    value = unescape_formula(cell)
                    values.append(join_number(value, **codes) if codes and position in self._numbers else value)
            fields[field] = SEPARATOR.join(values)
        for field, positions, undecided in self._first_of:
            fields[field] = _first([unescape_formula(cells[position]) for position in positions], undecided)
        return fields

    def width_error(self, cells: Sequence[str]) -> str:
        """A sentence if the row is broken, has too few cells or too many that are not blank, else "". Trailing columns
        of a rejects file may lack."""
        if isinstance(cells, BrokenCells) and cells.concerns(chain.from_iterable(self.positions.values())):
            return cells.problem
        if self._min_width <= len(cells) <= len(self.header):
            return ""
        if len(cells) > len(self.header) and not any(map(str.strip, cells[len(self.header) :])):
            return ""
        return gettext("The row has %(cells)s cells, but the header names %(header)s columns.") % {
            "cells": len(cells),
            "header": len(self.header),
        }

    @property
    def mapped(self) -> dict[str, str]:
        """The field of each mapped column, by header, in the order of the file. Custom fields are left out."""
        fields = zip(self.header, self.fields_by_position, strict=True)
        return {name: field for name, field in fields if field not in ("", CUSTOM)}

    @property
    def fields_by_position(self) -> list[str]:
        """The field of each column, "" if it is not mapped."""
        fields = {position: field for field, positions in self.positions.items() for position in positions}
        fields |= dict.fromkeys(self.custom_positions, CUSTOM)
        return [fields.get(position, "") for position in range(len(self.header))]

    @property
    def headers_by_field(self) -> dict[str, list[str]]:
        """The headers of the columns of each field, in order of preference."""
        return {
            field: [self.header[position] for position in self.positions[field]]
            for field in self.names
            if field in self.positions
        }

    @property
    def unmapped(self) -> list[str]:
        columns = enumerate(zip(self.header, self.fields_by_position, strict=True), start=1)
        return [
            name or gettext("column %(number)s, which has no name") % {"number": number}
            for number, (name, field) in columns
            if not field and name not in REJECT_COLUMNS
        ]

    @property
    def unknown_positions(self) -> list[int]:
        """The columns with a name that nothing says anything about: neither mapped nor left out on purpose."""
        return [
            position
            for position, (name, field) in enumerate(zip(self.header, self.fields_by_position, strict=True))
            if name and not field and position not in self._skipped and name not in REJECT_COLUMNS
        ]

    def _prepare_pick(self, undecided: Mapping[str, Collection[str]]) -> None:
        fields = [(field, self.positions[field]) for field in self.names if field in self.positions]
        has_codes = not self.positions.keys().isdisjoint(NUMBER_CODES)
        several = {field for field, columns in fields if len(columns) > 1 or (has_codes and field in JOINED)}
        self._is_simple = not several
        self._single = [(field, columns[0]) for field, columns in fields if field not in several]
        self._joined = [(field, columns) for field, columns in fields if field in several and field in JOINED]
        self._first_of = [
            (field, columns, frozenset(map(match_key, undecided.get(field, ()))))
            for field, columns in fields
            if field in several and field not in JOINED
        ]
        self._numbers = set(self.positions.get("phone", ())) | {
            position for position in self.positions.get("contact", ()) if looks_like_number(self._keys[position])
        }

    def _from_chosen(self, chosen: Sequence[str]) -> dict[str, list[int]]:
        if len(chosen) != len(self.header):
            raise column_refusals.wrong_number(len(chosen), len(self.header))
        positions: dict[str, list[int]] = {}
        for position, field in enumerate(chosen):
            if field:
                self._assign(positions, field, position)
        for field, columns in positions.items():
            ranks = self._ranks(field)
            columns.sort(key=lambda position: (ranks.get(self._keys[position], len(ranks)), position))
        return positions

    def _from_explicit(self, explicit: Iterable[str]) -> dict[str, list[int]]:
        positions: dict[str, list[int]] = {}
        for text in explicit:
            header, separator, field = (part.strip() for part in text.rpartition("="))
            if not separator or not header:
                raise column_refusals.no_match(text)
            position = self._position_of(header)
            if field:
                self._assign(positions, field, position)
            else:
                self._skipped.add(position)
        for field, columns in positions.items():
            for position in self._skipped.intersection(columns):
                raise column_refusals.not_to_be_read(self.header[position], field)
        return positions

    def _assign(self, positions: dict[str, list[int]], field: str, position: int) -> None:
        if field not in self.names:
            raise column_refusals.unknown_field(field, self.names)
        if other := next((name for name, columns in positions.items() if position in columns and name != field), ""):
            raise column_refusals.two_fields(self.header[position], field, other)
        columns = positions.setdefault(field, [])
        if position not in columns:
            columns.append(position)

    def _position_of(self, header: str) -> int:
        if clean_text(header) in self.header:
            return self.header.index(clean_text(header))
        key = match_key(header)
        matches = [position for position, each in enumerate(self._keys) if key and each == key]
        if len(matches) != 1:
            raise column_refusals.no_column(header, self.header)
        return matches[0]

    @property
    def _unavailable(self) -> set[int]:
        return self._skipped.union(*self.positions.values())

    def _apply(self, layer: Layer) -> None:
        by_key: dict[str, list[int]] = {}
        for position, key in enumerate(self._keys):
            if key:
                by_key.setdefault(key, []).append(position)
        for field, headers in layer.columns.items():
            if field not in self.names or (field in self.positions and field != CUSTOM):
                continue
            found = [position for header in headers for position in by_key.get(match_key(header), ())]
            columns = [position for position in dict.fromkeys(found) if position not in self._unavailable]
            if columns:
                self.positions[field] = [*self.positions.get(field, ()), *columns]
        left_out = {position for header in layer.ignored for position in by_key.get(match_key(header), ())}
        self._skipped |= left_out - self._unavailable

    def _ranks(self, field: str) -> dict[str, int]:
        aliases = enumerate(self.names[field], start=1)
        return {match_key(field): 0} | {match_key(alias): rank for rank, alias in aliases}

    def _guess(self) -> None:
        for field in self.names:
            if field in self.positions:
                continue
            ranks, unavailable = self._ranks(field), self._unavailable
            candidates = sorted(
                (rank if field in self._ranked else min(rank, 1), position)
                for position, key in enumerate(self._keys)
                if position not in unavailable and (rank := ranks.get(key)) is not None
            )
            columns = [position for _, position in candidates]
            if field in GUESSED_FROM_ONE_COLUMN:
                columns = columns[:1]
            elif len(columns) > 1:
                columns = [each for each in columns if self._keys[each] not in GUESSED_IF_ALONE] or columns[:1]
            if columns:
                self.positions[field] = columns

    def _tell_names_apart(self) -> None:
        """Turns a full name into the first or last name where the other one has a column of its own."""
        name = self.positions.get("full_name", [])
        if len(name) != 1:
            return
        key, first = self._keys[name[0]], self.positions.get("first_name")
        if first and "last_name" not in self.positions:
            if key in LAST_NAME_BESIDE.get(self._keys[first[0]], ()):
                self.positions["last_name"] = self.positions.pop("full_name")
        elif not first and "last_name" in self.positions and key in FIRST_NAME_BESIDE_LAST:
            self.positions["first_name"] = self.positions.pop("full_name")


def _first(values: Sequence[str], undecided: Collection[str]) -> str:
    """The first value that is not blank and, if possible, decides something."""
    given = [value for value in values if value and not value.isspace()]
    if undecided:
        given.sort(key=lambda value: match_key(value) in undecided)
    return given[0] if given else ""
