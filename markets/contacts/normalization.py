"""Normalises contact fields as typed to the form that is stored. Forms and imports share `normalise`."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _

from markets.contacts.numbering_plans import common_e164
from markets.contacts.phones import PhoneNumber, parse_phone, phone_error
from markets.contacts.values.blanks import LONGEST_BLANK, means_nothing
from markets.contacts.values.lists_in_cells import BETWEEN_VALUES, split_emails, split_phones
from markets.contacts.values.timezones import read_timezone
from markets.contacts.values.web_addresses import complete_url, profile_key
from markets.imports.contacts.extras import FurtherPoint, LeftOut
from markets.models import Contact, ContactPoint

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
MAX_POINT_LENGTH = 254
FIELD_NAMES = frozenset(FIELDS)
NAME_FIELDS = frozenset({"full_name", "first_name", "last_name"})
"""Null and None are names of people, too."""
IDENTIFYING_FIELDS = ("external_id", "email", "profile_key", "phone_e164")
COMMON_EMAIL = re.compile(r"[a-z0-9_+-]+(\.[a-z0-9_+-]+)*@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
NO_IDENTITY = gettext_lazy(
    "Nothing tells this person apart: give an external ID, an email address, a profile URL, a phone number, "
    "or a full name with a firm."
)


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
    for _turn in range(2):
        text = unicodedata.normalize("NFKC", text).casefold()
    return clean_text(unicodedata.normalize("NFKC", text))


class ParsedContact(NamedTuple):
    """What a row or a form says about a contact."""

    fields: dict[str, str]
    """The non-blank FIELDS and what follows from them (markets.contacts.changes.DERIVED)."""
    left_out: list[LeftOut]
    """Values that cannot be read. A phone that cannot be called is one of them, and stays in `fields` as typed."""
    points: list[FurtherPoint]


def normalise(typed: Mapping[str, str], *, region: str) -> ParsedContact:
    """The contact that the non-blank values in `typed` describe. `region` is the country of phones without a code.

    A value that cannot be read is left out. Raises ValidationError if the rest does not identify a person.
    """
    fields = {
        name: value
        for name, text in typed.items()
        if text
        and name in FIELD_NAMES
        and (value := clean_text(text))
        and (len(value) > LONGEST_BLANK or name in NAME_FIELDS or not means_nothing(value))
    }
    parsed = ParsedContact(fields, [], [])
    for name in [name for name, value in fields.items() if len(value) > MAX_LENGTHS[name] and name not in READ_WHOLE]:
        _leave_out(parsed, name, _too_long(name, name))
    if "full_name" not in fields and ("first_name" in fields or "last_name" in fields):
        full_name = " ".join(fields[part] for part in ("first_name", "last_name") if part in fields)
        fields["full_name"] = full_name[: MAX_LENGTHS["full_name"]]
    if "full_name" in fields:
        fields["name_key"] = fold(fields["full_name"])
        if len(fields["name_key"]) > MAX_LENGTHS["name_key"]:  # folding can lengthen a text
            del fields["name_key"]
            _leave_out(parsed, "full_name", _too_long("full_name", "name_key"))
    for name, read in READERS.items():
        if name in fields:
            read(parsed, typed[name])
    if "phone" in fields:
        _read_phone(parsed, typed, region)
    if fields.keys().isdisjoint(IDENTIFYING_FIELDS) and not ("full_name" in fields and "firm" in fields):
        raise ValidationError(_problems(parsed) | {"__all__": str(NO_IDENTITY)})
    return parsed


def normalise_email(text: str) -> str:
    """The address in lower case. Raises ValidationError."""
    folded = fold(text)
    if not COMMON_EMAIL.fullmatch(folded):  # a subset of Django's rule that takes a third of the time
        try:
            validate_email(folded)
        except ValidationError:
            raise ValidationError(_("“%(text)s” is not an email address.") % {"text": folded[:80]}) from None
    if len(folded) > MAX_LENGTHS["email"]:
        raise ValidationError(_too_long("email", "email"))
    return folded


def _problems(parsed: ParsedContact) -> dict[str, str]:
    """Why the values that were left out cannot be read, those first that would have identified the person."""
    left_out = sorted(parsed.left_out, key=lambda each: each.field not in ("external_id", "email", "phone"))
    return {name: reason for name, _text, reason in left_out}


def _leave_out(parsed: ParsedContact, name: str, reason: str) -> None:
    parsed.left_out.append(LeftOut(name, parsed.fields.pop(name), reason))


def _too_long(name: str, stored: str) -> str:
    label = gettext(name.removeprefix("full_").replace("_", " "))
    return _("The %(field)s is too long: at most %(most)s characters are kept.") % {
        "field": label,
        "most": MAX_LENGTHS[stored],
    }


def _read_email(parsed: ParsedContact, typed: str) -> None:
    """Keeps the first valid address, and the others as further points."""
    fields = parsed.fields
    if COMMON_EMAIL.fullmatch(folded := fold(fields["email"])) and len(folded) <= MAX_LENGTHS["email"]:
        fields["email"] = folded
        return
    valid: list[str] = []
    for part in split_emails(typed if "\n" in typed else fields["email"]):
        try:
            valid.append(normalise_email(part))
        except ValidationError as error:
            if not means_nothing(clean_text(part)):
                parsed.left_out.append(LeftOut("email", clean_text(part), str(error.message)))
    first, *others = dict.fromkeys(valid) or [""]
    fields["email"] = first
    if not first:
        del fields["email"]
    parsed.points.extend(FurtherPoint(ContactPoint.Kind.EMAIL.value, address) for address in others)


def _read_timezone(parsed: ParsedContact, typed: str) -> None:
    if zone := read_timezone(parsed.fields["timezone"]):
        parsed.fields["timezone"] = zone
    else:
        _leave_out(parsed, "timezone", _("“%(text)s” is not a time zone.") % {"text": parsed.fields["timezone"][:80]})


def _read_profile_url(parsed: ParsedContact, typed: str) -> None:
    fields = parsed.fields
    url = complete_url(fields["profile_url"])
    if not url or len(url) > MAX_LENGTHS["profile_url"]:
        _leave_out(parsed, "profile_url", _("“%(text)s” is not a web address.") % {"text": fields["profile_url"][:80]})
        return
    fields["profile_url"] = url
    if key := profile_key(url):
        fields["profile_key"] = key


def _read_phone(parsed: ParsedContact, typed: Mapping[str, str], region: str) -> None:
    """Keeps the first valid number, and the others as further points."""
    fields, extension = parsed.fields, typed.get("phone_extension", "")
    if not extension and (e164 := common_e164(fields["phone"], region)):
        fields["phone_e164"] = e164
        return
    cell = typed["phone"] if "\n" in typed["phone"] else fields["phone"]
    parts = [part for each in split_phones(cell) if not means_nothing(part := clean_text(each))]
    numbers = [parse_phone(part, region) for part in parts]
    first = next((number for number in numbers if number.e164), None)
    if first is None:
        _keep_unreadable(parsed, cell, region)
        return
    others = [number for number in numbers if number is not first and number.e164 != first.e164]
    if extension and not first.extension:
        with_extension = parse_phone(f"{first.typed} ext. {clean_text(extension).lstrip('xX# ')}", region)
        first = with_extension if with_extension.extension else first
    is_short = len(first.typed) <= MAX_LENGTHS["phone"]
    fields |= {"phone": first.typed if is_short else first.link.removeprefix("tel:"), "phone_e164": first.e164}
    if first.extension:
        fields["phone_extension"] = first.extension
    _add_points(parsed, others)


def _keep_unreadable(parsed: ParsedContact, cell: str, region: str) -> None:
    """Keeps the text as typed; of several columns the first text, and the others as further points."""
    fields = parsed.fields
    texts = [text for part in cell.split(BETWEEN_VALUES) if (text := clean_text(part)) and not means_nothing(text)]
    if not texts:
        del fields["phone"]
        return
    typed, *others = dict.fromkeys(texts)
    fields["phone"], number = typed, parse_phone(typed, region)
    _add_points(parsed, [parse_phone(other, region) for other in others])
    parsed.left_out.append(LeftOut("phone", fields["phone"], phone_error(number)))
    if number.problem and len(fields["phone"]) <= MAX_LENGTHS["phone"]:
        fields["phone_problem"] = number.problem.value
    else:
        del fields["phone"]


def _add_points(parsed: ParsedContact, numbers: Sequence[PhoneNumber]) -> None:
    for number in {number.e164 or number.typed: number for number in numbers}.values():
        if any(map(str.isdigit, number.typed)) and len(number.typed) <= MAX_POINT_LENGTH:
            parsed.points.append(
                FurtherPoint(ContactPoint.Kind.PHONE.value, number.typed, number.e164, number.extension)
            )
        else:
            parsed.left_out.append(LeftOut("phone", number.typed, phone_error(number)))


READ_WHOLE = ("email", "phone", "timezone")
"""Fields whose cells may be longer than their value."""
READERS = {"email": _read_email, "timezone": _read_timezone, "profile_url": _read_profile_url}
