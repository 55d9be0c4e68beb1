"""The working days of a workspace: those of its country, without public holidays (library `holidays`).

The country is the workspace's own choice or its phone region. Where the library does not know it, Monday to Friday are
working days.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache

import holidays
from babel import Locale
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _
from holidays.registry import COUNTRIES

from markets.models import Workspace

A_DAY = timedelta(days=1)
LONGEST_BREAK = 60
"""A search for a working day ends after so many days; no calendar has a longer break."""


HOLIDAYS = [
    *(_("New Year's Day"), _("Martin Luther King Jr. Day"), _("Washington's Birthday"), _("Memorial Day")),
    *(_("Juneteenth National Independence Day"), _("Independence Day"), _("Labor Day"), _("Columbus Day")),
    *(_("Veterans Day"), _("Thanksgiving Day"), _("Christmas Day"), _("Boxing Day"), _("Good Friday")),
    *(_("Easter Monday"), _("May Day"), _("Spring Bank Holiday"), _("August Bank Holiday"), _("Canada Day")),
    *(_("May Bank Holiday"), _("June Bank Holiday"), _("October Bank Holiday"), _("Saint Patrick's Day")),
    *(_("Saint Stephen's Day"), _("Saint Brigid's Day"), _("ANZAC Day"), _("Australia Day"), _("observed")),
]
"""Names that the library has in English only, for the catalogue."""


@cache
def countries() -> dict[str, str]:
    """The names of the supported countries by their two-letter codes, in the order of the names."""
    names = {codes[1]: _title(key) for key, codes in COUNTRIES.items()}
    return dict(sorted(names.items(), key=lambda item: item[1]))


def country_names() -> dict[str, str]:
    """The same in the language of the page."""
    language = (get_language() or "en")[:2]
    if language == "en":
        return countries()
    translated = Locale(language).territories
    names = {code: translated.get(code, name) for code, name in countries().items()}
    return dict(sorted(names.items(), key=lambda item: unicodedata.normalize("NFKD", item[1])))


def _title(key: str) -> str:
    return " ".join(word if word in ("of", "and", "the") else word.capitalize() for word in key.split("_"))


@cache
def regions(country: str) -> dict[str, str]:
    """The codes of a country's regions, by code and by name, in lower case. Empty for a country that is not known."""
    if country not in countries():
        return {}
    known = holidays.country_holidays(country)
    names = {name: code for code, aliases in known.get_subdivision_aliases().items() for name in aliases}
    codes = {code: code for code in known.subdivisions}
    return {text.lower(): code for text, code in (names | codes).items()}


@lru_cache(maxsize=500)
def _days_off(country: str, region: str, year: int, language: str = "en_US") -> dict[date, str]:
    """The days of a year that are no working days, with the name of the holiday, if it is one."""
    first = date(year, 1, 1)
    days = (first + timedelta(days=number) for number in range((date(year, 12, 31) - first).days + 1))
    if country not in countries():
        return {day: "" for day in days if day.weekday() >= 5}
    known = holidays.country_holidays(country, subdiv=region or None, years=year, language=language)
    return {day: known.get(day, "") for day in days if not known.is_working_day(day)}


def _in_words(name: str) -> str:
    """`Christmas Day (observed)` in the language of the page. Of two holidays on a day each is named."""
    parts = re.split(r"( \(|\)|; )", name)
    return "".join(gettext(part) if place % 2 == 0 and part else part for place, part in enumerate(parts))


def _language_of(country: str) -> str:
    language = get_language() or "en"
    is_known = country in countries() and language in holidays.country_holidays(country).supported_languages
    return language if is_known else "en_US"


@dataclass(frozen=True)
class WorkingDays:
    country: str
    region: str = ""

    def includes(self, day: date) -> bool:
        return day not in _days_off(self.country, self.region, day.year)

    def holidays(self, first: date, last: date) -> list[tuple[date, str]]:
        """The public holidays from `first` to `last` that are not on a weekend, with their names: in the language of
        the page, if the library knows them."""
        language = _language_of(self.country)
        years = range(first.year, last.year + 1)
        days_off = [each for year in years for each in _days_off(self.country, self.region, year, language).items()]
        return [(day, _in_words(name)) for day, name in days_off if name and first <= day <= last and day.weekday() < 5]

    def following(self, day: date) -> Iterator[date]:
        """The working days after `day`, without end."""
        while True:
            for _turn in range(LONGEST_BREAK):
                day += A_DAY
                if self.includes(day):
                    break
            yield day

    def next(self, day: date) -> date:
        """The first working day after `day`."""
        return next(self.following(day))

    def last(self, count: int, before: date) -> list[date]:
        """The newest `count` working days before a day, oldest first."""
        days: list[date] = []
        day = before
        for _turn in range(count * LONGEST_BREAK):
            day -= A_DAY
            if self.includes(day):
                days.append(day)
            if len(days) == count:
                break
        return days[::-1]

    def count(self, first: date, last: date) -> int:
        """The number of working days from `first` to `last`, both included."""
        return sum(self.includes(first + timedelta(days=number)) for number in range((last - first).days + 1))


def working_days(workspace: Workspace) -> WorkingDays:
    country = workspace.holiday_country or workspace.phone_region
    return WorkingDays(country, regions(country).get(workspace.holiday_region.lower(), ""))
