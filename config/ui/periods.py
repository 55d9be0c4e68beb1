"""The stretch of days that a page is asked for: `?period=quarter`, or `?from=2026-01-01&to=2026-03-31`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import parse_qsl, urlencode

from django.db.models import Q
from django.utils.dateparse import parse_date

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
"""No page is asked for days outside these; beyond them the arithmetic of dates ends."""


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, both included; None is without end."""

    first: date | None = None
    last: date | None = None

    def over(self, field: str) -> Q:
        """The condition that a date field lies in the period."""
        condition = Q(**{f"{field}__gte": self.first}) if self.first else Q()
        return condition & Q(**{f"{field}__lte": self.last}) if self.last else condition

    def before(self) -> "Period | None":
        """The period of the same length that ends the day before this one, or None without both ends."""
        if not (self.first and self.last):
            return None
        length = self.last - self.first
        return Period(self.first - timedelta(days=1) - length, self.first - timedelta(days=1))

    def parameters(self) -> dict[str, str]:
        """As `from` and `to` of a link."""
        days = {"from": self.first, "to": self.last}
        return {name: day.isoformat() for name, day in days.items() if day}


ALL_TIME = Period()


@dataclass(frozen=True)
class PeriodChoice:
    """What was asked for, in words, with the other choices for the page's period control."""

    period: Period
    name: str
    label: str
    problem: str = ""
    parameters: str = ""
    others: str = ""
    """What else the page was asked for, which a change of the period keeps."""

    @property
    def asked(self) -> dict[str, str]:
        """What a form on the page sends along, so that the period stays."""
        return dict(parse_qsl(self.parameters))

    @property
    def options(self) -> list[tuple[str, str]]:
        return list(PRESETS.items())


PRESETS = {"30d": "30 days", "quarter": "Quarter", "year": "Year", "all": "All time"}


def choose_period(query: Mapping[str, str], today: date, default: str = "all") -> PeriodChoice:
    """The period of a page's query. What cannot be read leaves the default and says so in `problem`."""
    kept = {key: value for key, value in query.items() if key not in ("period", "from", "to", "page", "_export")}
    return replace(_chosen(query, today, default), others=urlencode(kept))


def _chosen(query: Mapping[str, str], today: date, default: str) -> PeriodChoice:
    if query.get("from") or query.get("to"):
        return _custom(query, today, default)
    name = query.get("period") or default
    if name not in PRESETS:
        problem = f"There is no period “{name[:40]}”; choose one of {', '.join(PRESETS)}, or give from and to."
        return _preset(default, today, problem)
    return _preset(name, today)


def _preset(name: str, today: date, problem: str = "") -> PeriodChoice:
    first = {
        "30d": today - timedelta(days=29),
        "quarter": date(today.year, 3 * ((today.month - 1) // 3) + 1, 1),
        "year": date(today.year, 1, 1),
    }.get(name)
    period = Period(first, today) if first else ALL_TIME
    return PeriodChoice(period, name, PRESETS[name], problem, urlencode({"period": name}))


def _custom(query: Mapping[str, str], today: date, default: str) -> PeriodChoice:
    days: dict[str, date | None] = {"from": None, "to": None}
    for name in days:
        text = query.get(name) or ""
        try:
            days[name] = parse_date(text) if text else None
        except ValueError:
            pass
        found = days[name]
        if text and not (found and FIRST_DAY <= found <= LAST_DAY):
            return _preset(default, today, f"“{text[:40]}” is not a day for “{name}”; write it like 2026-01-31.")
    period = Period(days["from"], days["to"])
    if period.first and period.last and period.first > period.last:
        return _preset(default, today, f"The period ends ({period.last}) before it starts ({period.first}).")
    label = f"{period.first or 'the beginning'} to {period.last or 'today'}"
    return PeriodChoice(period, "custom", label, "", urlencode(period.parameters()))
