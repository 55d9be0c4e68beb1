"""Phone numbers: what was typed, the parts that the phonenumbers library reads in it, and whether it can be called."""

import re
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from phonenumbers import NumberParseException, PhoneNumberType, ValidationResult

from markets.contacts.numbering_plans import common_e164

MAX_EXTENSION = 11
MAX_SERVICE_NUMBER = 4
"""Longer ones are not told from the beginning of a person's number."""
SCIENTIFIC_NOTATION = re.compile(r"\d([.,]\d+)?E\+?\d+", re.IGNORECASE)
QUOTED = re.compile(r"=?\s*[\"“”'](.*)[\"“”']")
FLOAT = re.compile(r"(\d{7,})[.,]0+")
THOUSANDS = re.compile(r"\d{1,3}(,\d{3}){2,}")
NEGATIVE = re.compile(r"[-\u2212](\d{7,})")
SCHEME = re.compile(r"(tel|callto|phone|sms):(//)?", re.IGNORECASE)
LABELS = (
    r"(?:tel|telephone|telefon|téléphone|tél|teléfono|phone|ph|mobile|mobil|móvil|handy|mob|cell|office|work|"
    r"business|direct|home|main|hq|private|privat|büro|bureau|[tmodcwhp])"
)
LABEL_BEFORE = re.compile(rf"^\(?{LABELS}\b\.?\)?\s*[:.]?\s*(?=[+(\d])", re.IGNORECASE)
LABEL_AFTER = re.compile(rf"\s*[(\[]?\b{LABELS}\.?[)\]]?$", re.IGNORECASE)
MASKED = re.compile(r"[xX]{2,}|[*_•?…]+|#{2,}|\.{3,}")
EXTENSION = re.compile(
    r"[\s,;/]*(?:(?:;\s*ext\s*=|\b(?:extension|extn|ext|xtn|durchwahl|dw|klappe|kl|poste|interno|int|anexo|доб)\b[.:]?"
    r"|(?<![a-z])(?:extension|extn|ext|x)[.:]?|#|,{2,})\s*#?\s*)(\d{1,11})\s*#?\s*\)?$",
    re.IGNORECASE,
)
VANITY = re.compile(r"\+?[0-9(][0-9() .-]*[0-9)][ .-]?[A-Z][A-Z0-9 .-]*", re.IGNORECASE)
VANITY_TYPES = (PhoneNumberType.TOLL_FREE, PhoneNumberType.SHARED_COST, PhoneNumberType.PREMIUM_RATE)


class Validity(StrEnum):
    VALID = "valid"
    POSSIBLE = "possible"
    """It has a possible length, but its country has no such number."""
    NOT_A_NUMBER = "not a number"


class PhoneProblem(TextChoices):
    """Why a phone as typed cannot be called, as stored with the contact."""

    MASKED = "masked", _("Digits hidden")
    REPEATED = "repeated", _("Placeholder")
    NO_AREA_CODE = "no_area_code", _("Area code missing")
    SHORT_NUMBER = "short_number", _("Emergency or service number")
    TOO_SHORT = "too_short", _("Too short")
    TOO_LONG = "too_long", _("Too long")
    INVALID = "invalid", _("No such number in its country")
    ROUNDED = "rounded", _("Rounded by a spreadsheet")
    LETTERS = "letters", _("Letters")
    NOT_A_NUMBER = "not_a_number", _("Not a number")

    @property
    def sentence(self) -> str:
        return str(SENTENCES[self])


