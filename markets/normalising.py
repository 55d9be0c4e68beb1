"""From what somebody typed to what is stored of a person. Forms and imports use the same function."""

import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import urlsplit

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

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
LONGEST = {name: Contact._meta.get_field(name).max_length or 0 for name in FIELDS}  # type: ignore[union-attr]
SCIENTIFIC = re.compile(r"^\d([.,]\d+)?E\+\d+$", re.IGNORECASE)


def tidy(text: str) -> str:
    """NFC, with every run of white space one blank and without control and format characters."""
    text = unicodedata.normalize("NFC", text)
    kept = "".join(
        sign if sign.isspace() or unicodedata.category(sign) not in ("Cc", "Cf", "Cs") else "" for sign in text
    )
    return " ".join(kept.split())


def fold(text: str) -> str:
    """The form in which names and emails are compared: Unicode's caseless matching of compatible characters (D146)."""
    for _ in range(2):
        text = unicodedata.normalize("NFKC", text).casefold()
    return tidy(unicodedata.normalize("NFKC", text))


def to_e164(typed: str, region: str) -> str:
    """The number in E.164. `region` is the country of a number without one. Raises ValidationError."""
    if SCIENTIFIC.match(typed.strip()):
        raise ValidationError(
            f"The phone “{typed}” was rounded by a spreadsheet. Format the column as text and export it again."
        )
    try:
        number = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise ValidationError(f"“{typed}” is not a phone number in {region} or an international one.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normalise(typed: Mapping[str, str], *, region: str) -> dict[str, str]:
    """The contact fields (FIELDS, `name_key`, `phone_e164`) that `typed` gives; what it leaves blank is absent.

    Raises ValidationError with a message by field.
    """
    fields = {name: value for name in FIELDS if (value := tidy(typed.get(name) or ""))}
    problems: dict[str, str] = {}
    if "full_name" not in fields and ("first_name" in fields or "last_name" in fields):
        fields["full_name"] = " ".join(fields[part] for part in ("first_name", "last_name") if part in fields)
    for name, value in fields.items():
        if len(value) > LONGEST[name]:
            label = name.replace("_", " ")
            problems[name] = f"The {label} has {len(value):,} characters; at most {LONGEST[name]} are kept."
    if "full_name" in fields:
        fields["name_key"] = fold(fields["full_name"])
    try:
        if "email" in fields:
            fields["email"] = fold(fields["email"])
            validate_email(fields["email"])
    except ValidationError:
        problems.setdefault("email", f"“{fields['email'][:80]}” is not an email address.")
    try:
        if "phone" in fields:
            fields["phone_e164"] = to_e164(fields["phone"], region)
    except ValidationError as error:
        problems.setdefault("phone", str(error.message))
    try:
        if "timezone" in fields:
            validate_timezone(fields["timezone"])
    except ValidationError as error:
        problems.setdefault("timezone", str(error.message))
    if "profile_url" in fields and not _is_web_address(fields["profile_url"]):
        problems.setdefault(
            "profile_url", f"“{fields['profile_url'][:80]}” is not a web address; it starts with http:// or https://."
        )
    if not (fields.keys() & {"external_id", "email", "phone"} or {"full_name", "firm"} <= fields.keys()):
        problems["__all__"] = (
            "Nothing tells this person apart: give an external ID, an email address, a phone number, "
            "or a full name with a firm."
        )
    if problems:
        raise ValidationError(problems)
    return fields


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)
