"""The fields of conditions. `shape` says which control shows one."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext

from config.ui.formats import in_sentence
from config.ui.forms import DayInput

MAX_TEXT = 200
MAX_TEXTS = 100


class Several(forms.MultipleChoiceField):
    """Some of a list, as boxes that are folded away. `none` says what choosing nothing means."""

    shape = "pick"

    def __init__(self, label: str, choices: Sequence[tuple[str, str | Promise]], none: str = ""):
        self.none = none
        super().__init__(
            label=label,
            choices=choices,
            required=not none,
            error_messages={
                "required": gettext("Choose %(label)s.") % {"label": in_sentence(label)},
                "invalid_choice": gettext("One that was chosen isn't here any more. Choose again."),
            },
        )


class SeveralRows(Several):
    """Rows of the workspace, by id."""

    def clean(self, value: object) -> list[int]:
        return [int(each) for each in super().clean(value)]


class One(forms.ChoiceField):
    """One of a list. `redraws`: other fields of the condition depend on it."""

    shape = "select"

    def __init__(
        self, label: str, choices: Sequence[tuple[str, str | Promise]], *, redraws: bool = False, **kwargs: Any
    ):
        self.redraws = redraws
        self.known = [value for value, _ in choices]
        super().__init__(
            label=label,
            choices=choices,
            error_messages={"required": gettext("Choose %(label)s.") % {"label": in_sentence(label)}},
            **kwargs,
        )


class TextsInput(forms.TextInput):
    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return data.getlist(name)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data


class Texts(forms.Field):
    """Texts, one in an input, with an empty input for one more. `suggests` names the list offered while one types."""

    shape = "texts"
    widget = TextsInput

    def __init__(self, label: str, suggests: str = ""):
        self.suggests = suggests
        super().__init__(
            label=label, error_messages={"required": gettext("Enter %(label)s.") % {"label": in_sentence(label)}}
        )

    def to_python(self, value: list[str] | None) -> list[str]:
        texts = [" ".join(each.split()) for each in value or []]
        return list(dict.fromkeys(filter(None, texts)))

    def validate(self, value: list[str]) -> None:
        super().validate(value)
        if len(value) > MAX_TEXTS:
            raise ValidationError(gettext("Enter at most %(most)s.") % {"most": MAX_TEXTS})
        for each in value:
            if len(each) > MAX_TEXT or "\0" in each:
                raise ValidationError(
                    gettext("“%(text)s…” can't be searched for.") % {"text": each[:40].replace(chr(0), "")}
                )


class Text(forms.CharField):
    shape = "input"

    def __init__(self, label: str):
        super().__init__(
            label=label,
            max_length=MAX_TEXT,
            error_messages={"required": gettext("Enter %(label)s.") % {"label": in_sentence(label)}},
        )


class Count(forms.IntegerField):
    """`unit` stands behind it."""

    shape = "input"

    def __init__(self, label: str, *, least: int = 0, most: int = 1000, unit: str = ""):
        self.unit = unit
        super().__init__(
            label=label,
            min_value=least,
            max_value=most,
            error_messages={"required": gettext("Enter %(label)s.") % {"label": in_sentence(label)}},
        )


class Amount(forms.FloatField):
    shape = "input"

    def __init__(self, label: str):
        super().__init__(
            label=label,
            error_messages={"required": gettext("Enter %(label)s.") % {"label": in_sentence(label)}},
            widget=forms.NumberInput(attrs={"step": "any"}),
        )

    def clean(self, value: object) -> int | float | None:
        amount = super().clean(value)
        return int(amount) if isinstance(amount, float) and amount.is_integer() else amount


class Day(forms.DateField):
    shape = "input"

    def __init__(self, label: str):
        super().__init__(label=label, widget=DayInput(), error_messages={"required": gettext("Choose a day.")})

    def clean(self, value: object) -> str | None:
        day = super().clean(value)
        return day.isoformat() if day else None
