"""Ingests calls that a dialer reports, in a file or over the network: finds their contacts, compares calls known
already, and writes the others.

Idempotent by the dialer's call ID, or one that is derived (call_ids). Only calls.log.services writes calls.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from calls.derived.locks import lock_campaign
from calls.ingest.amendments import Amendments, usual_callback
from calls.ingest.call_ids import DerivedIds
from calls.ingest.contact_lookup import ContactLookup
from calls.ingest.notes import left_out_note
from calls.ingest.parsing import CallParser
from calls.ingest.precedence import KnownCalls
from calls.ingest.reports import UNKNOWN_CONTACT, BatchResult, IngestResult, ParsedReport, ReportBatch
from calls.log.services import record_many, void_many
from calls.log.validation import CallRefused, NewCall
from calls.models import Call
from campaigns.lookup import get_campaigns
from campaigns.models import Campaign
from config.ui.formats import number
from markets.imports.files.rejects import RowRefused
from markets.models import ImportJob, User, Workspace

VOIDED_WHERE_EXPORTED = gettext_noop("Voided where it was exported from")


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
        date_order: str = "",
        import_job: ImportJob | None = None,
    ):
        """`campaign` is for reports that name none; `timezone` for times without an offset, by default the workspace's;
        `historical` admits calls from before a campaign was created here; `results` maps the dialer's words for results
        to dispositions; `date_order` decides dates such as 02/03/2026. Without `import_job` calls come by the API,
        where any value that cannot be read refuses its call. Raises RowRefused if `results` maps to something else."""
        self.workspace, self.campaign = workspace, campaign
        self.historical, self.import_job = historical, import_job
        zone = ZoneInfo(timezone or workspace.timezone)
        self.parser = CallParser(zone=zone, results=results or {}, date_order=date_order, strict=import_job is None)
        self.amendments = Amendments(workspace, import_job, historical=historical)
        members = workspace.memberships.select_related("user")
        self.members: dict[str, User] = {membership.user.email: membership.user for membership in members}

    @property
    def source(self) -> int | None:
        """The preset of the import, or None for the API."""
        return self.import_job.preset_id if self.import_job else None

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
            reported_at=parsed.reported_at,
            import_job=self.import_job,
            **parsed.values,
        )
        new.callback_at = usual_callback(self.workspace, new.disposition, new.started_at, new.callback_at)
        return ParsedReport(parsed, new)

    def _name_caller(self, values: dict[str, Any]) -> None:
        """The workspace's member with that email address, or else the name that the dialer gives."""
        text = values.get("caller_name", "")
        if user := self.members.get(text.casefold()):
            values["caller"] = user
            del values["caller_name"]
        elif len(text) > 120:
            problem = _("The caller's name has %(length)s characters; at most 120 are kept.")
            raise RowRefused("caller", problem % {"length": number(len(text))})

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
            lookup = ContactLookup(campaign, {report.new.contact_key for report in reports})
            remaining = self._identify(lookup, reports, result)
            while remaining:
                known = KnownCalls(self.workspace, self.source, (report.parsed.call_id for report in remaining))
                remaining = self._round(lookup, remaining, known, result)
                known.save()
        return result

    def _identify(
        self, lookup: ContactLookup, reports: Sequence[ParsedReport], result: BatchResult
    ) -> Sequence[ParsedReport]:
        """Derives the missing call IDs. Returns the reports without those whose contact is unknown."""
        if all(report.parsed.call_id for report in reports):
            return reports
        derived = DerivedIds(self.workspace, lookup.contacts)
        identified = []
        for report in reports:
            if not report.parsed.call_id:
                key = report.new.contact_key
                try:
                    contact = lookup.get(key)
                except RowRefused as refusal:
                    result.others[report.index] = IngestResult.rejected(refusal)
                    continue
                call_id = derived.get(contact.pk, report.new.started_at, lookup.phone_in(key))
                report.parsed.call_id = report.new.dialer_call_id = call_id
                result.derived_ids += 1
            identified.append(report)
        return identified

    def _by_campaign(self, batch: ReportBatch, result: BatchResult) -> Iterable[tuple[Campaign, list[ParsedReport]]]:
        """Each campaign, locked in the order of their keys, with its reports in their order."""
        campaigns = get_campaigns(self.workspace, batch.by_campaign.keys() - {""})
        by_key: defaultdict[int, list[ParsedReport]] = defaultdict(list)
        for name, reports in batch.by_campaign.items():
            campaign = campaigns.get(name, self.campaign)
            if isinstance(campaign, Campaign):
                by_key[campaign.pk] += reports
            else:
                message = str(campaign or _("The report does not say which campaign the call was made for."))
                rejected = IngestResult.rejected(RowRefused("campaign", message))
                result.others |= {report.index: rejected for report in reports}
        index = attrgetter("index")
        of = {key: Campaign(workspace=self.workspace, pk=key) for key in sorted(by_key)}
        return [(lock_campaign(campaign), sorted(by_key[key], key=index)) for key, campaign in of.items()]

    def _round(
        self, lookup: ContactLookup, reports: Sequence[ParsedReport], known: KnownCalls, result: BatchResult
    ) -> list[ParsedReport]:
        """Writes known calls and the first report of each unknown one. Returns later reports of the same calls."""
        first: dict[str, ParsedReport] = {}
        repeated: list[ParsedReport] = []
        for report in reports:
            call_id = report.parsed.call_id
            if call_id in known.calls:
                result.others[report.index] = self.amendments.apply(lookup, report, known)
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
        voided = [
            outcome
            for report, outcome in zip(first.values(), outcomes, strict=True)
            if report.parsed.is_voided and isinstance(outcome, int)
        ]
        if voided:
            void_many(
                campaign=lookup.campaign, calls=[Call(pk=pk) for pk in voided], by=None, reason=VOIDED_WHERE_EXPORTED
            )
        for report, outcome in zip(first.values(), outcomes, strict=True):
            if isinstance(outcome, CallRefused):
                result.others[report.index] = IngestResult.rejected(outcome)
            elif report.parsed.left_out:
                notes = [*map(left_out_note, report.parsed.left_out)]
                result.others[report.index] = IngestResult.accepted("created", outcome, report.new.contact.pk, notes)
            else:
                result.created[report.index] = outcome
        return repeated
