from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar, Self

from django.db.models import Case, Q, TextField, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Lower
from django.db.models.lookups import Exact, IContains
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.audience.condition import Condition, Scope
from campaigns.audience.names import Names
from campaigns.audience.parameters import Parameters, shown
from campaigns.audience.sentences import quoted
from markets.custom_fields.shown import shown_value
from markets.custom_fields.values import as_text, read_number
from markets.models import CustomField

OPERATORS = {
    "is": _("is"),
    "contains": _("contains"),
    "at_least": _("is at least"),
    "at_most": _("is at most"),
    "given": _("is given"),
}
NEGATED = {
    "is": _("is not"),
    "contains": _("doesn't contain"),
    "at_least": _("is not at least"),
    "at_most": _("is not at most"),
    "given": _("is not given"),
}
FIRST_DAY, LAST_DAY = "0001-01-01", "9999-12-31"
MOST = 1e300
"""Beyond every number. A comparison with both ends leaves out texts, which JSON orders before or after all numbers."""


@dataclass(frozen=True)
class CustomValue(Condition):
    """A custom field has a value. Numbers compare as numbers, dates as days, texts in any letter case."""

    kind: ClassVar[str] = "custom"
    label: ClassVar[str | Promise] = _("Custom field")

    field: str
    op: str
    value: str | int | float | None = None

    @classmethod
    def read(cls, given: Parameters) -> Self:
        key, op = given.text("field"), given.choice("op", OPERATORS)
        field = given.names.custom_fields.get(key)
        if key and field is None:
            given.refuse(
                gettext("the field %(shown)s doesn't exist any more. Remove the condition, or choose another.")
                % {"shown": shown(key)}
            )
        if op == "given":
            if given.data.get("value") is not None:
                given.refuse(gettext("“given” takes no value. Remove it."))
            given.optional("value")
            return cls(key, op)
        return cls(key, op, _read(given, field, op) if field else given.value("value"))

    def sentences(self, names: Names) -> tuple[str, str]:
        field = names.custom_fields.get(self.field)
        name, kind = (field.name, field.kind) if field else (self.field, "")
        value = "" if self.value is None else " " + quoted([shown_value(kind, self.value)])
        return f"{name} {OPERATORS[self.op]}{value}", f"{name} {NEGATED[self.op]}{value}"

    def matches(self, scope: Scope) -> Q:
        return Q(Case(When(self._holds(), then=Value(True)), default=Value(False)))

    def _holds(self) -> Q:
        """Null for people without a value. The value to compare with is a number, an ISO date or a text, as the field
        has them."""
        path, text = f"custom__{self.field}", Cast(KT(f"custom__{self.field}"), TextField())
        first: object
        last: object
        first, last = (FIRST_DAY, LAST_DAY) if isinstance(self.value, str) else (-MOST, MOST)
        match self.op:
            case "given":
                return ~Q(Exact(text, Value("")))
            case "contains":
                return Q(IContains(text, str(self.value)))
            case "is" if isinstance(self.value, str):
                return Q(Exact(Lower(text), Lower(Value(self.value))))
            case "is":
                first = last = self.value
            case "at_least":
                first = self.value
            case "at_most":
                last = self.value
        return Q(**{f"{path}__gte": first, f"{path}__lte": last})

    def evidence(self, scope: Scope, contacts: Collection[int]) -> dict[int, str]:
        field = scope.names.custom_fields[self.field]
        found = scope.contacts.filter(self.matches(scope), pk__in=contacts).order_by()
        values = {pk: custom[self.field] for pk, custom in found.values_list("pk", "custom")}
        return {
            pk: gettext("%(name)s is %(value)s") % {"name": field.name, "value": shown_value(field.kind, value)}
            for pk, value in values.items()
        }


def _read(given: Parameters, field: CustomField, op: str) -> str | int | float:
    """The value to compare with, of the field's kind."""
    value = given.value("value")
    if not value and value != 0:
        return ""
    match field.kind:
        case CustomField.Kind.NUMBER if op != "contains":
            number = read_number(value) if isinstance(value, str) else value
            if number is not None:
                return number
            given.refuse(gettext("%(shown)s isn't a number. Enter one such as 1250.5.") % {"shown": shown(value)})
        case CustomField.Kind.DATE if op != "contains":
            return given.day("value").isoformat()
        case _ if op in ("at_least", "at_most"):
            given.refuse(
                gettext("“%(name)s” has neither numbers nor dates to compare. Choose “is” or “contains”.")
                % {"name": field.name}
            )
    return as_text(value)
