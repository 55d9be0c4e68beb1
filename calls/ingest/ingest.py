"""Ingests calls that a dialer reports, in a file or over the network: finds their contacts, compares calls known
already, and writes the others.

Idempotent by the dialer's call ID. Only calls.log.services writes calls.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from calls.derived.locks import lock_campaign
from calls.ingest.contact_lookup import ContactKeys, ContactLookup
from calls.ingest.parsing import CallParser, ParsedCall
from calls.log.services import CORRECTED_BY_IMPORT, amend, next_working_morning, record_many
from calls.log.validation import CallRefused, NewCall
from calls.models import Call, Meeting
from campaigns.dispositions import DISPOSITION_RULES
from campaigns.lookup import get_campaigns
from campaigns.models import Campaign
from config.db import bulk
from markets.imports.rejects import RowRefused
from markets.models import ImportJob, User, Workspace

COMPARED = ("started_at", "direction", "talk_seconds", "disposition", "notes", "caller_name", "callback_at")
"""The fields in which a report may differ from a call known already."""


@dataclass(slots=True)
class IngestResult:
    """The outcome of one report: created, updated, unchanged, or rejected with a code and a sentence."""

    outcome: str
    call: int | None = None
    code: str = ""
    message: str = ""

    @classmethod
    def rejected(cls, refusal: RowRefused | CallRefused) -> "IngestResult":
        return cls("rejected", None, refusal.code, str(refusal))


@dataclass
class BatchResult:
    """The outcomes of a batch, by the index of the report."""

    created: dict[int, int] = field(default_factory=dict)
    """Ids of new calls: for thousands of reports, IngestResults would cost more."""
    others: dict[int, IngestResult] = field(default_factory=dict)

    def in_order(self) -> list[IngestResult]:
        created = {index: IngestResult("created", call) for index, call in self.created.items()}
        return [result for _, result in sorted((created | self.others).items())]


@dataclass(slots=True)
class ParsedReport:
    parsed: ParsedCall
    new: NewCall
    """The call to create if it is unknown, to UNKNOWN_CONTACT until the contact is looked up."""
    index: int = 0
    """In its batch."""


@dataclass(slots=True)
class ReportBatch:
    """Reports to write together, by the name of the campaign that each gives; and the results of unreadable ones, by
    their index."""

    by_campaign: defaultdict[str, list[ParsedReport]] = field(default_factory=lambda: defaultdict(list))
    rejected: dict[int, IngestResult] = field(default_factory=dict)


UNKNOWN_CONTACT = ContactKeys(0, "", "", "", "", "")


class CallIngest:
    """Ingests reports into the campaigns of a workspace, hundreds or thousands at a time."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        campaign: Campaign | None = None,
        timezone: str = "",
        historical: bool = False,
        results: Mapping[str, str] | None = None,
        import_job: ImportJob | None = None,
    ):
        """`campaign` is for reports that name none; `timezone` for times without an offset, by default the workspace's;
        `historical` admits calls from before a campaign was created here; `results` maps the dialer's words for results
        to dispositions. Raises RowRefused if they map to something else."""
        self.workspace, self.campaign = workspace, campaign
        self.historical, self.import_job = historical, import_job
        self.parser = CallParser(zone=ZoneInfo(timezone or workspace.timezone), results=results or {})
        members = workspace.memberships.select_related("user")
        self.members: dict[str, User] = {membership.user.email: membership.user for membership in members}

    def ingest(self, reports: Iterable[Mapping[str, str]]) -> list[IngestResult]:
        """Parses and writes reports. Returns their results in order."""
        return self.write(self.batch([self.parse(report) for report in reports])).in_order()

    def parse(self, typed: Mapping[str, str]) -> ParsedReport | RowRefused:
        """Parses a report, without queries."""
        try:
            parsed = self.parser.parse(typed)
            self._name_caller(parsed.values)
        except RowRefused as refusal:
            return refusal
        new = NewCall(
            contact=UNKNOWN_CONTACT,
            contact_key=parsed.contact,
            dialer_call_id=parsed.call_id,
            import_job=self.import_job,
            **parsed.values,
        )
        new.callback_at = self._callback(new.disposition, new.started_at, new.callback_at)
        return ParsedReport(parsed, new)

    def _name_caller(self, values: dict[str, Any]) -> None:
        """The workspace's member with that email address, or else the name that the dialer gives."""
        text = values.get("caller_name", "")
        if user := self.members.get(text.casefold()):
            values["caller"] = user
            del values["caller_name"]
        elif len(text) > 120:
            raise RowRefused("caller", f"The caller's name has {len(text):,} characters; at most 120 are kept.")

    @staticmethod
    def batch(reports: Sequence[ParsedReport | RowRefused]) -> ReportBatch:
        """Groups reports for `write`, without queries."""
        batch = ReportBatch()
        for index, report in enumerate(reports):
            if isinstance(report, RowRefused):
                batch.rejected[index] = IngestResult.rejected(report)
            else:
                report.index = index
                batch.by_campaign[report.parsed.campaign].append(report)
        return batch

    @transaction.atomic
    def write(self, batch: ReportBatch) -> BatchResult:
        """Writes reports, holding the locks of their campaigns."""
        result = BatchResult(others=dict(batch.rejected))
        for campaign, reports in self._by_campaign(batch, result):
            lookup = ContactLookup(campaign, [report.new.contact_key for report in reports])
            while reports:
                reports = self._round(lookup, reports, self._known_calls(reports), result)
        return result

    def _by_campaign(self, batch: ReportBatch, result: BatchResult) -> Iterable[tuple[Campaign, list[ParsedReport]]]:
        """Each campaign, locked in the order of their keys, with its reports in their order."""
        campaigns = get_campaigns(self.workspace, batch.by_campaign.keys() - {""})
        by_key: defaultdict[int, list[ParsedReport]] = defaultdict(list)
        for name, reports in batch.by_campaign.items():
            campaign = campaigns.get(name, self.campaign)
            if isinstance(campaign, Campaign):
                by_key[campaign.pk] += reports
            else:
                message = str(campaign or "The report does not say which campaign the call was made for.")
                rejected = IngestResult.rejected(RowRefused("campaign", message))
                result.others |= {report.index: rejected for report in reports}
        index = attrgetter("index")
        return [(lock_campaign(Campaign(pk=key)), sorted(by_key[key], key=index)) for key in sorted(by_key)]

    def _round(
        self,
        lookup: ContactLookup,
        reports: Sequence[ParsedReport],
        known: dict[str, dict[str, Any]],
        result: BatchResult,
    ) -> list[ParsedReport]:
        """Writes known calls and the first report of each unknown one. Returns later reports of the same calls."""
        first: dict[str, ParsedReport] = {}
        repeated: list[ParsedReport] = []
        for report in reports:
            call_id = report.parsed.call_id
            if call_id in known:
                result.others[report.index] = self._update(lookup, report, known)
            elif first.setdefault(call_id, report) is not report:
                repeated.append(report)
        if not first:
            return repeated
        outcomes = record_many(
            campaign=lookup.campaign,
            new_calls=[report.new for report in first.values()],
            historical=self.historical,
            lookup=lookup,
        )
        for report, outcome in zip(first.values(), outcomes, strict=True):
            if isinstance(outcome, CallRefused):
                result.others[report.index] = IngestResult.rejected(outcome)
            else:
                result.created[report.index] = outcome
        return repeated

    def _known_calls(self, reports: Sequence[ParsedReport]) -> dict[str, dict[str, Any]]:
        """The stored fields of each known call, by the dialer's ID."""
        ids = {report.parsed.call_id for report in reports}
        keys = bulk.select(Call, ["id"], key="dialer_call_id", values=ids, workspace_id=self.workspace.pk)
        if not keys:
            return {}
        calls = Call.objects.filter(workspace=self.workspace, pk__in=[key for (key,) in keys])
        rows = calls.values("id", "dialer_call_id", "campaign_id", "contact_id", *COMPARED)
        return {row["dialer_call_id"]: row for row in rows}

    def _callback(self, disposition: str, started_at: datetime, callback_at: datetime | None) -> datetime | None:
        if not DISPOSITION_RULES[disposition].needs_callback_time:
            return None
        return callback_at or next_working_morning(self.workspace, started_at)

    def _update(self, lookup: ContactLookup, report: ParsedReport, known: dict[str, dict[str, Any]]) -> IngestResult:
        """Amends a known call in the fields that the report gives otherwise."""
        call_id = report.parsed.call_id
        stored = known[call_id]
        try:
            contact = lookup.get(report.new.contact_key)
        except RowRefused as refusal:
            return IngestResult.rejected(refusal)
        if stored["campaign_id"] != lookup.campaign.pk or stored["contact_id"] != contact.pk:
            call = Call.objects.select_related("contact", "campaign").get(pk=stored["id"])
            message = (
                f"The call {call_id} is known already, as one to {call.contact} (contact {call.contact_id}) "
                f"in the campaign {call.campaign}; a call ID is one call."
            )
            return IngestResult("rejected", None, "known_otherwise", message)
        changes = self._changes(stored, report.parsed.values)
        if not changes:
            return IngestResult("unchanged", stored["id"])
        call = Call.objects.select_related("contact", "campaign").get(pk=stored["id"])
        try:
            call = amend(
                call=call,
                by=None,
                reason=CORRECTED_BY_IMPORT,
                import_job=self.import_job,
                historical=self.historical,
                **changes,
            )
        except CallRefused as refusal:
            return IngestResult.rejected(refusal)
        stored |= {name: getattr(call, name) for name in COMPARED}
        return IngestResult("updated", call.pk)

    def _changes(self, stored: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
        """The fields that the report gives and the stored call has otherwise."""
        meaning = DISPOSITION_RULES[values["disposition"]]
        changes = {name: values[name] for name in COMPARED if name in values and values[name] != stored[name]}
        if not meaning.needs_callback_time:
            changes.pop("callback_at", None)
        elif stored["callback_at"] is None:
            changes["callback_at"] = self._callback(
                values["disposition"], values["started_at"], values.get("callback_at")
            )
        if meaning.books_meeting and "meeting_at" in values:
            meeting = Meeting.objects.filter(call=stored["id"]).first()
            if meeting is None or meeting.scheduled_at != values["meeting_at"]:
                changes["meeting_at"] = values["meeting_at"]
        return changes
