"""Conditions on the fields of people. They have no history: as of a past day they keep their present values."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import ClassVar, Self

from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.db.models.lookups import In
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

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
            given.refuse(gettext("a blank field has no values. Remove them, or choose “is” or “contains”."))
        return cls(op, values)

    def sentences(self, names: Names) -> tuple[str, str]:
        match self.op:
            case "is":
                yes, no = gettext("%(field)s is %(values)s"), gettext("%(field)s is not %(values)s")
            case "contains":
                yes, no = gettext("%(field)s contains %(values)s"), gettext("%(field)s lacks %(values)s")
            case _:
                yes, no = gettext("%(field)s is not given"), gettext("%(field)s is given")
        words = {"field": self.label, "values": quoted(self.values)}
        return yes % words, no % words

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
        is_text, no_text = gettext("%(field)s is %(values)s"), self.sentences(scope.names)[0]
        return {pk: is_text % {"field": self.label, "values": text} if text else no_text for pk, text in texts.items()}


class Firm(TextField):
    kind, label = "firm", _("Firm")


class Seniority(TextField):
    kind, label = "seniority", _("Seniority")


class City(TextField):
    kind, label = "city", _("City")


@dataclass(frozen=True)
class Search(Condition):
    """Every word of a text is found (markets.search), as it is typed."""

    kind: ClassVar[str] = "search"
    label: ClassVar[str | Promise] = _("Search")

    text: str

    @classmethod
    def read(cls, given: Parameters) -> Self:
        return cls(given.text("text"))

    def sentences(self, names: Names) -> tuple[str, str]:
        text = {"text": self.text}
        return gettext("Found by searching “%(text)s”") % text, gettext("Not found by searching “%(text)s”") % text

    def matches(self, scope: Scope) -> Q:
        return people_found(self.text, scope.workspace)


@dataclass(frozen=True)
class UsableNumber(Condition):
    """There is a valid phone number that was not found to be wrong."""

    kind: ClassVar[str] = "number"
    label: ClassVar[str | Promise] = _("Phone number")

    @classmethod
    def read(cls, given: Parameters) -> Self:
        return cls()

    def sentences(self, names: Names) -> tuple[str, str]:
        return gettext("Has a usable phone number"), gettext("Has no usable phone number")

    def matches(self, scope: Scope) -> Q:
        return has_usable_phone()
