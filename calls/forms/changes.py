from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.derived.locks import lock_campaign
from calls.log.meetings import LATEST_TIME, TAKEN_BACK, can_change, describe
from calls.models import Call, Direction, Meeting
from campaigns.dispositions import CALLBACKS, MEETINGS, SUPPRESSING, Disposition
from config.ui.formats import moment
from config.ui.forms import MomentInput
from config.ui.optimistic_locking import VersionedForm, attribution
from markets.forms import ScopeForm

NOT_TOO_LATE = MaxValueValidator(LATEST_TIME, _("That is after the year 2199; check the year."))


class MeetingForm(VersionedForm, forms.Form):
    """The outcome or a new time of a meeting. Its status and its time are compared as one value."""

    to = forms.CharField(
        max_length=20, label=_("Status"), error_messages={"required": _("Say what became of the meeting.")}
    )
    at = forms.DateTimeField(required=False, widget=MomentInput(), validators=[NOT_TOO_LATE], label=_("New time"))
    reason = forms.CharField(required=False, max_length=500, label=_("Reason"))

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
            return gettext(TAKEN_BACK)
        text = gettext("%(state)s, which is not what you saw. Look at it again, then decide.")
        return text % {"state": describe(self.meeting)}


class CorrectionForm(VersionedForm, ScopeForm):
    """Corrects a call. Only fields that differ from what is stored are changed."""

    disposition = forms.ChoiceField(choices=Disposition.choices, widget=forms.RadioSelect, label=_("Outcome"))
    callback_at = forms.DateTimeField(
        required=False, widget=MomentInput(), validators=[NOT_TOO_LATE], label=_("Call back at")
    )
    meeting_at = forms.DateTimeField(
        required=False, widget=MomentInput(), validators=[NOT_TOO_LATE], label=_("Meeting at")
    )
    started_at = forms.DateTimeField(widget=MomentInput(), label=_("Started at"))
    talk_seconds = forms.IntegerField(required=False, min_value=0, max_value=86400, label=_("Talk time in seconds"))
    direction = forms.ChoiceField(choices=Direction.choices, label=_("Direction"))
    notes = forms.CharField(required=False, max_length=10_000, strip=False, widget=forms.Textarea, label=_("Notes"))
    reason = forms.CharField(max_length=500, label=_("Why it is corrected"))

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
        return (
            attribution(correction.corrected_by or gettext("an import"), correction.corrected_at) if correction else ""
        )

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
            text = gettext("A meeting's time can be changed, not taken away. Cancel it on its own page.")
            self.add_error("meeting_at", text)
        elif not self.changes():
            self.add_error(None, gettext("Nothing is different from what the call says already. Change what is wrong."))
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
