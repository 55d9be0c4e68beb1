from collections.abc import Mapping
from copy import copy
from datetime import datetime, time, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.timezone import localtime, now

from calls.derived.locks import lock_campaign
from calls.dialled_form import DialledForm
from calls.log.meetings import LATEST_TIME, TAKEN_BACK, can_change, describe
from calls.log.validation import NewCall
from calls.models import Call, Direction, Meeting
from calls.queue.calling_hours import CallingHours, is_weekend, local_time, zone_of
from campaigns.dispositions import CALLBACKS, CONVERSATIONS, MEETINGS, SUPPRESSING, WRONG_NUMBERS, Disposition
from campaigns.models import Campaign, CampaignContact
from config.ui.formats import moment
from config.ui.forms import MomentInput
from config.ui.optimistic_locking import VersionedForm, attribution
from markets.forms import PhoneForm, ScopeForm
from markets.models import User
from signals.capture.contradictions import contradiction_questions
from signals.capture.services import NewSignal
from signals.capture.vocabulary import QUESTIONS, VALUES, SignalType
from signals.forms import ContradictionForm


class CallForm(DialledForm, ScopeForm, ContradictionForm):
    """Records a call to one contact, with what its disposition requires and the signals heard on it."""

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
    """A valid form with the new number, to be saved once the call is recorded."""
    callback_dispositions = " ".join(CALLBACKS)
    meeting_dispositions = " ".join(MEETINGS)
    suppressing_dispositions = " ".join(SUPPRESSING)
    wrong_number_dispositions = " ".join(WRONG_NUMBERS)
    conversation_dispositions = " ".join(CONVERSATIONS)

    def __init__(self, data: Mapping[str, object] | None = None, *, member: CampaignContact, campaign: Campaign):
        self.contact, self.hours = member.contact, CallingHours.of(campaign)
        self.promised_at = member.callback_due_at
        self.shown_at = now()
        initial = {"started_at": localtime(self.shown_at).replace(second=0, microsecond=0), "request_key": uuid4()}
        super().__init__(data, initial=initial)
        self.fields["dialled"] = self.dialled_field()
        for type_ in SignalType:
            values = [("", "Not heard"), *((value, value) for value in VALUES[type_])]
            self.fields[type_] = forms.ChoiceField(
                choices=values, required=False, widget=forms.RadioSelect, label=type_.label, help_text=QUESTIONS[type_]
            )
            self.fields[f"{type_}_evidence"] = forms.CharField(
                required=False, max_length=1000, label=f"The words for {type_.label}"
            )

    def clean(self) -> dict[str, object]:
        super().clean()
        data = self.cleaned_data
        disposition = data.get("disposition")
        if disposition in CALLBACKS and not data.get("callback_at") and "callback_at" not in self.errors:
            self.add_error("callback_at", "Say when to call back: a Callback Requested needs its time.")
        signals = self.new_signals()
        if disposition and disposition not in CONVERSATIONS and signals:
            self.add_error(
                "disposition",
                f"Nothing can be heard on a call that came to {Disposition(disposition).label}. "
                "Choose another outcome or take the signals out.",
            )
        else:
            self.require_confirmation(contradiction_questions(disposition or "", signals))
        for type_ in SignalType:
            if data.get(f"{type_}_evidence") and not data.get(type_):
                self.add_error(type_, "Choose the value that these words speak for.")
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
            sentence = self.hours.warning(self.contact, started_at, when="The call starts on")
            self.add_error("outside_hours_reason", f"{sentence} Say why this call was made all the same.")

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

    def callback_choices(self) -> list[tuple[str, datetime]]:
        """Usual times to call back, with their labels, within the contact's calling hours."""
        there = local_time(self.contact, self.shown_at)
        there_too = " there" if there.utcoffset() != localtime(self.shown_at).utcoffset() else ""
        morning, monday = there.date() + timedelta(days=1), there.date() + timedelta(days=7 - there.weekday())
        days = [("tomorrow", morning), ("next week, Monday", monday)]
        if is_weekend(morning) and not self.hours.on_weekends:
            days = days[1:]
        hour = min(max(9, self.hours.opens), self.hours.closes - 1)
        soon = (self.shown_at + timedelta(hours=1)).replace(second=0, microsecond=0)
        return [
            *([("in 1 hour", soon)] if self.hours.are_open(zone_of(self.contact), soon) else []),
            *(
                (f"{label} {hour}:00{there_too}", datetime.combine(day, time(hour), there.tzinfo))
                for label, day in days
            ),
        ]

    def signal_fields(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[type_], self[f"{type_}_evidence"]) for type_ in SignalType]


NOT_TOO_LATE = MaxValueValidator(LATEST_TIME, "That is after the year 2199; check the year.")


