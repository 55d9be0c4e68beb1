"""Writes a dialer's log to the calls of a workspace: a file, or what the ingest endpoint receives."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Self

from django.utils.translation import gettext as _

from calls.ingest.ingest import CallIngest
from calls.ingest.notes import Kind, note_derived_ids, store_notes
from calls.ingest.reports import IngestResult, ParsedReport, ReportBatch
from calls.models import Call
from campaigns.importing import campaign_of
from campaigns.models import Campaign, CampaignContact
from markets.imports.counts import ImportCounts
from markets.imports.files.rejects import Rejection, RowRefused
from markets.imports.mapping import ColumnMapping
from markets.imports.readers import FileRefused, Row
from markets.models import ImportJob, Workspace

PreparedRows = tuple[Sequence[Row], ReportBatch]


class CallLog:
    """Writes a file of calls. A call that is known already is amended where it differs."""

    chunk = 15_000
    tables = (Call, CampaignContact)

    def __init__(
        self,
        *,
        campaign: Campaign,
        columns: ColumnMapping,
        timezone: str = "",
        historical: bool = False,
        results: Mapping[str, str] | None = None,
        date_order: str = "",
        job: ImportJob,
    ):
        """`campaign` is for rows that name none. Raises FileRefused if `results` maps to anything but a disposition."""
        self.columns, self.job = columns, job
        try:
            self.ingest = CallIngest(
                campaign.workspace,
                campaign=campaign,
                timezone=timezone,
                historical=historical,
                results=results,
                date_order=date_order,
                import_job=job,
            )
        except RowRefused as refusal:
            raise FileRefused(str(refusal)) from None

    @classmethod
    def for_job(cls, job: ImportJob, columns: ColumnMapping) -> Self:
        """Raises FileRefused, and ObjectDoesNotExist when the campaign is gone."""
        campaign = campaign_of(job)
        if campaign is None:
            text = _("The import of %(file)s does not say which campaign the calls were made for.")
            raise FileRefused(text % {"file": job})
        return cls(
            job=job,
            campaign=campaign,
            columns=columns,
            timezone=job.option("timezone", ""),
            historical=job.option("historical", False),
            results=job.option("results"),
            date_order=job.option("date_order", "") or job.option("found", {}).get("date_order", ""),
        )

    def prepare(self, rows: Iterable[Row]) -> PreparedRows:
        rows = list(rows)
        return rows, self.ingest.batch([self._parse(row) for row in rows])

    def _parse(self, row: Row) -> ParsedReport | RowRefused:
        if misfit := self.columns.width_error(row[1]):
            return RowRefused("columns", misfit)
        return self.ingest.parse(self.columns.pick(row[1]))

    def write(self, prepared: PreparedRows) -> ImportCounts:
        rows, batch = prepared
        result, counts = self.ingest.write(batch), ImportCounts()
        counts.count("created", len(result.created))
        noted = []
        for index, each in sorted(result.others.items()):
            line, cells = rows[index]
            if each.outcome == "rejected":
                counts.count(Rejection(line, each.code, each.message, cells))
                continue
            counts.count(each.outcome)
            for note in each.notes:
                noted.append((line, each.contact, each.call, note))
                counts.disagreements += note.kind == Kind.DISAGREEMENT
            counts.incomplete += any(note.kind == Kind.LEFT_OUT for note in each.notes)
        store_notes(self.job, noted)
        if result.derived_ids:
            note_derived_ids(self.job, rows[0][0], result.derived_ids)
        return counts


def ingest_calls(
    *,
    workspace: Workspace,
    reports: Sequence[Mapping[str, str]],
    campaign: Campaign | None = None,
    timezone: str = "",
    historical: bool = False,
    results: Mapping[str, str] | None = None,
) -> list[IngestResult]:
    """Ingests calls given as texts by field (calls.ingest.parsing.CALL_FIELDS). Returns their results in order.

    `campaign` is for reports that name none. Raises RowRefused if `results` maps to anything but a disposition.
    """
    ingest = CallIngest(workspace, campaign=campaign, timezone=timezone, historical=historical, results=results)
    return ingest.ingest(reports)
