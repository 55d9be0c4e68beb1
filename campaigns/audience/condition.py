"""What every kind of condition has in common."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, ClassVar, Self

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.timezone import now

from campaigns.audience.names import Names
from campaigns.audience.parameters import Parameters
from campaigns.audience.sentences import full_day
from markets.models import Workspace
from markets.models.landscape import ContactQuerySet


@dataclass(frozen=True)
class Scope:
    """Whose people are asked about, and as of when: the end of a past day, or now (None)."""

    workspace: Workspace
    day: date | None = None
    is_alternative: bool = False
    """The condition is joined to others by OR: PostgreSQL then runs its query apart instead of joining it."""

    def for_alternatives(self) -> "Scope":
        return replace(self, is_alternative=True)

    @cached_property
    def at(self) -> datetime | None:
        """The end of the past day: the first moment that is not known any more."""
        return self.workspace.bounds(None, self.day)[1]

    @cached_property
    def moment(self) -> datetime:
        return self.at or now()

    @cached_property
    def today(self) -> date:
        return self.day or self.workspace.today()

    @cached_property
    def names(self) -> Names:
        return Names(self.workspace)

    @property
    def contacts(self) -> ContactQuerySet:
        return self.workspace.contacts.all()

    def rows(self, model: type[Model]) -> Any:
        """The workspace's rows of a model, as of the day."""
        rows: Any = model._default_manager.filter(workspace=self.workspace)
        return rows.as_of(self.workspace, self.day)

    def known(self, recorded_field: str) -> Q:
        """Q on rows: recorded by the end of the day. For models without `as_of`."""
        return self.workspace.in_days(recorded_field, None, self.day)

    def start_of(self, day: date) -> datetime:
        start, _ = self.workspace.bounds(day, None)
        assert start
        return start

    def day_text(self, moment: datetime) -> str:
        return full_day(self.workspace.day_of(moment))


def has(rows: QuerySet[Any], contact: str = "contact", *, outer: str = "pk") -> Q:
    """Q on contacts: some row is about the contact. `contact` is the path from the row to it, and `outer` the one from
    what is filtered, if that is not contacts."""
    return Q(Exists(rows.order_by().filter(**{contact: OuterRef(outer)})))


def not_among(scope: Scope, contacts: QuerySet[Any]) -> Q:
    """Q on contacts: not among those whose ids are selected, the negation of `Q(pk__in=contacts)`.

    PostgreSQL joins `NOT EXISTS` by hashes, and `NOT IN` never. Where it joins nothing, it hashes the ids of `NOT IN`
    alone; of `NOT EXISTS` it would guess what looking up each person costs, and choose the other joins by that guess.
    """
    return ~Q(pk__in=contacts) if scope.is_alternative else ~has(scope.contacts.filter(pk__in=contacts), "pk")


@dataclass(frozen=True)
class Condition(ABC):
    """One kind of condition. Its fields are its parameters, under their names in JSON."""

    kind: ClassVar[str]
    label: ClassVar[str | Promise]
    """What problems begin with, as in “Outcome: …”."""

    @classmethod
    @abstractmethod
    def read(cls, given: Parameters) -> Self:
        """Reads the parameters. Values that make no sense are reported to `given`."""

    @abstractmethod
    def sentences(self, names: Names) -> tuple[str, str]:
        """What it asks for, and what it asks for when negated."""

    @abstractmethod
    def matches(self, scope: Scope) -> Q:
        """Q on contacts. It is true or false, never null, so that it can be negated."""

    def excludes(self, scope: Scope) -> Q:
        """Q on contacts who do not match."""
        return ~self.matches(scope)

    def evidence(self, scope: Scope, contacts: Collection[int]) -> dict[int, str]:
        """For those of `contacts` (ids) who match, why. A kind that can tell a day or a campaign says more."""
        found = scope.contacts.filter(self.matches(scope), pk__in=contacts).order_by()
        return dict.fromkeys(found.values_list("pk", flat=True), self.sentences(scope.names)[0])

    def as_json(self) -> dict[str, object]:
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {"kind": self.kind} | {name: _json(value) for name, value in values.items() if value not in ((), None)}


def _json(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value
