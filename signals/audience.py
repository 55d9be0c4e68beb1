"""Conditions on the signals of people, and on their interest."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, ClassVar, Self

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calls.audience import HadOutcome, within
from campaigns.audience.condition import Condition, Scope, has, not_among
from campaigns.audience.names import Names
from campaigns.audience.parameters import Parameters
from campaigns.audience.sentences import any_of
from campaigns.dispositions import INTERESTED
from markets.search.matching import OneOf
from signals.capture.vocabulary import VALUES, SignalType
from signals.models import FRESHNESS, Signal

TYPES = dict(SignalType.choices)


@dataclass(frozen=True)
class HasSignal(Condition):
    """The current signal of a type, from a counted call, has a value or a stronger one, and maybe an age."""

    kind: ClassVar[str] = "signal"
    label: ClassVar[str | Promise] = gettext_lazy("Signal")

    type: str
    op: str
    value: str
    freshness: tuple[str, ...] = ()

    @classmethod
    def read(cls, given: Parameters) -> Self:
        type_ = given.choice("type", tuple(TYPES))
        op, value = given.choice("op", ("is", "at_least")), given.choice("value", VALUES[type_])
        return cls(type_, op, value, given.choices("freshness", tuple(FRESHNESS), needed=False))

    @property
    def values(self) -> list[str]:
        weakest_first = VALUES[self.type]
        return weakest_first[weakest_first.index(self.value) :] if self.op == "at_least" else [self.value]

    def sentences(self, names: Names) -> tuple[str, str]:
        value = _(self.value)
        if self.op == "at_least":
            value = _("%(value)s or stronger") % {"value": value}
        if self.freshness:
            value += f", {any_of(map(_, self.freshness))}"
        given = {"type": TYPES[self.type], "value": value}
        return _("Current %(type)s is %(value)s") % given, _("Current %(type)s is not %(value)s") % given

    def rows(self, scope: Scope) -> Any:
        signals = scope.rows(Signal).filter(type=self.type, value__in=self.values)
        if scope.day is None:
            signals = signals.current_and_counted()
        else:
            # As a subquery, PostgreSQL would join the signals with all calls: it takes those of a past day for rare.
            keys = signals.current_and_counted().order_by().values_list("pk", flat=True)
            signals = signals.filter(OneOf("pk", list(keys)))
        if self.freshness:
            signals = signals.filter(reduce(or_, (FRESHNESS[age](scope.moment) for age in self.freshness)))
        return signals

    def matches(self, scope: Scope) -> Q:
        return has(self.rows(scope))

    def evidence(self, scope: Scope, contacts: Collection[int]) -> dict[int, str]:
        signals = self.rows(scope).filter(contact__in=contacts, call__workspace=scope.workspace)
        rows = signals.order_by("heard_at", "pk").values_list("contact", "value", "heard_at", "call__campaign__name")
        text = _("%(type)s %(value)s on %(day)s in %(campaign)s")
        return {
            contact: text
            % {"type": TYPES[self.type], "value": _(value), "day": scope.day_text(heard), "campaign": campaign}
            for contact, value, heard, campaign in rows
        }


INTEREST = (
    HasSignal(SignalType.MOVEMENT_STATE, "at_least", "Exploring"),
    HasSignal(SignalType.TIMING_WINDOW, "at_least", "6-12 months"),
)
"""Signals of interest (product.md, section 10)."""


@dataclass(frozen=True)
class ShowedInterest(Condition):
    """An outcome of interest in some campaigns, or a current signal of interest."""

    kind: ClassVar[str] = "interest"
    label: ClassVar[str | Promise] = gettext_lazy("Interest")

    campaigns: tuple[int, ...] = ()

    @classmethod
    def read(cls, given: Parameters) -> Self:
        return cls(given.campaigns())

    def sentences(self, names: Names) -> tuple[str, str]:
        where = within(names, self.campaigns)
        return _("Showed interest%(where)s") % {"where": where}, _("Showed no interest%(where)s") % {"where": where}

    @property
    def _conditions(self) -> tuple[HadOutcome, *tuple[HasSignal, ...]]:
        return HadOutcome("ever", tuple(INTERESTED), self.campaigns), *INTEREST

    def matches(self, scope: Scope) -> Q:
        return Q(pk__in=self._contacts(scope))

    def excludes(self, scope: Scope) -> Q:
        return not_among(scope, self._contacts(scope))

    def _contacts(self, scope: Scope) -> QuerySet[Any]:
        first, *others = (condition.rows(scope).order_by().values("contact") for condition in self._conditions)
        return first.union(*others)

    def evidence(self, scope: Scope, contacts: Collection[int]) -> dict[int, str]:
        """The newest outcome of interest, and the signals."""
        found: dict[int, list[str]] = {}
        for condition in self._conditions:
            for contact, text in condition.evidence(scope, contacts).items():
                found.setdefault(contact, []).append(text)
        return {contact: "; ".join(texts) for contact, texts in found.items()}
