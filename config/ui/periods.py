"""The period of a page: `?period=quarter`, or `?from=2026-01-01&to=2026-03-31`.

`?as_of=2026-03-31` shows what was known at the end of a past day. Preset periods then end on that day.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from urllib.parse import parse_qsl, urlencode

from django.db.models import Q
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from config.ui.dates import day
from config.ui.formats import number

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
"""Days outside these are refused, because date arithmetic would overflow near the limits of `date`."""


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, both included; None is unbounded.

    `as_of` restricts the data to what was known at the end of that day; None is now.
    """

    first: date | None = None
    last: date | None = None
    as_of: date | None = None

    def over(self, field: str) -> Q:
        """The condition that a date field lies in the period."""
        condition = Q(**{f"{field}__gte": self.first}) if self.first else Q()
        return condition & Q(**{f"{field}__lte": self.last}) if self.last else condition

    def before(self) -> "Period | None":
        """The period of the same length that ends the day before this one, or None without both ends."""
        if not (self.first and self.last):
            return None
        length = self.last - self.first
        return replace(self, first=self.first - timedelta(days=1) - length, last=self.first - timedelta(days=1))

    def within(self, first: date, last: date) -> "Period":
        """The days of this period from `first` to `last`."""
        return replace(self, first=max(first, self.first or first), last=min(last, self.last or last))

    def with_as_of(self, as_of: date | None) -> "Period":
        """This period as of a past day, and without the days after it."""
        return replace(self, last=min(self.last or as_of, as_of), as_of=as_of) if as_of else self

    @property
    def all_days(self) -> "Period":
        """All days, as of the same day."""
        return Period(as_of=self.as_of)

    @property
    def as_of_params(self) -> dict[str, str]:
        """The query parameter `as_of`."""
        return {"as_of": self.as_of.isoformat()} if self.as_of else {}

    def parameters(self) -> dict[str, str]:
        """The query parameters `from`, `to` and `as_of`."""
        days = {"from": self.first, "to": self.last}
        return {name: day.isoformat() for name, day in days.items() if day} | self.as_of_params


ALL_TIME = Period()


@dataclass(frozen=True)
class PeriodChoice:
    """The chosen period and the other choices, for the period control of a page."""

    period: Period
    name: str
    label: str = ""
    problem: str = ""
    parameters: str = ""
    others: Mapping[str, str] = field(default_factory=dict)
    """The other query parameters, which a change of the period keeps."""
    as_of_now: Mapping[str, str] = field(default_factory=dict)
    """All query parameters except `as_of`."""
    today: date | None = None
    default: str = "all"
    """The preset that the page shows if none is chosen."""
    asked: tuple[date | None, date | None] = (None, None)
    """The days of a period given by `from` and `to`, as they were given."""

    @property
    def versus(self) -> str:
        """What changes are measured against, as in `vs previous 30 days`; empty without a period before."""
        if not (self.period.first and self.period.last):
            return ""
        days = (self.period.last - self.period.first).days + 1
        if days == 1:
            return _("vs the day before")
        return _("vs previous %(count)s days") % {"count": number(days)}

    @property
    def label_as_of(self) -> str:
        """The label, with the day as of which the page is shown."""
        if not self.period.as_of:
            return self.label
        return _("%(period)s as of %(day)s") % {"period": self.label, "day": day(self.period.as_of)}

    @property
    def hidden_inputs(self) -> dict[str, str]:
        """The parameters that a form on the page sends so that the period stays."""
        return {name: value for name, value in parse_qsl(self.parameters) if (name, value) != ("period", self.default)}

    @property
    def options(self) -> list[tuple[str, str, str]]:
        """The name, the label and the query string of each preset."""
        query = {**self.others, **self.period.as_of_params}
        return [(name, str(label), urlencode({**query, "period": name})) for name, label in PRESETS.items()]

    @property
    def as_of_now_query(self) -> str:
        """The query string of the same page as of now."""
        return urlencode(self.as_of_now)


