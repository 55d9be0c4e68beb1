"""Applies reports of known calls: what a source may change, and what the report says where a person's word stays."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.timezone import now
from django.utils.translation import gettext as _

from calls.ingest.contact_lookup import ContactLookup
from calls.ingest.notes import CallNote, Kind, disagreement_note, left_out_note
from calls.ingest.precedence import COMPARED, KnownCalls, StoredCall
from calls.ingest.reports import IngestResult, ParsedReport
from calls.log.services import CORRECTED_BY_IMPORT, amend, next_working_morning
from calls.log.validation import CallRefused
from campaigns.dispositions import DISPOSITION_RULES
from config.ui.dates import full_day
from markets.imports.files.rejects import RowRefused
from markets.models import ImportJob, Workspace


def usual_callback(
    workspace: Workspace, disposition: str, started_at: datetime, callback_at: datetime | None
) -> datetime | None:
    """When to call back: as given or else the next working morning; None for an outcome without a callback."""
    if not DISPOSITION_RULES[disposition].needs_callback_time:
        return None
    return callback_at or next_working_morning(workspace, started_at)


class Amendments:
    """Applies the reports of one source. Only calls.log.services changes calls."""

    def __init__(self, workspace: Workspace, import_job: ImportJob | None, *, historical: bool):
        self.workspace, self.import_job, self.historical = workspace, import_job, historical

    def apply(self, lookup: ContactLookup, report: ParsedReport, known: KnownCalls) -> IngestResult:
        """Changes a known call where the source has changed its word and no person has spoken."""
        stored = known.calls[report.parsed.call_id]
        try:
            contact = lookup.get(report.new.contact_key)
        except RowRefused as refusal:
            return IngestResult.rejected(refusal)
        if stored["campaign_id"] != lookup.campaign.pk or stored["contact_id"] != contact.pk:
            return self._known_otherwise(report, stored)
        notes = [*map(left_out_note, report.parsed.left_out or ())]
        given = self._given(report)
        if stored["voided_at"] and not report.parsed.is_voided:
            notes.append(self._voided_note(stored, given))
        elif stored["voided_at"]:
            pass
        elif known.is_older(stored, report.parsed.reported_at):
            if known.differences(stored, given):
                notes.append(
                    CallNote(Kind.KNOWN_NEWER, _("A newer version of this call is known. Nothing is changed."))
                )
        else:
            decision = known.decide(stored, given)
            notes += [disagreement_note(*each, self.workspace) for each in decision.disagreements]
            changes = self._allowed_together(stored, decision.changes)
            if changes:
                return self._amend(report, known, changes, notes)
            known.note_version(stored, report.parsed.reported_at)
        return IngestResult.accepted("unchanged", stored["id"], contact.pk, notes)

    def _amend(
        self, report: ParsedReport, known: KnownCalls, changes: dict[str, Any], notes: list[CallNote]
    ) -> IngestResult:
        stored = known.calls[report.parsed.call_id]
        call = self.workspace.calls.select_related("contact", "campaign").get(pk=stored["id"])
        try:
            call = amend(
                call=call,
                by=None,
                reason=CORRECTED_BY_IMPORT,
                import_job=self.import_job,
                historical=self.historical,
                reported_at=report.parsed.reported_at or now(),
                **changes,
            )
        except CallRefused as refusal:
            known.forget(stored)
            if refusal.code != "has_signals":
                return IngestResult.rejected(refusal)
            note = disagreement_note("disposition", changes["disposition"], stored["disposition"], self.workspace)
            note.message = str(refusal)
            return IngestResult.accepted("unchanged", call.pk, call.contact_id, [*notes, note])
        stored |= {name: getattr(call, name) for name in (*COMPARED, "reported_at")}
        if "meeting_at" in changes:
            stored["meeting_at"] = changes["meeting_at"]
        return IngestResult.accepted("updated", call.pk, call.contact_id, notes)

    def _known_otherwise(self, report: ParsedReport, stored: StoredCall) -> IngestResult:
        call = self.workspace.calls.select_related("contact", "campaign").get(pk=stored["id"])
        text = _(
            "The call %(call)s is known already, as one to %(person)s (contact %(key)s) "
            "in the campaign %(campaign)s; a call ID is one call."
        )
        values = {"person": call.contact, "key": call.contact_id, "campaign": call.campaign}
        return IngestResult("rejected", None, "known_otherwise", text % {"call": report.parsed.call_id, **values})

    def _voided_note(self, stored: StoredCall, given: Mapping[str, Any]) -> CallNote:
        note = disagreement_note("disposition", given["disposition"], "", self.workspace)
        voided_at = stored["voided_at"].astimezone(self.workspace.zone)
        text = _("A person voided this call on %(day)s at %(time)s. It stays voided.")
        note.message = text % {"day": full_day(voided_at), "time": f"{voided_at:%H:%M}"}
        note.stored_value = _("Voided")
        return note

    @staticmethod
    def _given(report: ParsedReport) -> dict[str, Any]:
        """The fields that the report gives and that go with its outcome."""
        values, rule = report.parsed.values, DISPOSITION_RULES[report.parsed.values["disposition"]]
        given = {name: values[name] for name in COMPARED if name in values}
        if not rule.needs_callback_time:
            given.pop("callback_at", None)
        if rule.books_meeting and "meeting_at" in values:
            given["meeting_at"] = values["meeting_at"]
        return given

    def _allowed_together(self, stored: StoredCall, changes: dict[str, Any]) -> dict[str, Any]:
        """The changes without times that the outcome does not have, and with the usual time of a callback."""
        if not changes:
            return changes
        disposition = str(changes.get("disposition") or stored["disposition"])
        rule = DISPOSITION_RULES[disposition]
        if not rule.needs_callback_time:
            changes.pop("callback_at", None)
        elif stored["callback_at"] is None:
            started_at = changes["started_at"] if "started_at" in changes else stored["started_at"]
            changes["callback_at"] = usual_callback(self.workspace, disposition, started_at, changes.get("callback_at"))
        if not rule.books_meeting:
            changes.pop("meeting_at", None)
        return changes
