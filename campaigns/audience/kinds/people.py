"""Conditions on the fields of people. They have no history: as of a past day they keep their present values."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import ClassVar, Self

from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.db.models.lookups import In

from campaigns.audience.condition import Condition, Scope
from campaigns.audience.names import Names
from campaigns.audience.parameters import Parameters
from campaigns.audience.sentences import quoted
from markets.models.landscape import has_usable_phone
from markets.search import people_found

TEXT_OPERATORS = ("is", "contains", "blank")


@dataclass(frozen=True)
class TextField(Condition):
    """A field is one of some texts, in any letter case, contains one of them, or is empty."""

    op: str
    values: tuple[str, ...] = ()

    @classmethod
    def read(cls, given: Parameters) -> Self:
        op = given.choice("op", TEXT_OPERATORS)
        values = given.texts("values", needed=op != "blank")
        if op == "blank" and values:
            given.refuse("a blank field has no values. Remove them, or choose “is” or “contains”.")
        return cls(op, values)

    def sentences(self, names: Names) -> tuple[str, str]:
        match self.op:
            case "is":
                return f"{self.label} is {quoted(self.values)}", f"{self.label} is not {quoted(self.values)}"
            case "contains":
                return f"{self.label} contains {quoted(self.values)}", f"{self.label} lacks {quoted(self.values)}"
        return f"{self.label} is not given", f"{self.label} is given"

    def matches(self, scope: Scope) -> Q:
        match self.op:
            case "is":
                return Q(In(Lower(self.kind), [Lower(Value(text)) for text in self.values]))
            case "contains":
                return reduce(or_, (Q(**{f"{self.kind}__icontains": text}) for text in self.values))
        return Q(**{self.kind: ""})

    def evidence(self, scope: Scope, contacts: Collection[int]) -> dict[int, str]:
        found = scope.contacts.filter(self.matches(scope), pk__in=contacts).order_by()
        texts = dict(found.values_list("pk", self.kind))
        return {pk: f"{self.label} is {text}" if text else self.sentences(scope.names)[0] for pk, text in texts.items()}


class Firm(TextField):
    kind, label = "firm", "Firm"


class Seniority(TextField):
    kind, label = "seniority", "Seniority"


class City(TextField):
    kind, label = "city", "City"


@dataclass(frozen=True)
class Search(Condition):
    """Every word of a text is found (markets.search), as it is typed."""

    kind: ClassVar[str] = "search"
    label: ClassVar[str] = "Search"

    text: str

    @classmethod
    def read(cls, given: Parameters) -> Self:
        return cls(given.text("text"))

    def sentences(self, names: Names) -> tuple[str, str]:
        return f"Found by searching “{self.text}”", f"Not found by searching “{self.text}”"

    def matches(self, scope: Scope) -> Q:
        return people_found(self.text, scope.workspace)


@dataclass(frozen=True)
class UsableNumber(Condition):
    """There is a valid phone number that was not found to be wrong."""

    kind: ClassVar[str] = "number"
    label: ClassVar[str] = "Phone number"

    @classmethod
    def read(cls, given: Parameters) -> Self:
        return cls()

    def sentences(self, names: Names) -> tuple[str, str]:
        return "Has a usable phone number", "Has no usable phone number"

    def matches(self, scope: Scope) -> Q:
        return has_usable_phone()
