"""Which pages there are to visit: all that tests.access_rows lists, and for lists each filter, sort and page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from urllib.parse import urlencode

from django import forms
from django.db.models import Count
from django.urls import reverse

from tests.access_rows import ROWS

FOR_TEXTS = {"q": ["ann", "smith partners", "xyzzyx"]}
MOST_CHOICES = 12
"""Of more choices only some are visited, spread evenly, with the first and the last."""


@dataclass(frozen=True)
class Visit:
    page: str
    role: str
    path: str
    query: tuple[tuple[str, str], ...] = ()

    @property
    def address(self) -> str:
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path

    @property
    def label(self) -> str:
        return f"{self.page} {urlencode(self.query)}".strip()

    def having(self, **query: str) -> "Visit":
        return Visit(self.page, self.role, self.path, tuple((dict(self.query) | query).items()))


def ids_of(workspace) -> dict[str, int]:
    """By the names in access_rows the row whose page costs most: the biggest of its kind."""
    biggest = workspace.campaigns.annotate(size=Count("members")).order_by("-size", "pk")
    campaign = biggest.filter(status="active").first() or biggest.first()
    by_calls = workspace.markets.order_by()
    market = campaign.market if campaign else by_calls.first()
    told = workspace.signals.order_by().values("contact").annotate(n=Count("pk")).order_by("-n", "contact").first()
    rows = {
        "market": market,
        "campaign": campaign,
        "coverage": workspace.campaigns.filter(kind="coverage").first(),
        "reported": workspace.campaigns.filter(reports__isnull=False).first(),
        "contact": workspace.contacts.filter(pk=told["contact"]).first() if told else workspace.contacts.first(),
        "duplicate": workspace.contacts.order_by("-pk").first(),
        "call": workspace.calls.order_by("-pk").first(),
        "meeting": workspace.meetings.order_by("-pk").first(),
        "signal": workspace.signals.order_by("-pk").first(),
        "import": workspace.imports.order_by("-pk").first(),
        "ended_import": workspace.imports.order_by("pk").first(),
        "preset": workspace.import_presets.first(),
        "audience": workspace.audiences.first(),
        "note": workspace.notes.order_by("-pk").first(),
        "task": workspace.tasks.order_by("-pk").first(),
        "tag": workspace.tags.first(),
        "template": workspace.campaign_templates.first(),
    }
    ids = {name: row.pk for name, row in rows.items() if row}
    reported = rows["reported"]
    if reported:
        report = reported.reports.latest("version")
        ids |= {"report": report.pk, "report_version": report.version}
    return ids


def all_pages(slug: str, ids: dict[str, int], role: str) -> Iterator[Visit]:
    """Each page that a role may open and that answers GET."""
    ranks = ["viewer", "caller", "manager"]
    for row in ROWS:
        is_allowed = ranks.index(row.role) <= ranks.index(role)
        if "GET" in row.methods.split() and is_allowed and all(name in ids for name in row.ids):
            yield Visit(row.name, role, reverse(row.name, args=[slug, *(ids[name] for name in row.ids)]))


def variants(visit: Visit, context) -> Iterator[Visit]:
    """The same page with each filter, sort and page that it offers, and as of a past day."""
    table, filterset, period = (context.get(name) for name in ("table", "filter", "choice"))
    past = (date.today() - timedelta(days=30)).isoformat()
    if period is not None:
        yield from (visit.having(period=name) for name in ("7d", "30d", "quarter"))
        yield visit.having(as_of=past)
    if table is None or filterset is None:
        return
    days = [{}, {"as_of": past}] if "as_of" in filterset.form.fields else [{}]
    for day in days:
        if day:
            yield visit.having(**day)
        for query in chain(_sorts(table), _choices(filterset, context)):
            yield visit.having(**day, **query)


def _sorts(table) -> Iterator[dict[str, str]]:
    for column in table.columns:
        if column.orderable and getattr(table, "orderable", True) is not False:
            yield from ({"sort": sign + column.name} for sign in ("", "-"))


def _choices(filterset, context) -> Iterator[dict[str, str]]:
    rows = filterset.queryset
    for name, field in filterset.form.fields.items():
        if name == "as_of":
            continue
        for value in _values(name, field, rows):
            yield {name: str(value)}


def _values(name, field, rows) -> list[object]:
    if isinstance(field, forms.ModelChoiceField | forms.ChoiceField):
        values = [getattr(value, "value", value) for value, _ in field.choices]
        return _spread([value for value in values if value not in (None, "")])
    if isinstance(field, forms.DateTimeField):
        return [(datetime.now() - timedelta(days=7)).strftime("%Y-%m-%dT%H:%M:%SZ")]
    if isinstance(field, forms.DateField):
        return [(date.today() - timedelta(days=days)).isoformat() for days in (7, 120)]
    if isinstance(field, forms.CharField):
        return FOR_TEXTS.get(name) or _stored(name, rows)
    return []


def _stored(name, rows) -> list[object]:
    """A text that is in the column of the filter's name, if there is one."""
    if name not in {field.name for field in rows.model._meta.get_fields()}:
        return ["Ann"]
    found = rows.order_by("-pk").exclude(**{name: ""}).values_list(name, flat=True).first()
    return [found] if found else []


def _spread(values: list[object]) -> list[object]:
    if len(values) <= MOST_CHOICES:
        return values
    step = (len(values) - 1) / (MOST_CHOICES - 1)
    return [values[round(place * step)] for place in range(MOST_CHOICES)]