class MeetingForm(VersionedForm, forms.Form):
    """The outcome or a new time of a meeting. Its status and its time are compared as one value."""

    to = forms.CharField(max_length=20, label="Status", error_messages={"required": "Say what became of the meeting."})
    at = forms.DateTimeField(required=False, widget=MomentInput(), validators=[NOT_TOO_LATE], label="New time")
    reason = forms.CharField(required=False, max_length=500)

    def __init__(self, data: Mapping[str, object] | None = None, *, meeting: Meeting):
        super().__init__(data)
        self.meeting = meeting

    def lock(self) -> None:
        lock_campaign(self.meeting.call.campaign)
        self.meeting.refresh_from_db()

    def stored_values(self) -> dict[str, object]:
        return {"to": (self.meeting.status, self.meeting.scheduled_at)}

    def typed_value(self, name: str) -> object:
        to = self["to"].data or self.meeting.status
        is_moved = to == Meeting.Status.SCHEDULED and self["at"].data
        return to, super().typed_value("at") if is_moved else self.meeting.scheduled_at

    def shown(self, name: str, value: Any) -> str:
        status, at = value
        label = str(dict(Meeting.Status.choices).get(status, status))
        return f"{label}, {moment(at) if isinstance(at, datetime) else at}" if at else label

    def changed_by(self, name: str) -> str:
        change = self.meeting.changes.select_related("changed_by").last()
        return attribution(change.changed_by, change.changed_at) if change else ""

    def stale_message(self) -> str:
        if not can_change(self.meeting):
            return TAKEN_BACK
        return f"{describe(self.meeting)}, which is not what you saw. Look at it again, then decide."


class CorrectionForm(VersionedForm, ScopeForm):
    """Corrects a call. Only fields that differ from what is stored are changed."""

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

    REFUSAL_FIELDS = {"not_active": "started_at", "has_signals": "disposition", "no_reason": "reason"}
    callback_dispositions = " ".join(CALLBACKS)
    meeting_dispositions = " ".join(MEETINGS)
    suppressing_dispositions = " ".join(SUPPRESSING)

    def __init__(self, data: Mapping[str, object] | None = None, *, call: Call):
        self.call, self.contact = call, call.contact
        super().__init__(data, initial=self._values())

    def lock(self) -> None:
        lock_campaign(self.call.campaign)
        self.call.refresh_from_db()
        self.initial = self._values()

    def changed_by(self, name: str) -> str:
        if name == "meeting_at":
            change = self.call.meeting.changes.select_related("changed_by").last()
            return attribution(change.changed_by, change.changed_at) if change else ""
        correction = self.call.corrections.filter(after__has_key=name).select_related("corrected_by").last()
        return attribution(correction.corrected_by or "an import", correction.corrected_at) if correction else ""

    def _values(self) -> dict[str, Any]:
        meeting = getattr(self.call, "meeting", None)
        values = {name: getattr(self.call, name) for name in ("disposition", "talk_seconds", "direction", "notes")}
        moments = {
            "callback_at": self.call.callback_at,
            "started_at": self.call.started_at,
            "meeting_at": meeting and meeting.scheduled_at,
        }
        return values | {name: self._to_the_minute(at) for name, at in moments.items()}

    @staticmethod
    def _to_the_minute(moment: datetime | None) -> datetime | None:
        """The inputs have no seconds, so without this an untouched time would count as changed."""
        return moment and localtime(moment).replace(second=0, microsecond=0)

    def clean_notes(self) -> str:
        """Browsers post the lines of a textarea with CRLF."""
        return self.cleaned_data["notes"].replace("\r\n", "\n")

    def clean(self) -> dict[str, object]:
        super().clean()
        data = self.cleaned_data
        if self.errors:
            return data
        if self.initial["meeting_at"] and data["disposition"] in MEETINGS and not data["meeting_at"]:
            self.add_error("meeting_at", "A meeting's time can be changed, not taken away. Cancel it on its own page.")
        elif not self.changes():
            self.add_error(None, "Nothing is different from what the call says already. Change what is wrong.")
        elif data["disposition"] in SUPPRESSING and data["disposition"] != self.initial["disposition"]:
            self.check_scope()
        return data

    def changes(self) -> dict[str, Any]:
        """The changed values by name, as arguments of `calls.log.services.amend`."""
        data = self.cleaned_data
        changed = [name for name, value in self.initial.items() if data[name] != value]
        values = {name: data[name] for name in changed if name != "meeting_at" or data["meeting_at"]}
        if values.get("disposition") in SUPPRESSING:
            values["suppression_scope"] = self.suppression_scope
        return values

    def field_for(self, code: str) -> str | None:
        """The field that shows a refusal of `amend`; None for the form as a whole."""
        name = self.REFUSAL_FIELDS.get(code, code)
        return name if name in self.fields else None
