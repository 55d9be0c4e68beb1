"""What a row says about its contact beside the fields that are matched and compared: values that were left out, further
numbers and addresses, and that the person must not be called.

The writer passes them on with the contact's id once the contact is written; campaigns.importing stores them in the same
transaction.
"""

from dataclasses import dataclass, field
from typing import NamedTuple


class LeftOut(NamedTuple):
    """A value that cannot be read. The row is in without it."""

    field: str
    typed: str
    reason: str
    """A sentence for the user."""


class FurtherPoint(NamedTuple):
    """A further phone number or email address in the row, in the row's order."""

    kind: str
    """A ContactPoint.Kind."""
    typed: str
    phone_e164: str = ""
    """Empty for an email address, and for a phone that is not a valid number."""
    extension: str = ""


@dataclass(slots=True)
class RowExtras:
    left_out: list[LeftOut] = field(default_factory=list)
    points: list[FurtherPoint] = field(default_factory=list)
    do_not_call: str = ""
    """What the file says if it asks not to call the person, else empty."""

    def __bool__(self) -> bool:
        return bool(self.left_out or self.points or self.do_not_call)


class ContactExtras(NamedTuple):
    """The extras of an accepted row, with its contact."""

    contact: int
    line: int
    extras: RowExtras
