"""Movement: contacts whose newest Movement State in a period differs from the one before."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Window
from django.db.models.functions import Coalesce, RowNumber
from django.urls import reverse
from django.utils.translation import gettext_noop

from calls.metrics.definitions import has_ended
from config.ui.periods import Period
from markets.models import Market, Workspace
from signals.capture.vocabulary import VALUES, SignalType
from signals.models import Signal, SignalQuerySet

MAX_SHOWN = 5
SHOWN_FIELDS = ("value", "contact__full_name", "contact__firm")
STATES = VALUES[SignalType.MOVEMENT_STATE]


def moved(signals: SignalQuerySet, workspace: Workspace, period: Period) -> SignalQuerySet:
    """The signals by which contacts moved in the period, one for each contact, annotated with `before`.

    `before` is the newest value before the period or, without one, the contact's first value ever. Values in between
    and signals of voided calls are ignored.
    """
    within = workspace.in_days("heard_at", period.first, period.last)
    later = Q(heard_at__gt=OuterRef("heard_at")) | Q(heard_at=OuterRef("heard_at"), pk__gt=OuterRef("pk"))
    newer = _movement(Signal.objects.as_of(workspace, period.as_of)).filter(within, later)
    return _changed(signals.not_voided().filter(~Exists(newer)), workspace, period)


def _changed(newest: SignalQuerySet, workspace: Workspace, period: Period) -> SignalQuerySet:
    """The signals of the period whose value differs from `before`, given the newest signals of each contact."""
    movement = _movement(Signal.objects.as_of(workspace, period.as_of))
    start, _ = workspace.bounds(period.first, None)
    first = Subquery(movement.reverse().values("value")[:1])
    before = Coalesce(Subquery(movement.filter(heard_at__lt=start).values("value")[:1]), first) if start else first
    within = workspace.in_days("heard_at", period.first, period.last)
    in_period = newest.filter(within, type=SignalType.MOVEMENT_STATE)
    return in_period.annotate(before=before).exclude(before=F("value"))


def moved_since(signals: SignalQuerySet, moment: datetime) -> SignalQuerySet:
    """The current signals whose value differs from the one captured by a moment, annotated with that as `before`.

    Without a signal captured by then, `before` is the contact's first value ever, as in `moved`.
    """
    movement = _movement(Signal.objects.all())
    known = Subquery(movement.filter(captured_at__lte=moment).values("value")[:1])
    first = Subquery(movement.reverse().values("value")[:1])
    newest = signals.current().filter(type=SignalType.MOVEMENT_STATE, captured_at__gt=moment)
    return newest.annotate(before=Coalesce(known, first)).exclude(before=F("value"))


def _movement(signals: SignalQuerySet) -> SignalQuerySet:
    """For a subquery: the Movement States of the outer signal's contact, newest first."""
    of_contact = signals.not_voided().filter(contact=OuterRef("contact"), type=SignalType.MOVEMENT_STATE)
    return of_contact.order_by("-heard_at", "-pk")


@dataclass(frozen=True)
class Moves:
    people: int
    newest: list[Any]
    href: str

    @property
    def more(self) -> int:
        return self.people - len(self.newest)


def movers(workspace: Workspace, market: Market | None, period: Period, current: SignalQuerySet) -> SignalQuerySet:
    """The signals by which contacts moved in a market, or in all markets: `moved`.

    `current` are the current signals of the market or of all. For a period that has not ended they include the newest
    signal of everybody who moved in it, and are faster to query.
    """
    if not has_ended(workspace, period):
        return _changed(current, workspace, period)
    signals = workspace.signals.as_of(workspace, period.as_of).counted()
    return moved(signals.filter(call__campaign__market=market) if market else signals, workspace, period)


def moves(workspace: Workspace, market: Market | None, current: SignalQuerySet, period: Period) -> Moves:
    """The contacts who moved in a market, or in all markets. Each signal in `newest` has `before` and `direction`.
    `current` as for `movers`."""
    # With LIMIT, PostgreSQL would scan the signals of all markets from the newest on.
    place = Window(RowNumber(), order_by=["-heard_at", "-pk"])
    ranked = movers(workspace, market, period, current).annotate(all=Window(Count("pk")), place=place)
    shown = ranked.filter(place__lte=MAX_SHOWN).select_related("contact").only(*SHOWN_FIELDS)
    newest: list[Any] = list(shown.order_by("place"))
    for signal in newest:
        signal.direction = (
            gettext_noop("stronger")
            if STATES.index(signal.value) > STATES.index(signal.before)
            else gettext_noop("weaker")
        )
    in_market = {"market": str(market.pk)} if market else {}
    query = {**in_market, "counted": "yes", "moved": "yes", **period.parameters()}
    href = f"{reverse('signals:list', args=[workspace.slug])}?{urlencode(query)}"
    return Moves(newest[0].all if newest else 0, newest, href)
