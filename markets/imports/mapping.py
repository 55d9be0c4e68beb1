"""Which column of a file gives which field: by its own name, by a known other name, or as somebody says."""

import hashlib
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence

from config.ui.exports import read_back
from markets.contacts.normalization import tidy
from markets.imports.readers import FileRefused
from markets.imports.rejects import REJECTED

EXTERNAL_IDS = (
    "External identifier",
    "Vendor lead code",
    "Lead ID",
    "Contact ID",
    "Record ID",
    "Record ID - Contact",
    "Contact ID (18)",
    "Lead ID (18)",
    "Person ID",
    "Candidate ID",
    "Prospect ID",
    "Customer ID",
    "Bioguide ID",
    "ID",
)
EMAILS = (
    "Email address",
    "Work email",
    "Business email",
    "Email 1",
    "Primary email",
    "E-mail 1 - Value",
    "Contact email",
    "Lead email",
    "Office email",
    "Email 2",
    "E-mail 2 address",
    "E-mail 2 - Value",
    "Personal email",
    "Home email",
)
PHONES = (
    "Phone number",
    "Direct phone",
    "Direct dial",
    "Direct line",
    "Direct number",
    "Work direct phone",
    "Direct",
    "Mobile",
    "Mobile phone",
    "Mobile phone number",
    "Mobile number",
    "Cell",
    "Cell phone",
    "Cell number",
    "Business phone",
    "Work phone",
    "Office phone",
    "Phone 1 - Value",
    "Phone 1",
    "Primary phone",
    "Telephone",
    "Telephone number",
    "Tel",
    "Contact phone",
    "Lead phone",
    "Business phone 2",
    "Phone 2 - Value",
    "Phone 2",
    "Alt phone",
    "Other phone",
    "Corporate phone",
    "Company phone",
    "Company main phone",
    "Home phone",
    "Home phone 2",
    "Home",
)
"""From the person's own to those of their firm, and at last those of their home; never a fax."""

PEOPLE: dict[str, tuple[str, ...]] = {
    "external_id": EXTERNAL_IDS,
    "full_name": ("Name", "Contact name", "Contact full name", "Lead name", "Prospect name", "Person", "Display name"),
    "first_name": ("Given name", "Forename"),
    "last_name": ("Surname", "Family name"),
    "email": EMAILS,
    "phone": PHONES,
    "firm": (
        "Firm name", "Company", "Company name", "Organisation", "Organization", "Organisation name",
        "Organization name", "Organization 1 - Name", "Account", "Account name", "Company / Account",
        "Primary associated company name", "Primary associated company", "Associated company name",
        "Associated company", "Current company", "Employer", "Law firm",
    ),
    "title": (
        "Job title", "Title", "Position", "Role", "Organization title", "Organization 1 - Title", "Current position",
        "Current title", "Account title",
    ),
    "seniority": ("Seniority level", "Employment seniority", "Job level", "Management level", "Level"),
    "city": (
        "Town", "Business city", "Work city", "Mailing city", "Address city", "Billing address city",
        "Address 1 - City", "Primary city", "Person city", "Home city",
    ),
    "timezone": ("Time zone name", "TZ"),
    "profile_url": (
        "Profile", "LinkedIn", "LinkedIn URL", "LinkedIn profile", "LinkedIn profile URL", "Person LinkedIn URL",
        "Contact LinkedIn profile URL", "Profile link", "Website", "Website 1 - Value", "Web page", "URL",
    ),
}  # fmt: skip
"""The fields of a person and by which other names the usual exports call them, the best of several first.

A job title goes before the field's own name: where a file has both, “Title” is Mr or Ms.
"""

SUPPRESSIONS: dict[str, tuple[str, ...]] = {
    "phone": (
        "DNC number", "DNC phone", "DNC phone number", "Do not call number", "Suppressed phone", "Suppressed number",
        "Blocked number", "Opted out phone", *PHONES, "Number", "Caller ID", "DNC", "Do not call", "Do not call list",
    ),
    "email": (
        "Unsubscribed email", "Unsubscribed email address", "Opted out email", "Opt out email", "Suppressed email",
        "Blocked email", *EMAILS, "E-mail", "Unsubscribed",
    ),
    "external_id": EXTERNAL_IDS,
    "reason": (
        "Suppression reason", "Unsubscribe reason", "Opt out reason", "DNC reason", "Why", "Comment", "Comments",
        "Note", "Notes", "Source",
    ),
}  # fmt: skip
"""The fields of somebody who is not to be called, as PEOPLE."""


