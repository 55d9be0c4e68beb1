from copy import copy
from datetime import datetime, time, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.timezone import localtime, now

from calls.log.meetings import LATEST
from calls.log.validation import NewCall
from calls.models import Call, Direction
from calls.queue.calling_hours import is_within_hours, outside_hours, time_there
from campaigns.dispositions import CALLBACKS, CONVERSATIONS, MEETINGS, WRONG_NUMBERS, Disposition
from config.ui.forms import MomentInput
from markets.forms import PhoneForm
from markets.models import Contact, User
from signals.capture.contradictions import contradiction_questions
from signals.capture.services import NewSignal
from signals.capture.vocabulary import QUESTIONS, VALUES, SignalType
from signals.forms import AskingForm


class CallForm(AskingForm):
    """One call to one person, with what its disposition needs and the signals heard on it."""

    disposition = forms.ChoiceField(choices=Disposition.choices, widget=forms.RadioSelect, label="What it came to")
    callback_at = forms.DateTimeField(required=False, widget=MomentInput(), label="Call back at")
    meeting_at = forms.DateTimeField(
        required=False, widget=MomentInput(), label="Meeting at", help_text="Leave empty if the time is to be agreed."
    )
    new_phone = forms.CharField(
        required=False, max_length=60, label="New number", help_text="If somebody told you the right one."
    )
    started_at = forms.DateTimeField(widget=MomentInput(), label="Started at")
    talk_seconds = forms.IntegerField(required=False, min_value=0, max_value=86400, label="Talk time in seconds")
    direction = forms.ChoiceField(choices=Direction.choices, initial=Direction.OUTBOUND)
    outside_hours_reason = forms.CharField(required=False, max_length=200, label="Why outside the calling hours")
    notes = forms.CharField(required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 3}))
    request_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    repair: PhoneForm | None = None
    """Saves the new number, once the call is recorded."""

    def __init__(self, *args: Any, contact: Contact, **kwargs: Any):
        self.contact = contact
        self.shown_at = now()
        initial = {"started_at": localtime(self.shown_at).replace(second=0, microsecond=0), "request_key": uuid4()}
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
        else:
            self.ask(contradiction_questions(disposition or "", self.heard()))
        for type_ in SignalType:
            if typed.get(f"{type_}_evidence") and not typed.get(type_):
                self.add_error(type_, "Choose the value that these words speak for.")
        if disposition in WRONG_NUMBERS and typed.get("new_phone"):
            self._check_new_phone(typed["new_phone"])
        self._check_hours(typed)
        return typed

    def _check_new_phone(self, phone: str) -> None:
        """On a copy: the call is recorded with the number that was dialled."""
        repaired = copy(self.contact)
        repaired.wrong_phone = repaired.phone_e164
        self.repair = PhoneForm({"phone": phone}, contact=repaired)
        if not self.repair.is_valid():
            self.add_error("new_phone", [error for errors in self.repair.errors.values() for error in errors])

    def _check_hours(self, typed: dict[str, Any]) -> None:
        started_at, is_outbound = typed.get("started_at"), typed.get("direction") == Direction.OUTBOUND
        if not started_at or not is_outbound or is_within_hours(self.contact, started_at):
            typed["outside_hours_reason"] = ""
        elif not typed.get("outside_hours_reason") and "outside_hours_reason" not in self.errors:
            sentence = outside_hours(self.contact, started_at, when="The call starts on")
            self.add_error("outside_hours_reason", f"{sentence} Say why this call was made all the same.")

    def heard(self) -> list[NewSignal]:
        typed = self.cleaned_data
        return [
            NewSignal(type=type_, value=typed[type_], evidence=typed.get(f"{type_}_evidence", ""))
            for type_ in SignalType
            if typed.get(type_)
        ]

    def call(self, caller: User) -> NewCall:
        typed = self.cleaned_data
        return NewCall(
            contact=self.contact,
            caller=caller,
            disposition=typed["disposition"],
            started_at=typed["started_at"],
            direction=typed["direction"],
            talk_seconds=typed["talk_seconds"],
            notes=typed["notes"],
            callback_at=typed["callback_at"],
            meeting_at=typed["meeting_at"],
            request_key=typed["request_key"],
            outside_hours_reason=typed["outside_hours_reason"],
        )

    @property
    def outside_hours(self) -> str:
        """The warning while it is not within the calling hours where the person is."""
        return "" if is_within_hours(self.contact, self.shown_at) else outside_hours(self.contact, self.shown_at)

    @property
    def asks_why_outside(self) -> bool:
        return bool(self.outside_hours or self["outside_hours_reason"].errors or self["outside_hours_reason"].value())

    def callback_choices(self) -> list[tuple[str, datetime]]:
        """The usual times to call back, within the person's calling hours."""
        there = time_there(self.contact, self.shown_at)
        is_elsewhere = there.utcoffset() != localtime(self.shown_at).utcoffset()
        morning, monday = there.date() + timedelta(days=1), there.date() + timedelta(days=7 - there.weekday())
        soon = (self.shown_at + timedelta(hours=1)).replace(second=0, microsecond=0)
        return [
            *([("in 1 hour", soon)] if is_within_hours(self.contact, soon) else []),
            *(
                (f"{label} 9:00{' there' if is_elsewhere else ''}", datetime.combine(day, time(9), there.tzinfo))
                for label, day in (("tomorrow", morning), ("next week, Monday", monday))
            ),
        ]

    @property
    def callback_dispositions(self) -> str:
        return " ".join(CALLBACKS)

    @property
    def meeting_dispositions(self) -> str:
        return " ".join(MEETINGS)

    @property
    def wrong_number_dispositions(self) -> str:
        return " ".join(WRONG_NUMBERS)

    @property
    def conversation_dispositions(self) -> str:
        return " ".join(CONVERSATIONS)

    def signal_fields(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[type_], self[f"{type_}_evidence"]) for type_ in SignalType]


