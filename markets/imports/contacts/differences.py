"""Which differences between a row and its contact count (product.md, section 8)."""

from collections.abc import Callable
from typing import NamedTuple

from django.utils.translation import gettext as _

from markets.contacts.changes import BITS, DERIVED
from markets.contacts.normalization import fold
from markets.imports.contacts.last_words import same_word, typed_fields
from markets.imports.contacts.matched import MatchedContact
from markets.imports.contacts.prefilter import Fields
from markets.imports.files.rejects import RowRefused
from markets.models import Contact


class Difference(NamedTuple):
    """A field that a person gave and the file has otherwise. The person's value stays."""

    field: str
    file_value: str
    stored_value: str


def differing_fields(match: MatchedContact, row: Fields) -> list[str]:
    """The fields in which the row says something else than its contact has. A phone is compared as a number; values of
    contacts merged into this one are no news; a known contact keeps its first external ID."""
    contact = match.contact
    return [
        name
        for name in typed_fields(row)
        if not _agrees(name, row, contact)
        and (name, row[name]) not in match.former
        and not (name == "phone" and ("phone_e164", row.get("phone_e164", "")) in match.former)
        and not (name == "external_id" and contact.external_id)
    ]


def _agrees(name: str, row: Fields, contact: Contact) -> bool:
    if name == "phone" and row.get("phone_e164"):
        extension = row.get("phone_extension", contact.phone_extension)
        return (row["phone_e164"], extension) == (contact.phone_e164, contact.phone_extension)
    if name == "profile_url" and row.get("profile_key"):
        return row["profile_key"] == contact.profile_key
    return row[name] == getattr(contact, name)


def changes_and_disagreements(
    match: MatchedContact, row: Fields, last_word: Callable[[MatchedContact], Fields]
) -> tuple[Fields, list[Difference]]:
    """What the row changes of its contact, and where a person said otherwise. `last_word` tells what the row's source
    last said of the contact. Raises RowRefused if an earlier row of the file contradicts this one."""
    contact = match.contact
    changes: Fields = {}
    disagreements: list[Difference] = []
    differing = differing_fields(match, row)
    word = last_word(match) if differing else {}
    for name in differing:
        if contact.person_fields & BITS[name]:
            if fold(getattr(contact, name)) != fold(row[name]):
                disagreements.append(Difference(name, row[name], getattr(contact, name)))
        elif name in word and same_word(name, word, row):
            continue
        elif name == "phone" and not row.get("phone_e164") and (contact.phone_e164 or name in match.said):
            continue  # what is no number replaces neither a number nor what an earlier row said
        elif _is_new_in_file(match, row, name):
            changes[name] = row[name]
            changes |= {derived: row.get(derived, "") for derived in DERIVED.get(name, ())}
    return {name: value for name, value in changes.items() if value != getattr(contact, name)}, disagreements


def _is_new_in_file(match: MatchedContact, row: Fields, name: str) -> bool:
    """Whether no earlier row of the file gave the field. Raises RowRefused if one gave it another value."""
    compared = "phone_e164" if row.get("phone_e164") and name == "phone" else name
    if compared in match.relied_on:
        earlier, shown = getattr(match.contact, compared), getattr(match.contact, name)
    elif name in match.said:
        earlier, shown = match.said.get(compared, ""), match.said[name]
    else:
        return True
    if fold(earlier) == fold(row[compared]):
        return False
    if earlier:
        raise RowRefused(
            "contradiction",
            _(
                "An earlier row of this file has the %(field)s of %(match)s as “%(shown)s”, this one as "
                "“%(row)s”. Keep the row that is right."
            )
            % {"field": _(name.replace("_", " ")), "match": match, "shown": shown, "row": row[name]},
        )
    if name == "full_name":
        raise RowRefused(
            "contradiction",
            _(
                "An earlier row of this file means %(match)s by the number, without a name; this one names them "
                "“%(row)s”. Name them in both."
            )
            % {"match": match, "row": row[name]},
        )
    return True
