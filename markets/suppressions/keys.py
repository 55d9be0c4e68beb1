"""Reads whom a suppression is for: a phone number, a number prefix, an email address or an email domain."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from markets.contacts.normalization import clean_text, fold, normalise_email
from markets.contacts.phones import to_e164
from markets.models import Suppression

MIN_PREFIX_DIGITS = 4
MAX_PHONE_DIGITS = 15
"""Of a number in E.164 (ITU-T E.164, section 6.2.1)."""
MASKED = re.compile(r"(?P<start>\+?[\d\s().\-/]*\d[\s().\-/]*)(?P<mask>[Xx*#?%_][Xx*#?%_\s().\-/]*)")
"""The first digits of a number, then signs that stand for any digits: 213XXXXXXX, 212-555-****, +1212*."""
WRITTEN_NUMBER = re.compile(r"\+?[\d\s().\-/]+((;?\s*(ext|extension|x|#)[\s.:=]*)\d{1,7})?", re.IGNORECASE)
AREA_CODE_AND_EXCHANGE = re.compile(r"\(?([2-9]\d{2})\)?[\s.-]?(\d{3})")
"""Of the North American Numbering Plan: a list with six digits in its phone column means all numbers there."""
NORTH_AMERICA = 1
HOST = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


class CompleteNumber(ValidationError):
    """No digits can follow."""


@dataclass(frozen=True)
class SuppressedKeys:
    """The keys of one suppression, by the names of its fields."""

    phone_e164: str = ""
    email: str = ""
    phone_prefix: str = ""
    email_domain: str = ""

    def __bool__(self) -> bool:
        return bool(self.phone_e164 or self.email or self.phone_prefix or self.email_domain)

    @property
    def is_rule(self) -> bool:
        return bool(self.phone_prefix or self.email_domain)

    def apply_to(self, suppression: Suppression) -> None:
        suppression.phone_e164, suppression.email = self.phone_e164, self.email
        suppression.phone_prefix, suppression.email_domain = self.phone_prefix, self.email_domain


def read_keys(*, phone: str = "", email: str = "", region: str) -> SuppressedKeys:
    """What is typed as phone and as email, each of which may be blank. Raises ValidationError."""
    phone, email = clean_text(phone), clean_text(email)
    keys = read_phone(phone, region) if phone else SuppressedKeys()
    if not email:
        return keys
    domain = read_domain(email)
    return replace(keys, email_domain=domain) if domain else replace(keys, email=normalise_email(email))


def read_phone(typed: str, region: str) -> SuppressedKeys:
    """A number, or a prefix if it has a mask or is an area code and exchange alone. Raises ValidationError."""
    is_north_american = phonenumbers.country_code_for_region(region) == NORTH_AMERICA
    if is_north_american and (both := AREA_CODE_AND_EXCHANGE.fullmatch(typed)):
        return SuppressedKeys(phone_prefix=f"+{NORTH_AMERICA}{both[1]}{both[2]}")
    masked = MASKED.fullmatch(typed)
    if masked is None:
        return SuppressedKeys(phone_e164=read_number(typed, region))
    try:
        return SuppressedKeys(phone_prefix=read_prefix(typed, region))
    except CompleteNumber:
        return SuppressedKeys(phone_e164=read_number(masked["start"].strip(), region))


def read_number(typed: str, region: str) -> str:
    """The number in E.164, without its extension. Raises ValidationError.

    Whether the number is in use does not matter, only that somebody could dial it: a list may know more than the
    numbering plan.
    """
    try:
        return to_e164(typed, region)
    except ValidationError:
        number = _parse(typed, region) if WRITTEN_NUMBER.fullmatch(typed) else None
        if number is None or not _is_possible(number):
            raise
        return _e164(number)


def read_prefix(typed: str, region: str) -> str:
    """The first digits of numbers in E.164, as in +1212555, with or without a mask. Raises ValidationError."""
    masked = MASKED.fullmatch(typed)
    start = masked["start"] if masked else typed
    digits = re.sub(r"\D", "", start)
    if not digits or not re.fullmatch(r"\+?[\d\s().\-/]+", start):
        raise ValidationError(_("“%(typed)s” is not the beginning of a phone number.") % {"typed": typed[:80]})
    mask_length = len(re.sub(r"[\s().\-/]", "", masked["mask"])) if masked else 0
    prefix = f"+{digits}" if start.startswith("+") else _international(digits, mask_length, region)
    if len(prefix) - 1 < MIN_PREFIX_DIGITS:
        raise ValidationError(
            _(
                "“%(typed)s” would cover whole countries. "
                "Give at least %(digits)s digits with the country code, as in +1212."
            )
            % {"typed": typed[:80], "digits": MIN_PREFIX_DIGITS}
        )
    if len(prefix) - 1 > MAX_PHONE_DIGITS:
        raise ValidationError(_("“%(typed)s” has more digits than a phone number.") % {"typed": typed[:80]})
    return prefix


def read_domain(typed: str) -> str:
    """The domain if `typed` is one, as in @example.com, *@example.com or example.com; "" if it is not."""
    domain = re.sub(r"^(\*?@|\*?\.)", "", fold(typed)).removesuffix(".")
    return domain if "@" not in domain and len(domain) <= 253 and HOST.fullmatch(_ascii(domain)) else ""


def _ascii(host: str) -> str:
    try:
        return host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError:
        return ""


@lru_cache(maxsize=1000)
def _international(digits: str, mask_length: int, region: str) -> str:
    """The prefix in E.164 of digits without a plus sign: those of a number that has any digits for its mask.

    The numbering plan decides what is a trunk prefix and what is a country code.
    """
    lengths = [mask_length] * (mask_length > 1) + list(range(1, MAX_PHONE_DIGITS))
    prefix = ""
    for filler in "57238":
        for length in lengths:
            number = _parse(digits + filler * length, region)
            if number and _is_possible(number):
                prefix = _e164(number)[:-length]
                if phonenumbers.is_valid_number(number):
                    return prefix
    if prefix:
        return prefix
    number = _parse(digits, region)
    if number and _is_possible(number):
        raise CompleteNumber(f"“{digits}” is a whole phone number, not the beginning of one.")
    raise ValidationError(
        _("“%(digits)s” is not the beginning of a phone number in %(region)s.") % {"digits": digits, "region": region}
    )


def _parse(typed: str, region: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        return None


def _is_possible(number: phonenumbers.PhoneNumber) -> bool:
    return phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
