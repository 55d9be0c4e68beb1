"""What the template of a report needs to show a document."""

from collections.abc import Collection
from datetime import date, datetime

from django import template
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from config.ui.formats import number, percent
from signals.report.presentation import MOST_SHOWN, UNKNOWN, Shown, present
from signals.report.shape import Document, LeftGroup, Measure, Metric, Person
from signals.report.words import full_day, interval, meeting_status

register = template.Library()
register.filter(meeting_status)

FIRST_OPEN, MOST_OPEN = 10, 15
"""A list of more than the second number of rows folds after the first."""


@register.simple_tag(name="present")
def present_tag(document: Document, sections: Collection[str], shows_people: bool) -> Shown:
    return present(document, sections, shows_people=bool(shows_people))


@register.filter
def person(shown: Shown, key: int) -> Person:
    """The name, firm and title of somebody in a document."""
    return shown.people.get(key, UNKNOWN)


@register.filter
def frozen_day(text: str | None) -> str:
    """`12 Jan 2026` from an ISO date or moment; moments in the current time zone."""
    if not text:
        return ""
    return full_day(date.fromisoformat(text) if len(text) == 10 else localtime(datetime.fromisoformat(text)).date())


@register.filter
def frozen_moment(text: str | None) -> str:
    """`12 Jan 2026, 14:02` from an ISO moment."""
    return f"{frozen_day(text)}, {localtime(datetime.fromisoformat(text)):%H:%M}" if text else ""


@register.filter
def shown_value(row: Metric, measure: Measure) -> str:
    """`120`, or `23.3 %` for a rate; a dash where there is nothing to divide by."""
    value = measure["value"]
    return percent(value) if row["is_rate"] else number(value)


@register.filter
def note_of(row: Metric, measure: Measure) -> str:
    """The fraction and 95 % interval of a measure, and whether it is of few calls or conversations."""
    is_few = measure["is_few"] and measure["denominator"]
    few = {"connection_rate": _("few calls"), "meetings_booked": _("few conversations")}.get(
        row["name"], _("few people")
    )
    parts = (measure["note"], interval(measure["low"], measure["high"]), few if is_few else "")
    return " · ".join(filter(None, parts))


@register.filter
def shortened[Row](rows: list[Row]) -> list[Row]:
    """The rows of a list that a page shows."""
    return rows[:MOST_SHOWN]


@register.filter
def leading[Row](rows: list[Row]) -> list[Row]:
    """The rows of a list that stand open on a page. Few rows are not folded away."""
    return shortened(rows) if len(rows) <= MOST_OPEN else rows[:FIRST_OPEN]


@register.filter
def folded[Row](rows: list[Row]) -> list[Row]:
    """The rows of a list that a click opens."""
    return shortened(rows)[len(leading(rows)) :]


@register.filter
def beyond(total: int) -> int:
    """How many rows of a list a page leaves out."""
    return max(total - MOST_SHOWN, 0)


@register.filter
def measures(row: Metric) -> list[Measure]:
    """The campaign's measure and that of the others, for the cells of a row."""
    return [row["own"], *([row["others"]] if row["others"] else [])]


@register.filter
def share_of(count: int, whole: int) -> float | None:
    return count / whole if whole else None


@register.filter
def label_of(groups: list[LeftGroup], reason: str) -> str:
    return next((group["label"] for group in groups if group["reason"] == reason), "")


@register.filter
def city(timezone: str) -> str:
    """`New York` of `America/New_York`."""
    return timezone.rpartition("/")[2].replace("_", " ")
