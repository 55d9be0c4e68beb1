"""Conditions on people who are not to be called: do not call, and off-limits."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Self

from django.db.models import Q

from campaigns.audience.condition import Condition, Scope
from campaigns.audience.names import Names
from campaigns.audience.parameters import Parameters
from markets.models.landscape import is_suppressed, was_suppressed
from markets.models.off_limits import is_off_limits


@dataclass(frozen=True)
class Suppressed(Condition):
    """A suppression in force names the person, their number or their email address."""

    kind: ClassVar[str] = "suppressed"
    label: ClassVar[str] = "Do not call"

    @classmethod
    def read(cls, given: Parameters) -> Self:
        return cls()

    def sentences(self, names: Names) -> tuple[str, str]:
        return "On the do-not-call list", "Not on the do-not-call list"

    def matches(self, scope: Scope) -> Q:
        return was_suppressed(scope.at) if scope.at else is_suppressed()


@dataclass(frozen=True)
class OffLimits(Condition):
    """The client wants the person or their firm left alone."""

    kind: ClassVar[str] = "off_limits"
    label: ClassVar[str] = "Off-limits"

    @classmethod
    def read(cls, given: Parameters) -> Self:
        return cls()

    def sentences(self, names: Names) -> tuple[str, str]:
        return "Off-limits", "Not off-limits"

    def matches(self, scope: Scope) -> Q:
        last_moment = scope.at - timedelta(microseconds=1) if scope.at else None  # of the day, as an entry ends with it
        return is_off_limits(at=last_moment)
