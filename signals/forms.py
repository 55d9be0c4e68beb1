from collections.abc import Iterable, Mapping

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from signals.capture.services import NewSignal
from signals.capture.vocabulary import QUESTIONS, VALUES, Confidence
from signals.models import Signal


class ContradictionForm(forms.Form):
    """Asks for confirmation if its answers contradict each other, and is valid once they are confirmed.

    `asked` repeats the questions that the page showed: a tick confirms those, not what was chosen since.
    """

    confirmed = forms.BooleanField(required=False, label=_("Yes, both are correct"))
    asked = forms.CharField(required=False, widget=forms.HiddenInput)

    questions: str = ""
    """The questions as one text; empty without a contradiction."""

    def require_confirmation(self, questions: Iterable[str]) -> None:
        self.questions = " ".join(questions)
        shown = self.cleaned_data.get("asked") or self.questions
        if self.questions and not (self.cleaned_data.get("confirmed") and shown == self.questions):
            self.add_error("confirmed", self.questions)


class SignalCorrectionForm(ContradictionForm):
    """The replacement of a signal; its type stays."""

    value = forms.ChoiceField(widget=forms.RadioSelect)
    evidence = forms.CharField(required=False, max_length=1000, label=_("What they said"))
    confidence = forms.ChoiceField(choices=Confidence.choices, widget=forms.RadioSelect, label=_("How sure"))

    def __init__(self, data: Mapping[str, object] | None = None, *, signal: Signal):
        super().__init__(data, initial={name: getattr(signal, name) for name in ("value", "evidence", "confidence")})
        self.signal = signal
        value = self.fields["value"]
        assert isinstance(value, forms.ChoiceField)
        value.choices = [(each, gettext(each)) for each in VALUES[signal.type]]
        value.label, value.help_text = signal.get_type_display(), gettext(QUESTIONS[signal.type])

    def new_signal(self) -> NewSignal:
        data = self.cleaned_data
        return NewSignal(
            type=self.signal.type, value=data["value"], evidence=data["evidence"], confidence=data["confidence"]
        )
