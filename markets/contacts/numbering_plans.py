"""Decides common formats of phone numbers from the patterns of the phonenumbers library, in a fraction of its time.

The library takes 50 microseconds a number, too slow for a million rows. tests/markets/contacts/test_phones.py compares
the two for every country.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers.phonemetadata import PhoneMetadata, PhoneNumberDesc

COMMON_FORMAT = re.compile(r"\+?[0-9(][0-9 ().-]{5,22}[0-9]")
SEPARATORS = str.maketrans("", "", " ().-")


class _Pattern(NamedTuple):
    lengths: frozenset[int]
    """Empty if every length is possible."""
    digits: re.Pattern[str]

    def matches(self, national: str) -> bool:
        return (not self.lengths or len(national) in self.lengths) and bool(self.digits.fullmatch(national))


@dataclass(frozen=True)
class _Region:
    """The valid numbers of one of the regions that share a country code."""

    leading_digits: re.Pattern[str] | None
    general: _Pattern
    kinds: tuple[_Pattern, ...]

    def is_valid(self, national: str) -> bool:
        return self.general.matches(national) and any(kind.matches(national) for kind in self.kinds)


@dataclass(frozen=True)
class NumberingPlan:
    """The part of a country's numbering plan that decides unambiguous numbers."""

    code: str
    prefixes: tuple[str, ...]
    """National (trunk) prefixes, which are dialled but not part of the number."""
    international_prefix: re.Pattern[str]
    regions: tuple[_Region, ...]

    def e164(self, national: str) -> str:
        """Empty if the number is not valid, or if its first digits might be a prefix or country code."""
        if not national or national[0] in "01" or national.startswith(self.code):
            return ""
        if national.startswith(self.prefixes) or national == national[0] * len(national):
            return ""
        return f"+{self.code}{national}" if self._is_valid(national) else ""

    def _is_valid(self, national: str) -> bool:
        """The answer of phonenumbers.is_valid_number: the first region with these leading digits decides."""
        for region in self.regions:
            if region.leading_digits:
                if region.leading_digits.match(national):
                    return region.is_valid(national)
            elif region.is_valid(national):
                return True
        return False


def common_e164(typed: str, region: str) -> str:
    """The number in E.164 if it is valid and written in a common format; empty for all others."""
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
    """None for a country whose numbers cannot be decided by their prefix."""
    metadata = PhoneMetadata.metadata_for_region(region, None)
    if metadata is None or metadata.national_prefix_transform_rule:
        return None
    prefixes = tuple(filter(None, (metadata.national_prefix_for_parsing or "").split("|")))
    if not all(prefix.isdigit() for prefix in prefixes):
        return None
    sharing = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[metadata.country_code or 0]
    return NumberingPlan(
        str(metadata.country_code),
        prefixes,
        re.compile(metadata.international_prefix or "00"),
        tuple(_region(metadata) for name in sharing if (metadata := PhoneMetadata.metadata_for_region(name, None))),
    )


def _region(metadata: PhoneMetadata) -> _Region:
    kinds = (
        *(metadata.fixed_line, metadata.mobile, metadata.toll_free, metadata.premium_rate, metadata.shared_cost),
        *(metadata.voip, metadata.personal_number, metadata.pager, metadata.uan, metadata.voicemail),
    )
    return _Region(
        re.compile(metadata.leading_digits) if metadata.leading_digits else None,
        _pattern(metadata.general_desc) or _Pattern(frozenset(), re.compile("(?!)")),
        tuple(pattern for kind in kinds if (pattern := _pattern(kind))),
    )


def _pattern(desc: PhoneNumberDesc | None) -> _Pattern | None:
    if desc is None or desc.national_number_pattern is None:
        return None
    return _Pattern(frozenset(desc.possible_length), re.compile(desc.national_number_pattern))
