"""A dialer's log into a campaign, idempotent by the dialer's call ID. Calls are written by calls.recording alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from calls.callees import Callees
from calls.models import Call
from calls.parsing import (
    parse_call_id,
    parse_direction,
    parse_disposition,
    parse_moment,
    parse_notes,
    parse_seconds,
)
from calls.recording import CallRefused, NewCall, amend, next_working_morning, record_all
from campaigns.dispositions import MEANINGS
from campaigns.models import Campaign
from markets.chunks import Tally
from markets.mapping import Columns
from markets.models import Contact, ImportJob, User
from markets.normalising import tidy
from markets.reading import Row
from markets.rejects import Rejection, RowRefused

COMPARED = ("started_at", "direction", "talk_seconds", "disposition", "notes", "caller_name", "callback_at")
"""What a call that is known already is compared by, where the row gives it."""


@dataclass(frozen=True)
class Reported:
    """A row of the log: the call as its cells tell, with only the values that it gives."""

    row: Row
    call_id: str
    contact: Contact
    values: Mapping[str, Any]


class CallLog:
    """What a file of calls takes; a call that is known already is amended where it differs."""

    chunk = 1000

    def __init__(
        self,
        *,
        campaign: Campaign,
        columns: Columns,
        timezone: str = "",
        historical: bool = False,
        job: ImportJob,
    ):
        """`timezone` is that of times without an offset, by default the workspace's; `historical` admits calls from
        before the campaign was kept here."""
        self.campaign = campaign
        self.job = job
        self.workspace = campaign.workspace
        self.columns = columns
        self.zone = ZoneInfo(timezone or campaign.workspace.timezone)
        self.historical = historical
        members = self.workspace.memberships.select_related("user")
        self.members: dict[str, User] = {membership.user.email: membership.user for membership in members}

    def prepare(self, rows: Sequence[Row]) -> Sequence[Row]:
        return rows

    @transaction.atomic
    def write(self, rows: Sequence[Row]) -> Tally:
        """Writes some rows. While it runs, nobody else writes calls of the campaign."""
        Campaign.objects.select_for_update(no_key=True).get(pk=self.campaign.pk)
        typed = [self.columns.pick(cells) if not self.columns.misfit(cells) else {} for _, cells in rows]
        callees = Callees(self.campaign, [tidy(each.get("contact", "")) for each in typed])
        outcomes: dict[int, str | Rejection] = {}
        waiting: list[Reported] = []
        for row, values in zip(rows, typed, strict=True):
            try:
                waiting.append(self._read(row, values, callees))
            except RowRefused as refusal:
                outcomes[row[0]] = _rejection(row, refusal)
        while waiting:
            waiting = self._round(waiting, outcomes)
        tally = Tally()
        for line, _ in rows:
            tally.count(outcomes[line])
        return tally

    def _round(self, reported: Sequence[Reported], outcomes: dict[int, str | Rejection]) -> list[Reported]:
        """Settles known calls and the first row of each unknown one; returns the rows that name one of these again."""
        known = self._known(reported)
        fresh: dict[str, Reported] = {}
        again: list[Reported] = []
        for each in reported:
            if each.call_id in known:
                outcomes[each.row[0]] = self._compare(each, known)
            elif each.call_id in fresh:
                again.append(each)
            else:
                fresh[each.call_id] = each
        new_calls = [self._new_call(each) for each in fresh.values()]
        if not new_calls:
            return again
        made = record_all(campaign=self.campaign, new_calls=new_calls, historical=self.historical)
        for each, outcome in zip(fresh.values(), made, strict=True):
            outcomes[each.row[0]] = _rejection(each.row, outcome) if isinstance(outcome, CallRefused) else "created"
        return again

    def _known(self, reported: Sequence[Reported]) -> dict[str, Call]:
        ids = {each.call_id for each in reported}
        calls = Call.objects.filter(workspace=self.workspace, dialer_call_id__in=ids)
        return {call.dialer_call_id: call for call in calls.select_related("contact", "campaign", "meeting")}

    def _read(self, row: Row, typed: Mapping[str, str], callees: Callees) -> Reported:
        if misfit := self.columns.misfit(row[1]):
            raise RowRefused("columns", misfit)
        call_id = parse_call_id(typed)
        values: dict[str, Any] = {}
        for field in ("started_at", "callback_at", "meeting_at"):
            if text := tidy(typed.get(field, "")):
                values[field] = parse_moment(field, text, self.zone)
        if "started_at" not in values:
            raise RowRefused("started_at", "The row does not say when the call started.")
        values["disposition"] = parse_disposition(tidy(typed.get("disposition", "")))
        if text := tidy(typed.get("direction", "")):
            values["direction"] = parse_direction(text)
        if text := tidy(typed.get("talk_seconds", "")):
            values["talk_seconds"] = parse_seconds(text)
        if text := parse_notes(typed.get("notes", "")):
            values["notes"] = text
        values |= self._caller(tidy(typed.get("caller", "")))
        return Reported(row, call_id, callees.find(tidy(typed.get("contact", ""))), values)

    def _caller(self, text: str) -> dict[str, Any]:
        """The member with that email address, or else the dialer's own name for the caller."""
        if user := self.members.get(text.casefold()):
            return {"caller": user}
        if len(text) > 120:
            raise RowRefused("caller", f"The caller's name has {len(text):,} characters; at most 120 are kept.")
        return {"caller_name": text} if text else {}

    def _new_call(self, reported: Reported) -> NewCall:
        new = NewCall(contact=reported.contact, dialer_call_id=reported.call_id, brought_by=self.job, **reported.values)
        callback = self._callback(new.disposition, new.started_at, new.callback_at)
        return replace(new, callback_at=callback)

    def _callback(self, disposition: str, started_at: datetime, given: datetime | None) -> datetime | None:
        if not MEANINGS[disposition].needs_callback_time:
            return None
        return given or next_working_morning(self.workspace, started_at)

    def _compare(self, reported: Reported, known: dict[str, Call]) -> str | Rejection:
        call = known[reported.call_id]
        if call.campaign_id != self.campaign.pk or call.contact_id != reported.contact.pk:
            message = (
                f"The call {reported.call_id} is known already, as one to {call.contact} (contact {call.contact_id}) "
                f"in the campaign {call.campaign}; a call ID is one call."
            )
            return _rejection(reported.row, RowRefused("known_otherwise", message))
        changes = self._changes(call, reported.values)
        if not changes:
            return "unchanged"
        try:
            known[reported.call_id] = amend(call=call, historical=self.historical, **changes)
        except CallRefused as refusal:
            return _rejection(reported.row, refusal)
        return "updated"

    def _changes(self, call: Call, values: Mapping[str, Any]) -> dict[str, Any]:
        """What the row says otherwise than the call that is kept. Cells that are blank say nothing."""
        meaning = MEANINGS[values["disposition"]]
        changes = {name: values[name] for name in COMPARED if name in values and values[name] != getattr(call, name)}
        if not meaning.needs_callback_time:
            changes.pop("callback_at", None)
        elif call.callback_at is None:
            changes["callback_at"] = self._callback(
                values["disposition"], values["started_at"], values.get("callback_at")
            )
        if meaning.books_meeting and "meeting_at" in values:
            meeting = getattr(call, "meeting", None)
            if meeting is None or meeting.scheduled_at != values["meeting_at"]:
                changes["meeting_at"] = values["meeting_at"]
        return changes


def _rejection(row: Row, refusal: RowRefused | CallRefused) -> Rejection:
    line, cells = row
    return Rejection(line, refusal.code, str(refusal), cells)
