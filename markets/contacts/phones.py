"""Normalises phone numbers to E.164 with the phonenumbers library, and a fast path for common formats."""

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from django.core.exceptions import ValidationError
from phonenumbers.phonemetadata import PhoneMetadata

SCIENTIFIC_NOTATION = re.compile(r"^\d([.,]\d+)?E\+\d+$", re.IGNORECASE)
COMMON_FORMAT = re.compile(r"\+?[0-9(][0-9 ().-]{5,22}[0-9]")
SEPARATORS = str.maketrans("", "", " ().-")


def to_e164(typed: str, region: str) -> str:
    """The number in E.164. `region` is the country of numbers without a country code. Raises ValidationError."""
    return _parse_common(typed, region) or _parse_with_library(typed, region)


def _parse_with_library(typed: str, region: str) -> str:
    if SCIENTIFIC_NOTATION.match(typed.strip()):
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


@dataclass(frozen=True)
class NumberingPlan:
    """The part of a country's numbering plan that decides unambiguous numbers."""

    code: str
    prefixes: tuple[str, ...]
    """National (trunk) prefixes, which are dialled but not part of the number."""
    lengths: frozenset[int]
    international_prefix: re.Pattern[str]

    def e164(self, national: str) -> str:
        """Empty if the first digits might be a prefix or country code."""
        if len(national) not in self.lengths or national[0] in "01" or national.startswith(self.code):
            return ""
        if national.startswith(self.prefixes):
            return ""
        return f"+{self.code}{national}"


def _parse_common(typed: str, region: str) -> str:
    """Handles unambiguous numbers; empty for all others. The library takes 50 microseconds a number, too slow for a
    million rows. tests/markets/contacts/test_phones.py compares the two for every country."""
    if not COMMON_FORMAT.fullmatch(typed):
        return ""
    digits = typed.translate(SEPARATORS)
    if digits[0] == "+":
        for length in (1, 2, 3):
            if plan := _plan_for_code(digits[1 : 1 + length]):
                return plan.e164(digits[1 + length :])
        return ""
    plan = _plan_for_region(region)
    if plan is None or plan.international_prefix.match(digits):
        return ""
    prefix = next(filter(digits.startswith, plan.prefixes), "")
    return plan.e164(digits[len(prefix) :])


@lru_cache(maxsize=1000)
def _plan_for_code(code: str) -> NumberingPlan | None:
    if not code.isdigit() or int(code) not in phonenumbers.COUNTRY_CODE_TO_REGION_CODE or code.startswith("0"):
        return None
    return _plan_for_region(phonenumbers.region_code_for_country_code(int(code)))


@lru_cache(maxsize=400)
def _plan_for_region(region: str) -> NumberingPlan | None:
    """None for a country whose numbers cannot be decided by prefix and length."""
    metadata = PhoneMetadata.metadata_for_region(region, None)
    if metadata is None or metadata.national_prefix_transform_rule:
        return None
    prefixes = tuple(filter(None, (metadata.national_prefix_for_parsing or "").split("|")))
    if not all(prefix.isdigit() for prefix in prefixes):
        return None
    lengths = frozenset(metadata.general_desc.possible_length if metadata.general_desc else ())
    return NumberingPlan(
        str(metadata.country_code), prefixes, lengths, re.compile(metadata.international_prefix or "00")
    )
