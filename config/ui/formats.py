"""Template filters that format values. They are built-ins, so templates need no {% load %}."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.formats import get_format
from django.utils.safestring import SafeString
from django.utils.timezone import now
from django.utils.translation import get_language, gettext

from config.ui import dates
from config.ui.browsers import browser_name
from config.ui.dates import day as day
from config.ui.dates import moment as moment

CAPITAL_NOUNS = ("de",)
register = template.Library()
for date_filter in (
    *(dates.day, dates.full_day, dates.long_day, dates.month),
    *(dates.moment, dates.full_moment, dates.long_moment, dates.moment_and_weekday),
    *(dates.weekday, dates.short_weekday),
):
    register.filter(date_filter)


@register.simple_tag
def version() -> str:
    return settings.VERSION


@register.simple_tag
def printed_at() -> str:
    return dates.long_moment(now())


register.filter("browser", browser_name)


@register.filter
def translated(text: object) -> str:
    """A text that the database holds in English and the code marks with gettext_noop, in the language of the page."""
    return gettext(str(text)) if text else ""


def in_language(figures: str) -> str:
    """A number written in English, with the separators of the page's language: `1.204,5` of `1,204.5` in German."""
    language = get_language()
    return figures if language in (None, "en") else figures.translate(_separators(language))


@cache
def _separators(language: str) -> dict[int, str]:
    return {
        ord(","): str(get_format("THOUSAND_SEPARATOR", language)),
        ord("."): str(get_format("DECIMAL_SEPARATOR", language)),
    }


@register.filter
def number(value: float | None, digits: int | None = None) -> str:
    """1204 as `1,204`, with so many decimals if the value is no whole number; nothing for None."""
    if value is None:
        return ""
    return in_language(f"{value:,}" if digits is None else f"{value:,.{digits}f}")


def signed(value: float) -> str:
    """A change: `+12` or `-3`."""
    return in_language(f"{value:+,}")


@register.filter
def percent(value: float | None) -> str:
    """A rate from 0 to 1 as `23.3 %`; a dash where there is nothing to divide by."""
    return "–" if value is None else in_language(f"{100 * value:.1f} %")


@register.filter
def in_sentence(label: object) -> str:
    """A label within a sentence: in small letters, except where nouns are capital."""
    return str(label) if get_language() in CAPITAL_NOUNS else str(label).lower()


@register.filter
def exact(value: object) -> str:
    """The unrounded value for `value` attributes; empty for None."""
    return "" if value is None else repr(value)


@register.filter
def moment_markup(value: datetime | None) -> str:
    """Renders components/moment.html for use within a sentence; empty for None."""
    return SafeString(render_to_string("components/moment.html", {"at": value}).strip()) if value else ""


@register.filter
def in_words(value: object) -> str:
    """A stored value of any type: days and moments as on other pages, yes or no, and what a list or mapping has."""
    match value:
        case bool():
            return gettext("Yes") if value else gettext("No")
        case datetime():
            return dates.full_moment(value)
        case date():
            return dates.full_day(value)
        case list() | tuple():
            return ", ".join(map(in_words, value))
        case dict():
            return ", ".join(f"{name}: {in_words(each)}" for name, each in value.items())
    return str(value)


@register.filter
def duration(seconds: int | None) -> str:
    """Talk time as `4:07`, or as `1:04:07` from an hour up."""
    if seconds is None:
        return ""
    hours, minutes = divmod(seconds // 60, 60)
    return f"{number(hours)}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"


@register.filter
def get(mapping: Mapping[object, object], key: object) -> object:
    """The value of a key that is in a variable."""
    return mapping.get(key) if hasattr(mapping, "get") else mapping[key]
