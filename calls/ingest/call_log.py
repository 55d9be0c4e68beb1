"""Writes a dialer's log to the calls of a workspace: a file, or what the ingest endpoint receives."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Self

from calls.ingest.ingest import CallIngest, IngestResult, ParsedReport, ReportBatch
from calls.models import Call
from campaigns.importing import campaign_of
from campaigns.models import Campaign, CampaignContact
from markets.imports.counts import ImportCounts
from markets.imports.mapping import ColumnMapping
from markets.imports.readers import FileRefused, Row
from markets.imports.rejects import Rejection, RowRefused
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
        job: ImportJob,
    ):
        """`campaign` is for rows that name none. Raises FileRefused if `results` maps to anything but a disposition."""
        self.columns = columns
        try:
            self.ingest = CallIngest(
                campaign.workspace,
                campaign=campaign,
                timezone=timezone,
                historical=historical,
                results=results,
                import_job=job,
            )
        except RowRefused as refusal:
            raise FileRefused(str(refusal)) from None

    @classmethod
    def for_job(cls, job: ImportJob, columns: ColumnMapping) -> Self:
        """Raises FileRefused, and ObjectDoesNotExist when the campaign is gone."""
        campaign = campaign_of(job)
        if campaign is None:
            raise FileRefused(f"The import of {job} does not say which campaign the calls were made for.")
        return cls(
            job=job,
            campaign=campaign,
            columns=columns,
            timezone=job.option("timezone", ""),
            historical=job.option("historical", False),
            results=job.option("results"),
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
        for index, each in sorted(result.others.items()):
            if each.outcome == "rejected":
                line, cells = rows[index]
                counts.count(Rejection(line, each.code, each.message, cells))
            else:
                counts.count(each.outcome)
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
