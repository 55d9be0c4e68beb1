"""The kinds of condition as the editor shows them: their words and their fields, named as the rule's parameters."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms

from campaigns.forms.rules.choices import Choices, RuleChoices
from campaigns.forms.rules.drafts import Condition
from campaigns.forms.rules.fields import Amount, Count, Day, One, Several, SeveralRows, Text, Texts
from markets.models import CustomField

type Fields = dict[str, forms.Field]
type MakeFields = Callable[[Condition, RuleChoices], Fields]

TEXT_OPS: Choices = [("is", "exactly"), ("contains", "containing"), ("blank", "empty")]
COUNT_OPS: Choices = [("at_least", "at least"), ("at_most", "at most")]
CALL_OPS: Choices = [
    ("within_days", "within the last"),
    ("not_within_days", "before the last"),
    ("before", "before"),
    ("since", "since"),
    ("never", "never made"),
]
FURTHER_OPS: Choices = [("contains", "containing"), ("given", "filled in")]
CUSTOM_OPS: dict[str, Choices] = {
    CustomField.Kind.TEXT: [("is", "exactly"), *FURTHER_OPS],
    CustomField.Kind.CHOICE: [("is", "exactly"), *FURTHER_OPS],
    CustomField.Kind.NUMBER: [*COUNT_OPS, ("is", "exactly"), *FURTHER_OPS],
    CustomField.Kind.DATE: [("at_least", "from"), ("at_most", "until"), ("is", "on"), *FURTHER_OPS],
}
MEMBER_OF: Choices = [
    ("campaigns", "of these campaigns"),
    ("running", "of a running campaign"),
    ("any", "of any campaign"),
]


@dataclass(frozen=True)
class Kind:
    """`yes` and `no` are the words between the condition and its fields."""

    label: str
    group: str
    fields: MakeFields
    yes: str = "is"
    no: str = "is not"


def in_campaigns(choices: RuleChoices) -> Fields:
    return {"campaigns": SeveralRows("Campaigns", choices.campaigns, none="in any campaign")}


def _text(name: str, label: str) -> MakeFields:
    def make(condition: Condition, choices: RuleChoices) -> Fields:
        fields: Fields = {"op": One("Comparison", TEXT_OPS, redraws=True)}
        if condition.first("op") != "blank":
            fields["values"] = Texts(label, suggests=name)
        return fields

    return make


def _custom(condition: Condition, choices: RuleChoices) -> Fields:
    names = [("", "Choose a field"), *((key, field.name) for key, field in choices.custom_fields.items())]
    fields: Fields = {"field": One("A field", names, redraws=True)}
    if field := choices.custom_fields.get(condition.first("field")):
        fields["op"] = One("Comparison", CUSTOM_OPS[field.kind], redraws=True)
        if condition.first("op") != "given":
            fields["value"] = _custom_value(field, condition)
    return fields


def _custom_value(field: CustomField, condition: Condition) -> forms.Field:
    match field.kind:
        case _ if condition.first("op") == "contains":
            return Text("A value")
        case CustomField.Kind.NUMBER:
            return Amount("A number")
        case CustomField.Kind.DATE:
            return Day("Day")
        case CustomField.Kind.CHOICE:
            values = dict.fromkeys(filter(None, [*field.choices, condition.first("value")]))
            return One("A value", [("", "Choose a value"), *((each, each) for each in values)])
    return Text("A value")


def _outcome(condition: Condition, choices: RuleChoices) -> Fields:
    when = One("Which calls", [("ever", "on any call"), ("last", "on the last call")])
    return {"when": when, "outcomes": Several("Outcomes", choices.outcomes), **in_campaigns(choices)}


def _number_of(condition: Condition, choices: RuleChoices) -> Fields:
    return {"op": One("Comparison", COUNT_OPS), "count": Count("A number"), **in_campaigns(choices)}


def _last_call(condition: Condition, choices: RuleChoices) -> Fields:
    fields: Fields = {"op": One("Comparison", CALL_OPS, redraws=True)}
    match condition.first("op") or CALL_OPS[0][0]:
        case "before" | "since":
            fields["day"] = Day("Day")
        case "within_days" | "not_within_days":
            fields["days"] = Count("A number of days", most=3650, unit="days")
    return {**fields, **in_campaigns(choices)}


def _signal(condition: Condition, choices: RuleChoices) -> Fields:
    fields: Fields = {"type": One("A type", [("", "Choose a type"), *choices.signal_types], redraws=True)}
    if values := choices.signal_values(condition.first("type")):
        fields["op"] = One("Comparison", [("at_least", "at least"), ("is", "exactly")])
        fields["value"] = One("A value", [("", "Choose a value"), *values])
        fields["freshness"] = Several("Age", choices.freshness, none="of any age")
    return fields


def _meeting(condition: Condition, choices: RuleChoices) -> Fields:
    return {"statuses": Several("Meetings", choices.meeting_statuses, none="of any status"), **in_campaigns(choices)}


def _member(condition: Condition, choices: RuleChoices) -> Fields:
    fields: Fields = {"of": One("Which campaigns", MEMBER_OF, redraws=True)}
    if (condition.first("of") or "campaigns") == "campaigns":
        fields["campaigns"] = SeveralRows("Campaigns", choices.campaigns)
    return fields


KINDS: dict[str, Kind] = {
    "market": Kind("Market", "Person", lambda _, choices: {"markets": SeveralRows("Markets", choices.markets)}),
    "firm": Kind("Firm", "Person", _text("firm", "A firm")),
    "seniority": Kind("Seniority", "Person", _text("seniority", "A seniority")),
    "city": Kind("City", "Person", _text("city", "A city")),
    "custom": Kind("Custom field", "Person", _custom),
    "tag": Kind("Tag", "Person", lambda _, choices: {"tags": SeveralRows("Tags", choices.tags)}),
    "import": Kind("Import", "Person", lambda _, choices: {"imports": SeveralRows("Imports", choices.imports)}),
    "search": Kind(
        "Name, firm or number", "Person", lambda *_: {"text": Text("A text")}, "contains", "does not contain"
    ),
    "outcome": Kind("Outcome", "Calls", _outcome),
    "interest": Kind("Interest", "Calls", lambda _, choices: in_campaigns(choices), "shown", "not shown"),
    "signal": Kind("Current signal", "Calls", _signal),
    "meeting": Kind("Meeting", "Calls", _meeting),
    "last_call": Kind("Last call", "Calls", _last_call, "was", "was not"),
    "attempts": Kind("Attempts", "Calls", _number_of, "number", "do not number"),
    "conversations": Kind("Conversations", "Calls", _number_of, "number", "do not number"),
    "member": Kind("Member", "Campaigns", _member),
    "number": Kind("Usable number", "Can be called", lambda *_: {}, "known", "not known"),
    "suppressed": Kind("Do not call", "Can be called", lambda *_: {}, "applies", "does not apply"),
    "off_limits": Kind("Off-limits", "Can be called", lambda *_: {}),
}


def grouped_kinds() -> list[tuple[str, Choices]]:
    groups: dict[str, Choices] = {}
    for name, kind in KINDS.items():
        groups.setdefault(kind.group, []).append((name, kind.label))
    return list(groups.items())
