"""Attaches metrics to the campaigns or markets of a list: `set_metrics` to a page, `with_metrics` to order by them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import (
    Expression,
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    IntegerField,
    JSONField,
    Model,
    OuterRef,
    QuerySet,
    Subquery,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, JSONObject, NullIf

from calls.metrics.definitions import (
    CALL_METRICS,
    CONTACT_METRICS,
    RATES,
    Counts,
    call_sums,
    conditional_count,
    contact_sources,
    day_counts,
    with_rates,
)
from campaigns.models import Campaign, CampaignContact
from config.ui.periods import ALL_TIME, Period
from markets.models import Workspace

JSON_KEYS = ("part_0", "part_1", "part_2")
"""Keys of the JSON object of with_metrics: counts of days, of members and, after a period has ended, of calls."""


def with_metrics[T: QuerySet[Model]](
    rows: T, workspace: Workspace, period: Period = ALL_TIME, names: Collection[str] = CONTACT_METRICS
) -> T:
    """Annotates campaigns or markets with a mapping `metrics`, which `by_metric` orders. `names` are contact metrics.

    One subquery counts everything over a row's members and another over its days: a subquery for each metric would read
    them again and again. A subquery has one value, hence the JSON objects.
    """
    path = "campaign" if rows.model is Campaign else "campaign__market"
    sources = [
        (each.filter(**{path: OuterRef("pk")}).order_by().values(path), counts)
        for each, counts in _sources(path, workspace, period, names)
    ]
    parts = {part: _packed(each, counts) for part, (each, counts) in zip(JSON_KEYS, sources, strict=False)}
    rates = {name: _rate(each, counts, name) for each, counts in sources for name in RATES if _has(counts, name)}
    part_of = {name: part for part, (_, counts) in zip(JSON_KEYS, sources, strict=False) for name in counts}
    metrics = ExpressionWrapper(JSONObject(**parts), output_field=MetricsField(names, part_of))
    return rows.alias(**parts, **rates).annotate(metrics=metrics)


def _sources(
    path: str, workspace: Workspace, period: Period, names: Collection[str]
) -> list[tuple[QuerySet[Model], dict[str, Expression]]]:
    """Rows to group by `path`, campaign or market, each with its counts by metric."""
    sources: list[tuple[QuerySet[Model], dict[str, Expression]]] = [(day_counts(workspace, period), call_sums())]
    for rows, conditions in contact_sources(workspace, period, names):
        is_one_row_each = path == "campaign" and rows.model is CampaignContact
        key, distinct = ("campaign", False) if is_one_row_each else ("contact", True)
        sources.append((rows, {name: conditional_count(key, q, distinct=distinct) for name, q in conditions.items()}))
    return sources


def set_metrics(
    campaigns: Sequence[Campaign],
    workspace: Workspace,
    period: Period,
    names: Collection[str] = CONTACT_METRICS,
    *,
    known: Mapping[int, Counts] | None = None,
) -> None:
    """Sets the same `metrics` as with_metrics, which is needed only to order by them: a small GROUP BY of each table
    takes half the time of that statement. `known` are the counts by campaign, if they were counted already."""
    metrics = {campaign.pk: dict.fromkeys([*CALL_METRICS, *names], 0) for campaign in campaigns}
    for key, counts in (known or {}).items():
        if key in metrics:
            metrics[key] |= {name: counts[name] for name in (*CALL_METRICS, *names) if name in counts}
    for rows, counts in _sources("campaign", workspace, period, names) if known is None else []:
        of_campaigns = rows.filter(campaign__in=metrics).order_by().values_list("campaign")
        for key, *values in of_campaigns.annotate(**counts):
            metrics[key] |= dict(zip(counts, values, strict=True))
    for campaign in campaigns:
        campaign.metrics = with_rates(metrics[campaign.pk])  # type: ignore[attr-defined]


def rate(numerator: Expression | F, denominator: Expression | F) -> Expression:
    """A ratio from 0 to 1, or null when there is nothing to divide by."""
    return Cast(numerator, FloatField()) / NullIf(denominator, 0)


def by_metric(rows: QuerySet[Any], name: str) -> Expression | F:
    """The value to order rows of with_metrics by: a count, or a rate, which may be null.

    Reads one part, as each reference to a part counts its rows again, or two if a rate needs both.
    """
    if name in rows.query.annotations:
        return F(name)
    if name in RATES:
        return rate(*(by_metric(rows, each) for each in RATES[name]))
    metrics: Any = rows.query.annotations["metrics"].output_field
    return Coalesce(Cast(KeyTextTransform(name, metrics.part_of[name]), IntegerField()), 0)


class MetricsField(JSONField):
    """Reads the JSON of with_metrics as counts with their rates."""

    def __init__(self, names: Collection[str], part_of: Mapping[str, str]):
        """`part_of` names for each metric the alias of the JSON object that has it."""
        super().__init__()
        self.names, self.part_of = names, part_of

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Counts:
        counts: Counts = dict.fromkeys([*CALL_METRICS, *self.names], 0)
        for part in super().from_db_value(value, expression, connection).values():
            counts |= part or {}
        return with_rates(counts)


class _Nested(Func):
    """A JSON object inside another. SQLite would nest it as text."""

    template = "%(expressions)s"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="JSON(%(expressions)s)", **context)


def _has(counts: Mapping[str, Expression], name: str) -> bool:
    """Whether the counts include the numerator and denominator of a rate."""
    return counts.keys() >= set(RATES[name])


def _rate(rows: QuerySet[Any], counts: Mapping[str, Expression], name: str) -> Subquery:
    ratio = rate(*(counts[part] for part in RATES[name]))
    return Subquery(rows.annotate(ratio=ratio).values("ratio"), output_field=FloatField())


def _packed(rows: QuerySet[Any], counts: dict[str, Expression]) -> _Nested:
    packed = Subquery(rows.annotate(packed=JSONObject(**counts)).values("packed"), output_field=JSONField())
    return _Nested(packed, output_field=JSONField())
