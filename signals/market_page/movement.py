"""Who moved: people whose newest Movement State of a period is another than the one known before."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Window
from django.db.models.functions import Coalesce, RowNumber
from django.urls import reverse

from calls.metrics.definitions import has_ended
from config.ui.periods import Period
from markets.models import Market, Workspace
from signals.capture.vocabulary import VALUES, SignalType
from signals.models import Signal

SHOWN = 5
STATES = VALUES[SignalType.MOVEMENT_STATE]


def moved(signals: Any, workspace: Workspace, period: Period) -> Any:
    """Those of the signals by which somebody moved in the period, with `before`, the value they left.

    It is compared with the newest before the period, or, where nothing was known by then, with the first ever heard.
    Signals of voided calls say nothing. One per person, whatever was said in between.
    """
    within = workspace.in_days("heard_at", period.first, period.last)
    later = Q(heard_at__gt=OuterRef("heard_at")) | Q(heard_at=OuterRef("heard_at"), pk__gt=OuterRef("pk"))
    newer = _movement(Signal.objects.as_of(workspace, period.as_of)).filter(within, later)
    return _newly(signals.not_voided().filter(~Exists(newer)), workspace, period)


def _newly(newest: Any, workspace: Workspace, period: Period) -> Any:
    """Those that say in the period another value than before; `newest` has the newest of everybody who moved in it."""
    movement = _movement(Signal.objects.as_of(workspace, period.as_of))
    start, _ = workspace.bounds(period.first, None)
    first = Subquery(movement.reverse().values("value")[:1])
    before = Coalesce(Subquery(movement.filter(heard_at__lt=start).values("value")[:1]), first) if start else first
    within = workspace.in_days("heard_at", period.first, period.last)
    said = newest.filter(within, type=SignalType.MOVEMENT_STATE)
    return said.annotate(before=before).exclude(before=F("value"))


def moved_since(signals: Any, moment: datetime) -> Any:
    """Those of the signals by which somebody says another value now than was known at a moment, with that as `before`.

    Known is what was captured by then. Where nothing was, it is compared with the first ever heard, as above.
    """
    movement = _movement(Signal.objects.all())
    known = Subquery(movement.filter(captured_at__lte=moment).values("value")[:1])
    first = Subquery(movement.reverse().values("value")[:1])
    newest = signals.current().filter(type=SignalType.MOVEMENT_STATE, captured_at__gt=moment)
    return newest.annotate(before=Coalesce(known, first)).exclude(before=F("value"))


def _movement(signals: Any) -> Any:
    """Of a signal, those of the signals that tell that person's movement, newest first."""
    theirs = signals.not_voided().filter(contact=OuterRef("contact"), type=SignalType.MOVEMENT_STATE)
    return theirs.order_by("-heard_at", "-pk")


@dataclass(frozen=True)
class Moves:
    people: int
    newest: list[Any]
    href: str

    @property
    def more(self) -> int:
        return self.people - len(self.newest)


def moves(workspace: Workspace, market: Market | None, current: Any, period: Period) -> Moves:
    """Who moved in a market or all, newest first; each of `newest` has `before` and `direction`, stronger or weaker.

    `current` are the current signals of the market or of all: until a period has ended they tell who moved in it.
    """
    if has_ended(workspace, period):
        signals = workspace.signals.as_of(workspace, period.as_of).counted()
        of_market = signals.filter(call__campaign__market=market) if market else signals
        those = moved(of_market, workspace, period)
    else:
        those = _newly(current, workspace, period)
    # A limit would have PostgreSQL look through the signals from the newest on, whatever market they are of.
    place = Window(RowNumber(), order_by=["-heard_at", "-pk"])
    found = those.annotate(all=Window(Count("pk")), place=place)
    newest = list(found.filter(place__lte=SHOWN).select_related("contact").order_by("place"))
    for signal in newest:
        signal.direction = "stronger" if STATES.index(signal.value) > STATES.index(signal.before) else "weaker"
    in_market = {"market": str(market.pk)} if market else {}
    query = {**in_market, "counted": "yes", "moved": "yes", **period.parameters()}
    href = f"{reverse('signals:list', args=[workspace.slug])}?{urlencode(query)}"
    return Moves(newest[0].all if newest else 0, newest, href)