SENTENCES = {
    PhoneProblem.MASKED: _("Some of its digits are hidden. Ask for the whole number."),
    PhoneProblem.REPEATED: _("All its digits are the same, as in a placeholder."),
    PhoneProblem.NO_AREA_CODE: _("The area code is missing."),
    PhoneProblem.SHORT_NUMBER: _("It is an emergency or service number, not a person's."),
    PhoneProblem.TOO_SHORT: _("It has too few digits."),
    PhoneProblem.TOO_LONG: _("It has too many digits."),
    PhoneProblem.INVALID: _("Its country has no such number. Check the digits and the country code."),
    PhoneProblem.ROUNDED: _("It was rounded by a spreadsheet. Format the column as text and export it again."),
    PhoneProblem.LETTERS: _("It contains letters."),
    PhoneProblem.NOT_A_NUMBER: _("It is not a phone number."),
}


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A phone number as typed, and what it means."""

    typed: str
    country_code: int = 0
    national_number: str = ""
    extension: str = ""
    validity: Validity = Validity.NOT_A_NUMBER
    problem: PhoneProblem | None = None
    """None if it is valid."""

    @property
    def e164(self) -> str:
        """Empty unless the number is valid."""
        return self._digits if self.validity == Validity.VALID else ""

    @property
    def possible_e164(self) -> str:
        """Also for a number that its country has not assigned, as do-not-call lists contain."""
        return "" if self.validity == Validity.NOT_A_NUMBER else self._digits

    @property
    def link(self) -> str:
        """A tel: URL; a phone dials the extension after the number."""
        return tel_url(self.e164, self.extension)

    @property
    def _digits(self) -> str:
        return f"+{self.country_code}{self.national_number}"


def tel_url(e164: str, extension: str = "") -> str:
    return f"tel:{e164}" + (f";ext={extension}" if extension else "")


def parse_phone(typed: str, region: str) -> PhoneNumber:
    """`region` is the country of numbers without a country code."""
    if e164 := common_e164(typed, region):
        number = phonenumbers.parse(e164)
        return PhoneNumber(typed, number.country_code or 0, _national(number), "", Validity.VALID)
    return parse_unusual_phone(typed, region)


def parse_unusual_phone(typed: str, region: str) -> PhoneNumber:
    """Parses what `common_e164` does not decide, with the library."""
    text = _undo_spreadsheet(typed.strip())
    if SCIENTIFIC_NOTATION.fullmatch(text):
        return PhoneNumber(typed, problem=PhoneProblem.ROUNDED)
    text = LABEL_AFTER.sub("", LABEL_BEFORE.sub("", SCHEME.sub("", text, count=1), count=1))
    if MASKED.search(text):
        return PhoneNumber(typed, problem=PhoneProblem.MASKED)
    text, extension = _split_extension(text)
    if any(map(str.isalpha, text)):
        return _parse_vanity(typed, text, region, extension)
    readings = [_read(typed, each, region, extension) for each in _spellings(text)]
    return next((each for each in readings if each.validity == Validity.VALID), readings[0])


def to_e164(typed: str, region: str) -> str:
    """The number in E.164, valid or only possible: for comparing it, as with a do-not-call list. To call a number it
    must be valid (`PhoneNumber.e164`). Raises ValidationError."""
    if e164 := common_e164(typed, region):
        return e164
    number = parse_unusual_phone(typed, region)
    if not number.possible_e164:
        raise ValidationError(phone_error(number))
    return number.possible_e164


def phone_error(number: PhoneNumber) -> str:
    """A sentence that says why the number cannot be called."""
    reason = number.problem.sentence if number.problem else ""
    sentence = gettext("“%(number)s” is not a phone number that can be called.") % {"number": number.typed[:80]}
    return f"{sentence} {reason}".strip()


def _undo_spreadsheet(text: str) -> str:
    """Removes what spreadsheets add to a number: formula quotes, an apostrophe, decimals, thousands, a minus."""
    if match := QUOTED.fullmatch(text):
        text = match[1].strip()
    text = text.removeprefix("'").strip()
    if THOUSANDS.fullmatch(text):
        return text.replace(",", "")
    for pattern in (FLOAT, NEGATIVE):
        if match := pattern.fullmatch(text):
            return match[1]
    return text


def _split_extension(text: str) -> tuple[str, str]:
    match = EXTENSION.search(text)
    if match and sum(map(str.isdigit, text[: match.start()])) >= 6:
        return text[: match.start()].rstrip(" ,;(/"), match[1]
    return text, ""


def _spellings(text: str) -> list[str]:
    """The text and, if it begins with 00, the same as an international number, which is meant in most countries."""
    return [text, f"+{text[2:]}"] if text.startswith("00") and text[2:3] != "0" else [text]


def _parse_vanity(typed: str, text: str, region: str, extension: str) -> PhoneNumber:
    """Letters are keypad letters only in numbers such as 1-800-FLOWERS, never in a person's own."""
    if VANITY.fullmatch(text):
        number = _read(typed, phonenumbers.convert_alpha_characters_in_number(text), region, extension)
        if number.e164 and phonenumbers.number_type(phonenumbers.parse(number.e164)) in VANITY_TYPES:
            return number
    problem = PhoneProblem.LETTERS if any(map(str.isdigit, text)) else PhoneProblem.NOT_A_NUMBER
    return PhoneNumber(typed, problem=problem)


def _read(typed: str, text: str, region: str, extension: str) -> PhoneNumber:
    if problem := _short_number(text, region):
        return PhoneNumber(typed, problem=problem)
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException as error:
        default = PhoneProblem.TOO_SHORT if any(map(str.isdigit, text)) else PhoneProblem.NOT_A_NUMBER
        return PhoneNumber(typed, problem=PARSE_PROBLEMS.get(error.error_type, default))
    national = _national(number)
    extension = extension or (number.extension or "")[:MAX_EXTENSION]
    if len(national) > MAX_SERVICE_NUMBER and len(set(national)) == 1:
        return PhoneNumber(typed, problem=PhoneProblem.REPEATED)
    possible = phonenumbers.is_possible_number_with_reason(number)
    if phonenumbers.is_valid_number(number):
        return PhoneNumber(typed, number.country_code or 0, national, extension, Validity.VALID)
    problem = LENGTH_PROBLEMS.get(possible, PhoneProblem.INVALID)
    validity = Validity.POSSIBLE if possible == ValidationResult.IS_POSSIBLE else Validity.NOT_A_NUMBER
    return PhoneNumber(typed, number.country_code or 0, national, extension, validity, problem)


def _short_number(text: str, region: str) -> PhoneProblem | None:
    digits = "".join(str(int(char)) for char in text if char.isdecimal())
    if not 1 < len(digits) <= MAX_SERVICE_NUMBER or "+" in text:
        return None
    if phonenumbers.is_emergency_number(digits, region):
        return PhoneProblem.SHORT_NUMBER
    number = phonenumbers.parse(digits, region)
    return PhoneProblem.SHORT_NUMBER if phonenumbers.is_valid_short_number_for_region(number, region) else None


def _national(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.national_significant_number(number)


LENGTH_PROBLEMS = {
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: PhoneProblem.NO_AREA_CODE,
    ValidationResult.TOO_SHORT: PhoneProblem.TOO_SHORT,
    ValidationResult.TOO_LONG: PhoneProblem.TOO_LONG,
}
PARSE_PROBLEMS = {
    NumberParseException.INVALID_COUNTRY_CODE: PhoneProblem.INVALID,
    NumberParseException.TOO_SHORT_AFTER_IDD: PhoneProblem.TOO_SHORT,
    NumberParseException.TOO_SHORT_NSN: PhoneProblem.TOO_SHORT,
    NumberParseException.TOO_LONG: PhoneProblem.TOO_LONG,
}