PRESETS = {
    "30d": gettext_lazy("30 days"),
    "quarter": gettext_lazy("Quarter"),
    "year": gettext_lazy("Year"),
    "all": gettext_lazy("All time"),
}
CUSTOM = "custom"
"""The name of a period given by `from` and `to`."""


def choose_period(
    query: Mapping[str, str], today: date, default: str = "all", since: date | None = None
) -> PeriodChoice:
    """The period that the query of a page asks for. An invalid value gives the default period or now, and a `problem`.

    `since` is the first day with data.
    """
    as_of, problem = _as_of(query.get("as_of") or "", today)
    if as_of and since and as_of < since:
        sentence = _("On %(day)s this was not here yet: it was created on %(created)s. This is as of now.")
        as_of, problem = None, sentence % {"day": as_of, "created": since}
    last = as_of or today
    choice = _choose(query, last, default)
    if as_of and choice.period.first and choice.period.first > as_of:
        sentence = _("The period starts (%(first)s) after the day that it is asked as of (%(day)s).")
        choice = _preset(default, last, sentence % {"first": choice.period.first, "day": as_of})
    period = choice.period.with_as_of(as_of)
    preset = {} if choice.name == CUSTOM else {"period": choice.name}
    current = {key: value for key, value in query.items() if key not in ("as_of", "page", "_export")}
    return replace(
        choice,
        period=period,
        label=str(PRESETS[choice.name]) if choice.name in PRESETS else _span(period),
        problem=" ".join(filter(None, [problem, choice.problem])),
        parameters=urlencode({**preset, **(period.as_of_params if preset else period.parameters())}),
        others={key: value for key, value in current.items() if key not in ("period", "from", "to")},
        as_of_now=current,
        today=today,
        default=default,
        asked=(choice.period.first, choice.period.last),
    )


def _span(period: Period) -> str:
    """Between the days that an address asks for."""
    return _("%(first)s to %(last)s") % {
        "first": period.first or _("the beginning"),
        "last": period.last or pgettext("end of a period", "today"),
    }


def _as_of(text: str, today: date) -> tuple[date | None, str]:
    """The past day that the text names, or None for now or today, and a sentence about what is wrong with it."""
    if not text:
        return None, ""
    asked = _parse_day(text)
    if asked is None:
        sentence = _("“%(text)s” is not a day for “as of”; write it like 2026-01-31. This is as of now.")
        return None, sentence % {"text": text[:40]}
    if asked > today:
        sentence = _("The day %(day)s has not come; choose a past one for “as of”. This is as of now.")
        return None, sentence % {"day": asked}
    return (asked if asked < today else None), ""


def _parse_day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and FIRST_DAY <= day <= LAST_DAY else None


def _choose(query: Mapping[str, str], today: date, default: str) -> PeriodChoice:
    if query.get("from") or query.get("to"):
        return _custom(query, today, default)
    name = query.get("period") or default
    if name not in PRESETS:
        problem = _("There is no period “%(name)s”; choose one of %(names)s, or give from and to.")
        return _preset(default, today, problem % {"name": name[:40], "names": ", ".join(PRESETS)})
    return _preset(name, today)


def _preset(name: str, today: date, problem: str = "") -> PeriodChoice:
    first = {
        "30d": today - timedelta(days=29),
        "quarter": date(today.year, 3 * ((today.month - 1) // 3) + 1, 1),
        "year": date(today.year, 1, 1),
    }.get(name)
    return PeriodChoice(Period(first, today) if first else ALL_TIME, name, problem=problem)


def _custom(query: Mapping[str, str], today: date, default: str) -> PeriodChoice:
    days: dict[str, date | None] = {}
    for name in ("from", "to"):
        text = query.get(name) or ""
        days[name] = _parse_day(text)
        if text and not days[name]:
            problem = _("“%(text)s” is not a day for “%(name)s”; write it like 2026-01-31.")
            return _preset(default, today, problem % {"text": text[:40], "name": name})
    period = Period(days["from"], days["to"])
    if period.first and period.last and period.first > period.last:
        problem = _("The period ends (%(last)s) before it starts (%(first)s).")
        return _preset(default, today, problem % {"last": period.last, "first": period.first})
    return PeriodChoice(period, CUSTOM)