NOT_TOO_LATE = MaxValueValidator(LATEST, "That is after the year 2199; check the year.")


class MeetingForm(forms.Form):
    """What became of a meeting. `seen` is what it was on the page that was answered."""

    to = forms.CharField(max_length=20, error_messages={"required": "Say what became of the meeting."})
    at = forms.DateTimeField(required=False, widget=MomentInput(), validators=[NOT_TOO_LATE], label="New time")
    reason = forms.CharField(required=False, max_length=500)
    seen = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)


class CorrectionForm(forms.Form):
    """What a call says of itself. Only what is different from what the page showed is changed."""

    disposition = forms.ChoiceField(choices=Disposition.choices, widget=forms.RadioSelect, label="Outcome")
    callback_at = forms.DateTimeField(
        required=False, widget=MomentInput(), validators=[NOT_TOO_LATE], label="Call back at"
    )
    meeting_at = forms.DateTimeField(
        required=False, widget=MomentInput(), validators=[NOT_TOO_LATE], label="Meeting at"
    )
    started_at = forms.DateTimeField(widget=MomentInput(), label="Started at")
    talk_seconds = forms.IntegerField(required=False, min_value=0, max_value=86400, label="Talk time in seconds")
    direction = forms.ChoiceField(choices=Direction.choices)
    notes = forms.CharField(required=False, max_length=10_000, strip=False, widget=forms.Textarea)
    reason = forms.CharField(max_length=500, label="Why it is corrected")

    FIELDS_OF_CODES = {"not_active": "started_at", "has_signals": "disposition", "no_reason": "reason"}

    def __init__(self, *args: Any, call: Call, **kwargs: Any):
        meeting = getattr(call, "meeting", None)
        said = {name: getattr(call, name) for name in ("disposition", "talk_seconds", "direction", "notes")}
        moments = {
            "callback_at": call.callback_at,
            "started_at": call.started_at,
            "meeting_at": meeting and meeting.scheduled_at,
        }
        super().__init__(*args, initial=said | {name: self._shown(at) for name, at in moments.items()}, **kwargs)

    @staticmethod
    def _shown(moment: datetime | None) -> datetime | None:
        """To the minute, as the field shows it: what was not touched is not changed by its seconds."""
        return moment and localtime(moment).replace(second=0, microsecond=0)

    def clean_notes(self) -> str:
        """A browser ends the lines of a text area in its own way."""
        return self.cleaned_data["notes"].replace("\r\n", "\n")

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        if self.errors:
            return typed
        if self.initial["meeting_at"] and typed["disposition"] in MEETINGS and not typed["meeting_at"]:
            self.add_error("meeting_at", "A meeting's time can be changed, not taken away. Cancel it on its own page.")
        elif not self.changes():
            self.add_error(None, "Nothing is different from what the call says already. Change what is wrong.")
        return typed

    def changes(self) -> dict[str, Any]:
        """What is different, as `amend` takes it."""
        typed = self.cleaned_data
        changed = [name for name, said in self.initial.items() if typed[name] != said]
        return {name: typed[name] for name in changed if name != "meeting_at" or typed["meeting_at"]}

    def field_of(self, code: str) -> str | None:
        """Where a refusal belongs."""
        name = self.FIELDS_OF_CODES.get(code, code)
        return name if name in self.fields else None

    @property
    def callback_dispositions(self) -> str:
        return " ".join(CALLBACKS)

    @property
    def meeting_dispositions(self) -> str:
        return " ".join(MEETINGS)
