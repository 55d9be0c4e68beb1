"""Template filters that format values. They are built-ins, so templates need no {% load %}."""

from collections.abc import Mapping
from datetime import date, datetime

from django import template
from django.conf import settings
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext

from config.ui.browsers import browser_name

register = template.Library()


@register.simple_tag
def version() -> str:
    return settings.VERSION


register.filter("browser", browser_name)


@register.filter
def translated(text: object) -> str:
    """A text that the database holds in English and the code marks with gettext_noop, in the language of the page."""
    return gettext(str(text)) if text else ""


@register.filter
def number(value: int | None) -> str:
    """1204 as `1,204`; nothing for None."""
    return "" if value is None else f"{value:,}"


@register.filter
def percent(value: float | None) -> str:
    """A rate from 0 to 1 as `23.3 %`; a dash where there is nothing to divide by."""
    return "–" if value is None else f"{100 * value:.1f} %"


@register.filter
def exact(value: object) -> str:
    """The unrounded value for `value` attributes; empty for None."""
    return "" if value is None else repr(value)


@register.filter
def day(value: date | None) -> str:
    """`12 Jan`, or `12 Jan 2025` for another year than the current one."""
    if value is None:
        return ""
    text = f"{value.day} {value:%b}"
    return text if value.year == localdate().year else f"{text} {value.year}"


@register.filter
def moment(value: datetime | None) -> str:
    """`12 Jan, 14:02` in the current time zone."""
    return "" if value is None else f"{day(localtime(value).date())}, {localtime(value):%H:%M}"


@register.filter
def duration(seconds: int | None) -> str:
    """Talk time as `4:07`, or as `1:04:07` from an hour up."""
    if seconds is None:
        return ""
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours:,}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"


@register.filter
def get(mapping: Mapping[object, object], key: object) -> object:
    """The value of a key that is in a variable."""
    return mapping.get(key) if hasattr(mapping, "get") else mapping[key]
