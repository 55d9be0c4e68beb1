"""A contact that rows of a file are matched with, and the fields that these rows rely on."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from django.utils.translation import gettext as _

from markets.contacts.changes import fields_to_bits
from markets.imports.contacts.prefilter import Fields
from markets.models import Contact

Identity = tuple[str, ...]
"""A kind of key and its values, which one contact alone can have."""


def relied_on_bits(row: Fields) -> int:
    """Bitmask of the fields this row relies on, for a row that fully agrees with its contact."""
    return _relied_on_bits(tuple(row))


@lru_cache(maxsize=1000)
def _relied_on_bits(names: tuple[str, ...]) -> int:
    return fields_to_bits(relied_on_fields(set(names), names))


def relied_on_fields(agreed: Collection[str], given: Collection[str], *, is_refused: bool = False) -> set[str]:
    """The fields that no later row of the file may change, for a row that gives the fields `given` and whose contact
    agrees with it in the fields `agreed`.

    Phones are compared in E.164, however they were typed. A phone without a name finds a contact only while that has no
    name, so such a row relies on a blank name, too. A refused row does even if it agrees in a stronger key: a later row
    may add the key by which it is found the next time.
    """
    relied_on = set(agreed) - {"phone"}
    is_phone_only = "phone_e164" in given and "full_name" not in given
    if is_phone_only and (is_refused or not relied_on & {"external_id", "email"}):
        relied_on.add("full_name")
    return relied_on


@dataclass(eq=False)
class MatchedContact:
    """A contact that rows are matched with, stored or about to be."""

    contact: Contact
    line: int = 0
    """Of the file, where the first row of this chunk begins that relies on the contact; 0 if none does."""
    relied_on: set[str] = field(default_factory=set)
    """The fields that rows of this file gave, or that must stay blank for them."""
    said: Fields = field(default_factory=dict)
    """What rows of this file said."""
    before: Fields = field(default_factory=dict)
    """The changed fields, as they were before this chunk."""
    former: set[tuple[str, str]] = field(default_factory=set)
    """Fields and values of contacts merged into this one: a file that gives them again changes nothing."""

    def __str__(self) -> str:
        where = (
            f"contact {self.contact.pk}" if self.contact.pk else _("line %(line)s of this file") % {"line": self.line}
        )
        return f"{self.contact.label} ({where})"

    def rely_on(self, names: Iterable[str], line: int) -> None:
        self.relied_on.update(names)
        self.line = self.line or line

    def identities(self) -> Iterator[Identity]:
        contact = self.contact
        if contact.external_id:
            yield "external ID", contact.external_id
        if contact.email:
            yield "email", contact.email
        if contact.phone_e164:
            yield "phone", contact.phone_e164, contact.name_key