def same(name: str) -> str:
    """What is left of a name when letter case, blanks and signs do not matter."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", name).casefold()))


def header_key(header: Iterable[str]) -> str:
    """Tells files with the same columns, in whatever order, so that a mapping can be kept for the next of them."""
    names = {same(name) for name in header if tidy(name) not in REJECTED}
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()


class Columns:
    """The places of the fields in a file's rows, and the columns that nothing is read from."""

    def __init__(
        self,
        header: Sequence[str],
        names: Mapping[str, Collection[str]],
        *,
        explicit: Iterable[str] = (),
        chosen: Sequence[str] | None = None,
        ranked: Collection[str] | None = None,
    ):
        """`names` has every field with its other names; `explicit` are texts like “Lead ID=external_id”, or like
        “Lead ID=” for a column that is not to be read. `chosen` is the field of each column, or nothing, where somebody
        has looked at all of them: then nothing is guessed.

        Of two columns for one field the one with the field's own name wins (unless the other names list it too, and
        so say where it comes), else the one whose name is listed first, or, for a field not in `ranked`, the first in
        the file. Raises FileRefused.
        """
        self.header = [tidy(read_back(name)) for name in header]
        self.names = names
        self._skipped: set[int] = set()
        self.places = self._told(explicit) if chosen is None else self._chosen(chosen)
        if chosen is None:
            self._guess(names if ranked is None else ranked)
        if not self.places:
            raise FileRefused(
                f"None of the columns is known: {_listed(self.header)}. The first line must name the columns; "
                f"say with “header=field” which is which. The fields are: {', '.join(names)}."
            )
        self._items = [(field, self.places[field]) for field in names if field in self.places]
        self._fewest = len(self.header)
        while self._fewest and self.header[self._fewest - 1] in REJECTED:
            self._fewest -= 1

    def pick(self, cells: Sequence[str]) -> dict[str, str]:
        """The fields of one row, as they stood before an export made them safe."""
        return {
            field: read_back(cell) if (cell := cells[place]).startswith("'") else cell for field, place in self._items
        }

    def misfit(self, cells: Sequence[str]) -> str:
        """Why the row does not fit under the header, or nothing. Why it was rejected once need not be there."""
        if self._fewest <= len(cells) <= len(self.header):
            return ""
        return f"The row has {len(cells)} cells, but the header names {len(self.header)} columns."

    @property
    def used(self) -> dict[str, str]:
        """The field of each header that is read."""
        return {self.header[place]: field for field, place in sorted(self.places.items(), key=lambda item: item[1])}

    @property
    def fields_by_place(self) -> list[str]:
        """The field of each column, or nothing where it is not read."""
        fields = {place: field for field, place in self.places.items()}
        return [fields.get(place, "") for place in range(len(self.header))]

    @property
    def unused(self) -> list[str]:
        return [
            name or f"column {place}, which has no name"
            for place, (name, field) in enumerate(zip(self.header, self.fields_by_place, strict=True), start=1)
            if not field and name not in REJECTED
        ]

    def _chosen(self, chosen: Sequence[str]) -> dict[str, int]:
        if len(chosen) != len(self.header):
            raise FileRefused(f"{len(chosen)} columns were chosen, but the file has {len(self.header)}.")
        places: dict[str, int] = {}
        for place, field in enumerate(chosen):
            if field:
                self._tell(places, field, place)
        return places

    def _told(self, explicit: Iterable[str]) -> dict[str, int]:
        places: dict[str, int] = {}
        for text in explicit:
            header, sign, field = (part.strip() for part in text.rpartition("="))
            if not sign or not header:
                raise FileRefused(f"“{text}” does not say which column is which field; write “header=field”.")
            place = self._place_of(header)
            if field:
                self._tell(places, field, place)
            else:
                self._skipped.add(place)
        if told := next((field for field, place in places.items() if place in self._skipped), ""):
            raise FileRefused(f"“{self.header[places[told]]}” is to be {told} and not to be read; choose one of them.")
        return places

    def _tell(self, places: dict[str, int], field: str, place: int) -> None:
        if field not in self.names:
            raise FileRefused(f"“{field}” is not a field. The fields are: {', '.join(self.names)}.")
        if field in places and places[field] != place:
            both = f"“{self.header[places[field]]}” and “{self.header[place]}”"
            raise FileRefused(f"Both {both} are to be {field}; choose one of them.")
        if (other := next((name for name, at in places.items() if at == place), field)) != field:
            raise FileRefused(f"“{self.header[place]}” is to be both {other} and {field}; choose one of them.")
        places[field] = place

    def _place_of(self, header: str) -> int:
        if tidy(header) in self.header:
            return self.header.index(tidy(header))
        alike = [place for place, name in enumerate(self.header) if same(name) and same(name) == same(header)]
        if len(alike) != 1:
            raise FileRefused(f"The file has no column “{header}”. Its columns are: {_listed(self.header)}.")
        return alike[0]

    def _guess(self, ranked: Collection[str]) -> None:
        for field, others in self.names.items():
            ranks = {same(field): 0} | {same(other): rank for rank, other in enumerate(others, start=1)}
            taken = self._skipped | set(self.places.values())
            candidates = [
                ((rank if field in ranked else min(rank, 1)), place)
                for place, name in enumerate(self.header)
                if place not in taken and (rank := ranks.get(same(name))) is not None
            ]
            if candidates and field not in self.places:
                self.places[field] = min(candidates)[1]


def _listed(header: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in header if name)
