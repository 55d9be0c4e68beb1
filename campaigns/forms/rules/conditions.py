"""One row of the editor."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext

from campaigns.forms.rules.choices import Choices, RuleChoices
from campaigns.forms.rules.drafts import Condition
from campaigns.forms.rules.fields import One
from campaigns.forms.rules.kinds import KINDS, grouped_kinds
from config.ui.formats import in_sentence

HAS_DEFAULT = {"op", "when", "of"}
"""Their first choice counts if the posted one belongs to another kind of condition."""


@dataclass(frozen=True)
class Control:
    """A field as the row's template draws it."""

    name: str
    id: str
    label: str
    shape: str
    value: str = ""
    values: list[str] = field(default_factory=list)
    options: list[tuple[str, str, bool]] = field(default_factory=list)
    suggests: str = ""
    redraws: bool = False
    summary: str = ""
    none: str = ""
    step: str = "1"
    unit: str = ""
    input_type: str = "text"
    error: str = ""


class ConditionForm(forms.Form):
    """The fields depend on the kind of condition, and on some of the fields themselves."""

    def __init__(self, condition: Condition, *, path: str, choices: RuleChoices):
        self.kind = KINDS.get(condition.first("kind"))
        fields: dict[str, forms.Field] = {}
        if self.kind:
            fields = self.kind.fields(condition, choices)
            if _take_defaults(condition, fields):  # which can have fields of its own
                fields = self.kind.fields(condition, choices)
        data = MultiValueDict({f"{path}-{name}": values for name, values in condition.values.items()})
        super().__init__(data, prefix=path)
        self.path, self.condition = path, condition
        self.fields.update(fields)

    @property
    def kind_groups(self) -> list[tuple[str, Choices]]:
        return grouped_kinds()

    @property
    def kind_name(self) -> str:
        return self.condition.first("kind")

    @property
    def is_negated(self) -> bool:
        return bool(self.condition.first("negated"))

    @property
    def is_finished(self) -> bool:
        return self.kind is not None and self.is_valid()

    @property
    def unfinished(self) -> str:
        """What is missing."""
        if self.kind is None:
            return gettext("This is no kind of condition. Choose another.")
        return " ".join(str(sentence) for sentences in self.errors.values() for sentence in sentences)

    def as_json(self) -> dict[str, object]:
        """Only for finished conditions."""
        given = {name: value for name, value in self.cleaned_data.items() if value not in (None, "", [])}
        return {"kind": self.kind_name, **({"negated": True} if self.is_negated else {}), **given}

    def controls(self) -> Iterator[Control]:
        for name, each in self.fields.items():
            yield _control(self[name], each)


def _take_defaults(condition: Condition, fields: dict[str, forms.Field]) -> bool:
    """Gives fields whose value is none of their choices the first one."""
    changed = False
    for name in HAS_DEFAULT & fields.keys():
        each = fields[name]
        assert isinstance(each, One)
        if condition.first(name) not in each.known:
            condition.values[name] = each.known[:1]
            changed = True
    return changed


def _control(bound: forms.BoundField, each: Any) -> Control:
    value = bound.value()
    values = [str(item) for item in value] if isinstance(value, list) else []
    options = [
        (str(key), str(label), str(key) in values or str(key) == value) for key, label in getattr(each, "choices", [])
    ]
    chosen = [label for _, label, is_chosen in options if is_chosen]
    none = getattr(each, "none", "") or gettext("Choose %(label)s") % {"label": in_sentence(str(bound.label))}
    return Control(
        name=bound.html_name,
        id=bound.auto_id,
        label=str(bound.label),
        shape=each.shape,
        value="" if value is None or isinstance(value, list) else str(value),
        values=[*filter(None, values), ""] if each.shape == "texts" else values,
        options=options,
        suggests=getattr(each, "suggests", ""),
        redraws=getattr(each, "redraws", False),
        summary=summary_of(chosen, none),
        none=none,
        step=str(each.widget.attrs.get("step", "1")),
        unit=getattr(each, "unit", ""),
        input_type=getattr(each.widget, "input_type", "text"),
        error=" ".join(map(str, bound.errors)),
    )


def summary_of(chosen: list[str], none: str) -> str:
    """What a folded list of boxes says."""
    if not chosen:
        return none
    more = f", +{len(chosen) - 1}" if len(chosen) > 1 else ""
    return f"{chosen[0]}{more}"
