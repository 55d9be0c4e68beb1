"""The kinds of condition as the editor shows them: their words and their fields, named as the rule's parameters."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from campaigns.forms.rules.choices import Choices, RuleChoices
from campaigns.forms.rules.drafts import Condition
from campaigns.forms.rules.fields import Amount, Count, Day, One, Several, SeveralRows, Text, Texts
from markets.models import CustomField

type Fields = dict[str, forms.Field]
type MakeFields = Callable[[Condition, RuleChoices], Fields]

TEXT_OPS: Choices = [
    ("is", gettext_lazy("exactly")),
    ("contains", gettext_lazy("containing")),
    ("blank", gettext_lazy("empty")),
]
COUNT_OPS: Choices = [("at_least", gettext_lazy("at least")), ("at_most", gettext_lazy("at most"))]
CALL_OPS: Choices = [
    ("within_days", gettext_lazy("within the last")),
    ("not_within_days", gettext_lazy("before the last")),
    ("before", gettext_lazy("before")),
    ("since", gettext_lazy("since")),
    ("never", gettext_lazy("never made")),
]
FURTHER_OPS: Choices = [("contains", gettext_lazy("containing")), ("given", gettext_lazy("filled in"))]
CUSTOM_OPS: dict[str, Choices] = {
    CustomField.Kind.TEXT: [("is", gettext_lazy("exactly")), *FURTHER_OPS],
    CustomField.Kind.CHOICE: [("is", gettext_lazy("exactly")), *FURTHER_OPS],
    CustomField.Kind.NUMBER: [*COUNT_OPS, ("is", gettext_lazy("exactly")), *FURTHER_OPS],
    CustomField.Kind.DATE: [
        ("at_least", pgettext_lazy("from a day on", "from")),
        ("at_most", gettext_lazy("until")),
        ("is", pgettext_lazy("on a day", "on")),
        *FURTHER_OPS,
    ],
}
MEMBER_OF: Choices = [
    ("campaigns", gettext_lazy("of these campaigns")),
    ("running", gettext_lazy("of a running campaign")),
    ("any", gettext_lazy("of any campaign")),
]

IS, IS_NOT = gettext_lazy("is"), gettext_lazy("is not")


@dataclass(frozen=True)
class Kind:
    """`yes` and `no` are the words between the condition and its fields."""

    label: str | Promise
    group: str | Promise
    fields: MakeFields
    yes: str | Promise = IS
    no: str | Promise = IS_NOT


def in_campaigns(choices: RuleChoices) -> Fields:
    return {"campaigns": SeveralRows(gettext("Campaigns"), choices.campaigns, none=gettext("in any campaign"))}


def _text(name: str, label: str | Promise) -> MakeFields:
    def make(condition: Condition, choices: RuleChoices) -> Fields:
        fields: Fields = {"op": One(gettext("Comparison"), TEXT_OPS, redraws=True)}
        if condition.first("op") != "blank":
            fields["values"] = Texts(str(label), suggests=name)
        return fields

    return make


def _custom(condition: Condition, choices: RuleChoices) -> Fields:
    names = [("", gettext("Choose a field")), *((key, field.name) for key, field in choices.custom_fields.items())]
    fields: Fields = {"field": One(gettext("A field"), names, redraws=True)}
    if field := choices.custom_fields.get(condition.first("field")):
        fields["op"] = One(gettext("Comparison"), CUSTOM_OPS[field.kind], redraws=True)
        if condition.first("op") != "given":
            fields["value"] = _custom_value(field, condition)
    return fields


def _custom_value(field: CustomField, condition: Condition) -> forms.Field:
    match field.kind:
        case _ if condition.first("op") == "contains":
            return Text(gettext("A value"))
        case CustomField.Kind.NUMBER:
            return Amount(gettext("A number"))
        case CustomField.Kind.DATE:
            return Day(gettext("Day"))
        case CustomField.Kind.CHOICE:
            values = dict.fromkeys(filter(None, [*field.choices, condition.first("value")]))
            return One(gettext("A value"), [("", gettext("Choose a value")), *((each, each) for each in values)])
    return Text(gettext("A value"))


def _outcome(condition: Condition, choices: RuleChoices) -> Fields:
    when = One(gettext("Which calls"), [("ever", gettext("on any call")), ("last", gettext("on the last call"))])
    return {"when": when, "outcomes": Several(gettext("Outcomes"), choices.outcomes), **in_campaigns(choices)}


def _number_of(condition: Condition, choices: RuleChoices) -> Fields:
    return {"op": One(gettext("Comparison"), COUNT_OPS), "count": Count(gettext("A number")), **in_campaigns(choices)}


def _last_call(condition: Condition, choices: RuleChoices) -> Fields:
    fields: Fields = {"op": One(gettext("Comparison"), CALL_OPS, redraws=True)}
    match condition.first("op") or CALL_OPS[0][0]:
        case "before" | "since":
            fields["day"] = Day(gettext("Day"))
        case "within_days" | "not_within_days":
            fields["days"] = Count(gettext("A number of days"), most=3650, unit=gettext("days"))
    return {**fields, **in_campaigns(choices)}


def _signal(condition: Condition, choices: RuleChoices) -> Fields:
    fields: Fields = {
        "type": One(gettext("A type"), [("", gettext("Choose a type")), *choices.signal_types], redraws=True)
    }
    if values := choices.signal_values(condition.first("type")):
        fields["op"] = One(gettext("Comparison"), [("at_least", gettext("at least")), ("is", gettext("exactly"))])
        fields["value"] = One(gettext("A value"), [("", gettext("Choose a value")), *values])
        fields["freshness"] = Several(gettext("Age"), choices.freshness, none=gettext("of any age"))
    return fields


def _meeting(condition: Condition, choices: RuleChoices) -> Fields:
    return {
        "statuses": Several(gettext("Meetings"), choices.meeting_statuses, none=gettext("of any status")),
        **in_campaigns(choices),
    }


def _member(condition: Condition, choices: RuleChoices) -> Fields:
    fields: Fields = {"of": One(gettext("Which campaigns"), MEMBER_OF, redraws=True)}
    if (condition.first("of") or "campaigns") == "campaigns":
        fields["campaigns"] = SeveralRows(gettext("Campaigns"), choices.campaigns)
    return fields


KINDS: dict[str, Kind] = {
    "market": Kind(
        gettext_lazy("Market"),
        gettext_lazy("Person"),
        lambda _, choices: {"markets": SeveralRows(gettext("Markets"), choices.markets)},
    ),
    "firm": Kind(gettext_lazy("Firm"), gettext_lazy("Person"), _text("firm", gettext_lazy("A firm"))),
    "seniority": Kind(
        gettext_lazy("Seniority"), gettext_lazy("Person"), _text("seniority", gettext_lazy("A seniority"))
    ),
    "city": Kind(gettext_lazy("City"), gettext_lazy("Person"), _text("city", gettext_lazy("A city"))),
    "custom": Kind(gettext_lazy("Custom field"), gettext_lazy("Person"), _custom),
    "tag": Kind(
        gettext_lazy("Tag"),
        gettext_lazy("Person"),
        lambda _, choices: {"tags": SeveralRows(gettext("Tags"), choices.tags)},
    ),
    "import": Kind(
        gettext_lazy("Import"),
        gettext_lazy("Person"),
        lambda _, choices: {"imports": SeveralRows(gettext("Imports"), choices.imports)},
    ),
    "search": Kind(
        gettext_lazy("Name, firm or number"),
        gettext_lazy("Person"),
        lambda *_: {"text": Text(gettext("A text"))},
        gettext_lazy("contains"),
        gettext_lazy("does not contain"),
    ),
    "outcome": Kind(gettext_lazy("Outcome"), gettext_lazy("Calls"), _outcome),
    "interest": Kind(
        gettext_lazy("Interest"),
        gettext_lazy("Calls"),
        lambda _, choices: in_campaigns(choices),
        gettext_lazy("shown"),
        gettext_lazy("not shown"),
    ),
    "signal": Kind(gettext_lazy("Current signal"), gettext_lazy("Calls"), _signal),
    "meeting": Kind(gettext_lazy("Meeting"), gettext_lazy("Calls"), _meeting),
    "last_call": Kind(
        gettext_lazy("Last call"), gettext_lazy("Calls"), _last_call, gettext_lazy("was"), gettext_lazy("was not")
    ),
    "attempts": Kind(
        gettext_lazy("Attempts"),
        gettext_lazy("Calls"),
        _number_of,
        pgettext_lazy("calls number at least", "number"),
        gettext_lazy("do not number"),
    ),
    "conversations": Kind(
        gettext_lazy("Conversations"),
        gettext_lazy("Calls"),
        _number_of,
        pgettext_lazy("calls number at least", "number"),
        gettext_lazy("do not number"),
    ),
    "member": Kind(gettext_lazy("Member"), gettext_lazy("Campaigns"), _member),
    "number": Kind(
        gettext_lazy("Usable number"),
        gettext_lazy("Can be called"),
        lambda *_: {},
        gettext_lazy("known"),
        gettext_lazy("not known"),
    ),
    "suppressed": Kind(
        gettext_lazy("Do not call"),
        gettext_lazy("Can be called"),
        lambda *_: {},
        gettext_lazy("applies"),
        gettext_lazy("does not apply"),
    ),
    "off_limits": Kind(gettext_lazy("Off-limits"), gettext_lazy("Can be called"), lambda *_: {}),
}


def grouped_kinds() -> list[tuple[str, Choices]]:
    groups: dict[str, Choices] = {}
    for name, kind in KINDS.items():
        groups.setdefault(str(kind.group), []).append((name, kind.label))
    return list(groups.items())
