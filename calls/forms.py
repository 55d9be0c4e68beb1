from typing import Any
from uuid import uuid4

from django import forms
from django.utils.timezone import localtime, now

from calls.models import Direction
from calls.recording import NewCall
from campaigns.dispositions import CALLBACKS, CONVERSATIONS, MEETINGS, Disposition
from config.ui.forms import MomentInput
from markets.models import Contact, User
from signals.capturing import Heard
from signals.vocabulary import QUESTIONS, VALUES, SignalType


class CallForm(forms.Form):
    """One call, with what its disposition needs and the signals heard on it."""

    disposition = forms.ChoiceField(choices=Disposition.choices, widget=forms.RadioSelect, label="What it came to")
    callback_at = forms.DateTimeField(required=False, widget=MomentInput(), label="Call back at")
    meeting_at = forms.DateTimeField(
        required=False, widget=MomentInput(), label="Meeting at", help_text="Leave empty if the time is to be agreed."
    )
    started_at = forms.DateTimeField(widget=MomentInput(), label="Started at")
    talk_seconds = forms.IntegerField(required=False, min_value=0, max_value=86400, label="Talk time in seconds")
    direction = forms.ChoiceField(choices=Direction.choices, initial=Direction.OUTBOUND)
    notes = forms.CharField(required=False, max_length=10_000, widget=forms.Textarea)
    request_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        initial = {"started_at": localtime(now()).replace(second=0, microsecond=0), "request_key": uuid4()}
        super().__init__(*args, initial=initial, **kwargs)
        for type_ in SignalType:
            values = [("", "Not heard"), *((value, value) for value in VALUES[type_])]
            self.fields[type_] = forms.ChoiceField(
                choices=values, required=False, widget=forms.RadioSelect, label=type_.label, help_text=QUESTIONS[type_]
            )
            self.fields[f"{type_}_evidence"] = forms.CharField(
                required=False, max_length=1000, label=f"The words for {type_.label}"
            )

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        disposition = typed.get("disposition")
        if disposition in CALLBACKS and not typed.get("callback_at") and "callback_at" not in self.errors:
            self.add_error("callback_at", "Say when to call back: a Callback Requested needs its time.")
        if disposition and disposition not in CONVERSATIONS and self.heard():
            self.add_error(
                "disposition",
                f"Nothing can be heard on a call that came to {Disposition(disposition).label}. "
                "Choose another outcome or take the signals out.",
            )
        for type_ in SignalType:
            if typed.get(f"{type_}_evidence") and not typed.get(type_):
                self.add_error(type_, "Choose the value that these words speak for.")
        return typed

    def heard(self) -> list[Heard]:
        typed = self.cleaned_data
        return [
            Heard(type=type_, value=typed[type_], evidence=typed.get(f"{type_}_evidence", ""))
            for type_ in SignalType
            if typed.get(type_)
        ]

    def call(self, contact: Contact, caller: User) -> NewCall:
        typed = self.cleaned_data
        return NewCall(
            contact=contact,
            caller=caller,
            disposition=typed["disposition"],
            started_at=typed["started_at"],
            direction=typed["direction"],
            talk_seconds=typed["talk_seconds"],
            notes=typed["notes"],
            callback_at=typed["callback_at"],
            meeting_at=typed["meeting_at"],
            request_key=typed["request_key"],
        )

    @property
    def callback_dispositions(self) -> str:
        return " ".join(CALLBACKS)

    @property
    def meeting_dispositions(self) -> str:
        return " ".join(MEETINGS)

    @property
    def conversation_dispositions(self) -> str:
        return " ".join(CONVERSATIONS)

    def signal_fields(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[type_], self[f"{type_}_evidence"]) for type_ in SignalType]
