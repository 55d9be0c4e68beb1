"""Maps the columns of a file to fields: by the field's own name, by a known alias, or as a user chose."""

import hashlib
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence

from config.ui.exports import unescape_formula
from markets.contacts.normalization import clean_text
from markets.imports.readers import FileRefused
from markets.imports.rejects import REJECT_COLUMNS


def match_key(name: str) -> str:
    """The letters and digits of a name, case-folded: names with equal keys count as the same."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", name).casefold()))


def header_key(header: Iterable[str]) -> str:
    """A hash of the set of column names, under which a mapping is remembered for the next file with these columns."""
    names = {match_key(name) for name in header if clean_text(name) not in REJECT_COLUMNS}
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()


class ColumnMapping:
    """The position of each field in the rows of a file."""

    def __init__(
        self,
        header: Sequence[str],
        names: Mapping[str, Collection[str]],
        *,
        explicit: Iterable[str] = (),
        chosen: Sequence[str] | None = None,
        ranked: Collection[str] | None = None,
    ):
        """Raises FileRefused if the mapping is contradictory or maps no column.

        `names` lists the aliases of every field. `explicit` has texts such as “Lead ID=external_id”, or “Lead ID=” for
        a column to leave out. `chosen` gives the field of every column ("" leaves it out) and switches guessing off.

        If several columns match one field, the field's own name wins, unless the aliases list it too and so rank it.
        Otherwise the alias listed first wins or, for a field not in `ranked`, the column that is first in the file.
        """
        self.header = [clean_text(unescape_formula(name)) for name in header]
        self.names = names
        self._skipped: set[int] = set()
        self.positions = self._from_explicit(explicit) if chosen is None else self._from_chosen(chosen)
        if chosen is None:
            self._guess(names if ranked is None else ranked)
        if not self.positions:
            raise FileRefused(
                f"None of the columns is known: {_listed(self.header)}. The first line must name the columns; "
                f"say with “header=field” which is which. The fields are: {', '.join(names)}."
            )
        self._items = [(field, self.positions[field]) for field in names if field in self.positions]
        self._min_width = len(self.header)
        while self._min_width and self.header[self._min_width - 1] in REJECT_COLUMNS:
            self._min_width -= 1

    def pick(self, cells: Sequence[str]) -> dict[str, str]:
        """The fields of a row, without the apostrophes that an export puts before formulas."""
        return {
            field: unescape_formula(cell) if (cell := cells[position]).startswith("'") else cell
            for field, position in self._items
        }

    def width_error(self, cells: Sequence[str]) -> str:
        """A sentence if the row has too few or too many cells, else "". Trailing columns of a rejects file may lack."""
        if self._min_width <= len(cells) <= len(self.header):
            return ""
        return f"The row has {len(cells)} cells, but the header names {len(self.header)} columns."

    @property
    def mapped(self) -> dict[str, str]:
        """The field of each mapped column, by header, in the order of the file."""
        positions = sorted(self.positions.items(), key=lambda item: item[1])
        return {self.header[position]: field for field, position in positions}

    @property
    def fields_by_position(self) -> list[str]:
        """The field of each column, "" if it is not mapped."""
        fields = {position: field for field, position in self.positions.items()}
        return [fields.get(position, "") for position in range(len(self.header))]

    @property
    def unmapped(self) -> list[str]:
        columns = enumerate(zip(self.header, self.fields_by_position, strict=True), start=1)
        return [
            name or f"column {number}, which has no name"
            for number, (name, field) in columns
            if not field and name not in REJECT_COLUMNS
        ]

    def _from_chosen(self, chosen: Sequence[str]) -> dict[str, int]:
        if len(chosen) != len(self.header):
            raise FileRefused(f"{len(chosen)} columns were chosen, but the file has {len(self.header)}.")
        positions: dict[str, int] = {}
        for position, field in enumerate(chosen):
            if field:
                self._assign(positions, field, position)
        return positions

    def _from_explicit(self, explicit: Iterable[str]) -> dict[str, int]:
        positions: dict[str, int] = {}
        for text in explicit:
            header, separator, field = (part.strip() for part in text.rpartition("="))
            if not separator or not header:
                raise FileRefused(f"“{text}” does not say which column is which field; write “header=field”.")
            position = self._position_of(header)
            if field:
                self._assign(positions, field, position)
            else:
                self._skipped.add(position)
        for field, position in positions.items():
            if position in self._skipped:
                raise FileRefused(f"“{self.header[position]}” is to be {field} and not to be read; choose one of them.")
        return positions

    def _assign(self, positions: dict[str, int], field: str, position: int) -> None:
        if field not in self.names:
            raise FileRefused(f"“{field}” is not a field. The fields are: {', '.join(self.names)}.")
        if field in positions and positions[field] != position:
            both = f"“{self.header[positions[field]]}” and “{self.header[position]}”"
            raise FileRefused(f"Both {both} are to be {field}; choose one of them.")
        if (other := next((name for name, at in positions.items() if at == position), field)) != field:
            raise FileRefused(f"“{self.header[position]}” is to be both {other} and {field}; choose one of them.")
        positions[field] = position

    def _position_of(self, header: str) -> int:
        if clean_text(header) in self.header:
            return self.header.index(clean_text(header))
        key = match_key(header)
        matches = [position for position, name in enumerate(self.header) if key and match_key(name) == key]
        if len(matches) != 1:
            raise FileRefused(f"The file has no column “{header}”. Its columns are: {_listed(self.header)}.")
        return matches[0]

    def _guess(self, ranked: Collection[str]) -> None:
        for field, aliases in self.names.items():
            ranks = {match_key(field): 0} | {match_key(alias): rank for rank, alias in enumerate(aliases, start=1)}
            unavailable = self._skipped | set(self.positions.values())
            candidates = [
                ((rank if field in ranked else min(rank, 1)), position)
                for position, name in enumerate(self.header)
                if position not in unavailable and (rank := ranks.get(match_key(name))) is not None
            ]
            if candidates and field not in self.positions:
                self.positions[field] = min(candidates)[1]


def _listed(header: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in header if name)
