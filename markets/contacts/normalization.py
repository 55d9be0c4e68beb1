"""Normalises contact fields as typed to the form that is stored. Forms and imports share `normalise`."""

import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from markets.contacts.phones import to_e164
from markets.models import Contact
from markets.models.workspaces import validate_timezone

FIELDS = (
    "external_id",
    "full_name",
    "first_name",
    "last_name",
    "email",
    "phone",
    "firm",
    "title",
    "seniority",
    "city",
    "timezone",
    "profile_url",
)
MAX_LENGTHS = {name: Contact._meta.get_field(name).max_length or 0 for name in (*FIELDS, "name_key")}  # type: ignore[union-attr]
FIELD_NAMES = frozenset(FIELDS)
IDENTIFYING_FIELDS = ("external_id", "email", "phone")
COMMON_EMAIL = re.compile(r"[a-z0-9_+-]+(\.[a-z0-9_+-]+)*@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


def clean_text(text: str) -> str:
    """Converts to NFC, collapses white space and drops control and format characters."""
    if text.isascii() and text.isprintable():  # most cells of most files
        return " ".join(text.split()) if " " in text else text
    text = unicodedata.normalize("NFC", text)
    printable = "".join(
        char if char.isspace() or unicodedata.category(char) not in ("Cc", "Cf", "Cs") else "" for char in text
    )
    return " ".join(printable.split())


def fold(text: str) -> str:
    """Case-folds names and emails for comparison: Unicode's compatibility caseless matching (D146)."""
    if text.isascii():
        return clean_text(text.lower())
    for _ in range(2):
        text = unicodedata.normalize("NFKC", text).casefold()
    return clean_text(unicodedata.normalize("NFKC", text))


def normalise(typed: Mapping[str, str], *, region: str) -> dict[str, str]:
    """The contact fields (FIELDS, `name_key`, `phone_e164`) for the non-blank values in `typed`.

    Raises ValidationError with a message for each invalid field.
    """
    fields = {
        name: value for name, text in typed.items() if text and name in FIELD_NAMES and (value := clean_text(text))
    }
    for name in ("email", "phone"):
        if " ::: " in fields.get(name, ""):
            fields[name] = fields[name].partition(" ::: ")[0]
    problems: dict[str, str] = {}
    if "full_name" not in fields and ("first_name" in fields or "last_name" in fields):
        fields["full_name"] = " ".join(fields[part] for part in ("first_name", "last_name") if part in fields)
    for name, value in fields.items():
        if len(value) > MAX_LENGTHS[name]:
            label = name.replace("_", " ")
            problems[name] = f"The {label} has {len(value):,} characters; at most {MAX_LENGTHS[name]} are kept."
    for name, check in NORMALISERS.items():
        if name in fields:
            try:
                fields[name] = check(fields[name])
            except ValidationError as error:
                problems.setdefault(name, str(error.message))
    if "full_name" in fields:
        fields["name_key"] = fold(fields["full_name"])
    if "phone" in fields and "phone" not in problems:
        try:
            fields["phone_e164"] = to_e164(fields["phone"], region)
        except ValidationError as error:
            problems["phone"] = str(error.message)
    for name, source in (("name_key", "full_name"), ("email", "email")):  # folding can lengthen a text
        if len(fields.get(name, "")) > MAX_LENGTHS[name]:
            label = source.removeprefix("full_")
            problems.setdefault(source, f"The {label} is too long: at most {MAX_LENGTHS[name]} characters are kept.")
    if fields.keys().isdisjoint(IDENTIFYING_FIELDS) and not ("full_name" in fields and "firm" in fields):
        problems["__all__"] = (
            "Nothing tells this person apart: give an external ID, an email address, a phone number, "
            "or a full name with a firm."
        )
    if problems:
        raise ValidationError(problems)
    return fields


def normalise_email(text: str) -> str:
    """The address in lower case. Raises ValidationError."""
    folded = fold(text)
    if not COMMON_EMAIL.fullmatch(folded):  # a subset of Django's rule that takes a third of the time
        try:
            validate_email(folded)
        except ValidationError:
            raise ValidationError(f"“{folded[:80]}” is not an email address.") from None
    return folded


def _timezone(text: str) -> str:
    validate_timezone(text)
    return text


def _web_address(text: str) -> str:
    if not _is_web_address(text):
        raise ValidationError(f"“{text[:80]}” is not a web address; it starts with http:// or https://.")
    return text


NORMALISERS = {"email": normalise_email, "timezone": _timezone, "profile_url": _web_address}


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)
