"""Which column of a file gives which field: by its own name, by a known other name, or as somebody says."""

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence

from config.ui.exports import read_back
from markets.normalising import tidy
from markets.reading import FileRefused

PEOPLE: dict[str, tuple[str, ...]] = {
    "external_id": (
        "External identifier", "Lead ID", "Contact ID", "Record ID", "Person ID", "Candidate ID", "Prospect ID",
        "Customer ID", "Bioguide ID", "ID",
    ),
    "full_name": ("Name", "Contact name", "Lead name", "Person", "Display name"),
    "first_name": ("Given name", "Forename"),
    "last_name": ("Surname", "Family name"),
    "email": ("Email address", "E-mail address", "E-mail 1 - Value", "Work email", "Business email"),
    "phone": (
        "Phone number", "Telephone", "Telephone number", "Tel", "Phone 1 - Value", "Business phone", "Work phone",
        "Direct phone", "Direct dial", "Mobile", "Mobile phone", "Mobile number", "Cell", "Cell phone",
    ),
    "firm": (
        "Firm name", "Company", "Company name", "Organisation", "Organization", "Organisation name",
        "Organization name", "Account", "Account name", "Employer",
    ),
    "title": ("Job title", "Position", "Role"),
    "seniority": ("Seniority level", "Level"),
    "city": ("Town", "Business city", "Mailing city"),
    "timezone": ("Time zone name", "TZ"),
    "profile_url": ("Profile", "LinkedIn", "LinkedIn URL", "LinkedIn profile", "Website", "Web page", "URL"),
}  # fmt: skip
"""The fields of a person and by which other names the usual exports call them."""


def same(name: str) -> str:
    """What is left of a name when letter case, blanks and signs do not matter."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", name).casefold()))


class Columns:
    """The places of the fields in a file's rows, and the columns that nothing is read from."""

    def __init__(
        self,
        header: Sequence[str],
        names: Mapping[str, Collection[str]],
        *,
        explicit: Iterable[str] = (),
        ranked: Collection[str] = (),
    ):
        """`names` has every field with its other names; `explicit` are texts like “Lead ID=external_id”.

        Of two columns for one field the one with the field's own name wins, else the first in the file, or, for a
        field in `ranked`, the one whose name is listed first. Raises FileRefused.
        """
        self.header = [tidy(name) for name in header]
        self.places = self._told(explicit, names)
        self._guess(names, ranked)
        used = set(self.places.values())
        self.unused = [
            name or f"column {place + 1}, which has no name"
            for place, name in enumerate(self.header)
            if place not in used
        ]
        if not self.places:
            raise FileRefused(
                f"None of the columns is known: {_listed(self.header)}. The first line must name the columns; "
                f"say with “header=field” which is which. The fields are: {', '.join(names)}."
            )

    def pick(self, cells: Sequence[str]) -> dict[str, str]:
        """The fields of one row, as they stood before an export made them safe."""
        return {field: read_back(cells[place]) for field, place in self.places.items()}

    def misfit(self, cells: Sequence[str]) -> str:
        """Why the row does not fit under the header, or nothing."""
        if len(cells) == len(self.header):
            return ""
        return f"The row has {len(cells)} cells, but the header names {len(self.header)} columns."

    @property
    def used(self) -> dict[str, str]:
        """The field of each header that is read."""
        return {self.header[place]: field for field, place in sorted(self.places.items(), key=lambda item: item[1])}

    def _told(self, explicit: Iterable[str], names: Mapping[str, Collection[str]]) -> dict[str, int]:
        places: dict[str, int] = {}
        for text in explicit:
            header, sign, field = (part.strip() for part in text.rpartition("="))
            if not sign or not header:
                raise FileRefused(f"“{text}” does not say which column is which field; write “header=field”.")
            if field not in names:
                raise FileRefused(f"“{field}” is not a field. The fields are: {', '.join(names)}.")
            place = self._place_of(header)
            if field in places and places[field] != place:
                both = f"“{self.header[places[field]]}” and “{self.header[place]}”"
                raise FileRefused(f"Both {both} are to be {field}; choose one of them.")
            if (other := next((name for name, at in places.items() if at == place), field)) != field:
                raise FileRefused(f"“{self.header[place]}” is to be both {other} and {field}; choose one of them.")
            places[field] = place
        return places

    def _place_of(self, header: str) -> int:
        if tidy(header) in self.header:
            return self.header.index(tidy(header))
        alike = [place for place, name in enumerate(self.header) if same(name) and same(name) == same(header)]
        if len(alike) != 1:
            raise FileRefused(f"The file has no column “{header}”. Its columns are: {_listed(self.header)}.")
        return alike[0]

    def _guess(self, names: Mapping[str, Collection[str]], ranked: Collection[str]) -> None:
        for field, others in names.items():
            ranks = {same(other): rank for rank, other in enumerate(others, start=1)} | {same(field): 0}
            taken = set(self.places.values())
            candidates = [
                ((rank if field in ranked else min(rank, 1)), place)
                for place, name in enumerate(self.header)
                if place not in taken and (rank := ranks.get(same(name))) is not None
            ]
            if candidates and field not in self.places:
                self.places[field] = min(candidates)[1]


def _listed(header: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in header if name)
