from collections.abc import Mapping
from copy import copy
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.timezone import localtime, now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.callbacks.presets import Preset, callback_presets
from calls.forms.dialled import DialledForm
from calls.log.validation import NewCall
from calls.models import Call, Direction
from calls.queue.calling_hours import CallingHours, zone_of
from campaigns.dispositions import CALLBACKS, CONVERSATIONS, MEETINGS, SUPPRESSING, WRONG_NUMBERS, Disposition
from campaigns.models import Campaign, CampaignContact
from config.ui.forms import MomentInput
from markets.forms import PhoneForm, ScopeForm
from markets.models import User
from signals.capture.contradictions import contradiction_questions
from signals.capture.services import NewSignal
from signals.capture.vocabulary import QUESTIONS, VALUES, SignalType
from signals.forms import ContradictionForm

NOTES_ATTRS = {"rows": 3, "data-key": "n"}
SIGNAL_KEYS = {
    SignalType.MOVEMENT_STATE: "v",
    SignalType.TIMING_WINDOW: "i",
    SignalType.MOTIVATION_DRIVER: "d",
    SignalType.CONVERSATION_ACCESS: "a",
    SignalType.RELATIONSHIP_PERMISSION: "p",
    SignalType.FIRM_STABILITY: "f",
}
"""The keys that choose values of signals. Others: 1-9 outcomes, h t m w callbacks, n notes, s skip."""


