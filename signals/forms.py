from collections.abc import Iterable
from typing import Any

from django import forms

from signals.capture.services import NewSignal
from signals.capture.vocabulary import QUESTIONS, VALUES, Confidence
from signals.models import Signal


class AskingForm(forms.Form):
    """A form that comes back with a question where what it says contradicts itself, and is taken once both are so.

    `asked` holds the questions that stood on the page: a tick answers those, not what was chosen since.
    """

    confirmed = forms.BooleanField(required=False, label="Yes, both are so")
    asked = forms.CharField(required=False, widget=forms.HiddenInput)

    questions: str = ""
    """In one text; empty where nothing is contradicted."""

    def ask(self, found: Iterable[str]) -> None:
        self.questions = " ".join(found)
        asked = self.cleaned_data.get("asked") or self.questions
        if self.questions and not (self.cleaned_data.get("confirmed") and asked == self.questions):
            self.add_error("confirmed", self.questions)


class SignalCorrectionForm(AskingForm):
    """What is right instead of a signal; its type stays."""

    value = forms.ChoiceField(widget=forms.RadioSelect)
    evidence = forms.CharField(required=False, max_length=1000, label="The words")
    confidence = forms.ChoiceField(choices=Confidence.choices, widget=forms.RadioSelect, label="How sure")

    def __init__(self, *args: Any, signal: Signal, **kwargs: Any):
        said = {name: getattr(signal, name) for name in ("value", "evidence", "confidence")}
        super().__init__(*args, initial=said, **kwargs)
        self.signal = signal
        value = self.fields["value"]
        value.choices = [(each, each) for each in VALUES[signal.type]]  # type: ignore[attr-defined]
        value.label, value.help_text = signal.get_type_display(), QUESTIONS[signal.type]

    def heard(self) -> NewSignal:
        typed = self.cleaned_data
        return NewSignal(
            type=self.signal.type, value=typed["value"], evidence=typed["evidence"], confidence=typed["confidence"]
        )
