"""Joins a country code and an area code from columns of their own with the number they belong to."""

from functools import lru_cache

import phonenumbers

LONGEST_LOCAL_NUMBER = 8
"""Digits of the longest number without its area code; a longer one has it already."""


def join_number(number: str, *, country_code: str = "", area_code: str = "") -> str:
    """The number as one text, as typed if it has the codes already or does not begin like a number."""
    text = number.strip()
    if not text or not (text[0].isdigit() or text[0] == "(") or text.startswith("00"):
        return number
    if area_code and sum(map(str.isdigit, text)) <= LONGEST_LOCAL_NUMBER:
        text = f"{area_code.strip()} {text}"
    if country_code and (code := calling_code(country_code)):
        text = f"+{code} {text}"
    return text


@lru_cache(maxsize=1000)
def calling_code(text: str) -> str:
    """The digits of a calling code such as “44”, “+44” or “0044”, or of the country “GB”. Empty if it is neither."""
    text = text.strip().removesuffix(".0")
    if len(text) == 2 and text.isalpha():
        code = phonenumbers.country_code_for_region(text.upper())
    else:
        digits = text.lstrip("+0")
        code = int(digits) if digits.isdecimal() and len(digits) <= 3 else 0
    return str(code) if code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE else ""