class CallForm(DialledForm, ScopeForm, ContradictionForm):
    """Records a call to one contact, with what its disposition requires and the signals heard on it."""

    disposition = forms.ChoiceField(choices=Disposition.choices, widget=forms.RadioSelect, label=_("Outcome"))
    callback_at = forms.DateTimeField(required=False, widget=MomentInput(), label=_("Call back at"))
    meeting_at = forms.DateTimeField(
        required=False,
        widget=MomentInput(),
        label=_("Meeting at"),
        help_text=_("Leave empty if the time is to be agreed."),
    )
    new_phone = forms.CharField(
        required=False, max_length=60, label=_("New number"), help_text=_("If somebody told you the right one.")
    )
    started_at = forms.DateTimeField(widget=MomentInput(), label=_("Started at"))
    talk_seconds = forms.IntegerField(required=False, min_value=0, max_value=86400, label=_("Talk time in seconds"))
    direction = forms.ChoiceField(choices=Direction.choices, initial=Direction.OUTBOUND, label=_("Direction"))
    outside_hours_reason = forms.CharField(required=False, max_length=200, label=_("Why outside the calling hours"))
    notes = forms.CharField(required=False, max_length=10_000, widget=forms.Textarea(NOTES_ATTRS), label=_("Notes"))
    request_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    repair: PhoneForm | None = None
    """A valid form with the new number, to be saved once the call is recorded."""
    callback_dispositions = " ".join(CALLBACKS)
    meeting_dispositions = " ".join(MEETINGS)
    suppressing_dispositions = " ".join(SUPPRESSING)
    wrong_number_dispositions = " ".join(WRONG_NUMBERS)
    conversation_dispositions = " ".join(CONVERSATIONS)

    def __init__(
        self,
        data: Mapping[str, object] | None = None,
        *,
        member: CampaignContact,
        campaign: Campaign,
        undone: Call | None = None,
    ):
        """`undone` is a voided call whose values the form begins with."""
        self.contact, self.hours = member.contact, CallingHours.of(campaign)
        self.promised_at = member.callback_due_at
        self.shown_at = now()
        initial = {"started_at": localtime(self.shown_at).replace(second=0, microsecond=0), "request_key": uuid4()}
        if undone:
            initial |= _values_of(undone)
        super().__init__(data, initial=initial)
        self.fields["dialled"] = self.dialled_field()
        for type_ in SignalType:
            values = [("", gettext("Not heard")), *((value, gettext(value)) for value in VALUES[type_])]
            self.fields[type_] = forms.ChoiceField(
                choices=values,
                required=False,
                widget=forms.RadioSelect,
                label=type_.label,
                help_text=gettext(QUESTIONS[type_]),
            )
            self.fields[f"{type_}_evidence"] = forms.CharField(
                required=False, max_length=1000, label=gettext("What they said about %(type)s") % {"type": type_.label}
            )

    def clean(self) -> dict[str, object]:
        super().clean()
        data = self.cleaned_data
        disposition = data.get("disposition")
        if disposition in CALLBACKS and not data.get("callback_at") and "callback_at" not in self.errors:
            self.add_error("callback_at", gettext("Say when to call back: a Callback Requested needs its time."))
        signals = self.new_signals()
        if disposition and disposition not in CONVERSATIONS and signals:
            text = gettext(
                "No signals can be heard on a call with the outcome %(outcome)s. "
                "Choose another outcome or take the signals out."
            )
            self.add_error("disposition", text % {"outcome": Disposition(disposition).label})
        else:
            self.require_confirmation(contradiction_questions(disposition or "", signals))
        for type_ in SignalType:
            if data.get(f"{type_}_evidence") and not data.get(type_):
                self.add_error(type_, gettext("Choose the value that these words speak for."))
        if disposition in WRONG_NUMBERS and data.get("new_phone"):
            self._check_new_phone(data["new_phone"])
        if disposition in SUPPRESSING:
            self.check_scope()
        self._check_hours(data)
        return data

    def _check_new_phone(self, phone: str) -> None:
        """Checks the number on a copy of the contact, because the call is recorded with the number that was dialled."""
        repaired = copy(self.contact)
        repaired.wrong_phone = repaired.phone_e164
        self.repair = PhoneForm({"phone": phone}, contact=repaired)
        if not self.repair.is_valid():
            self.add_error("new_phone", [error for errors in self.repair.errors.values() for error in errors])

    def _check_hours(self, data: dict[str, Any]) -> None:
        started_at, is_outbound = data.get("started_at"), data.get("direction") == Direction.OUTBOUND
        if not started_at or not is_outbound or self._is_within_hours(started_at):
            data["outside_hours_reason"] = ""
        elif not data.get("outside_hours_reason") and "outside_hours_reason" not in self.errors:
            sentence = self.hours.warning(self.contact, started_at, is_now=False)
            asked = gettext("Say why this call was made all the same.")
            self.add_error("outside_hours_reason", f"{sentence} {asked}")

    def new_signals(self) -> list[NewSignal]:
        data = self.cleaned_data
        return [
            NewSignal(type=type_, value=data[type_], evidence=data.get(f"{type_}_evidence", ""))
            for type_ in SignalType
            if data.get(type_)
        ]

    def new_call(self, caller: User) -> NewCall:
        data = self.cleaned_data
        return NewCall(
            contact=self.contact,
            caller=caller,
            disposition=data["disposition"],
            started_at=data["started_at"],
            direction=data["direction"],
            talk_seconds=data["talk_seconds"],
            notes=data["notes"],
            callback_at=data["callback_at"],
            meeting_at=data["meeting_at"],
            request_key=data["request_key"],
            outside_hours_reason=data["outside_hours_reason"],
            suppression_scope=self.suppression_scope,
            dialled=self.dialled,
        )

    @property
    def outside_hours_warning(self) -> str:
        """Empty if it is within the calling hours where the contact is."""
        return "" if self._is_within_hours(self.shown_at) else self.hours.warning(self.contact, self.shown_at)

    def _is_within_hours(self, moment: datetime) -> bool:
        """A callback that is due by then may have been promised for a weekend."""
        is_due = self.promised_at and self.promised_at <= moment
        return self.hours.are_open(zone_of(self.contact), moment, self.promised_at if is_due else None)

    @property
    def needs_outside_hours_reason(self) -> bool:
        reason = self["outside_hours_reason"]
        return bool(self.outside_hours_warning or reason.errors or reason.value())

    def callback_choices(self) -> list[Preset]:
        return callback_presets(self.contact, self.hours, self.shown_at)

    def signal_fields(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        return [(SIGNAL_KEYS[type_], self[type_], self[f"{type_}_evidence"]) for type_ in SignalType]


def _values_of(call: Call) -> dict[str, Any]:
    fields = ("disposition", "callback_at", "started_at", "talk_seconds", "direction", "notes")
    values = {name: getattr(call, name) for name in fields}
    values["meeting_at"] = call.meeting.scheduled_at if hasattr(call, "meeting") else None
    for signal in call.signals.all():
        values |= {signal.type: signal.value, f"{signal.type}_evidence": signal.evidence}
    return values
