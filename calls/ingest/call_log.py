"""A dialer's log into the calls of a workspace, as a file and as the ingest endpoint bring it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Self

from calls.ingest.ingest import Gathered, Outcome, Reported, Reports
from calls.models import Call
from campaigns.importing import campaign_of
from campaigns.models import Campaign, CampaignContact
from markets.imports.counts import Tally
from markets.imports.mapping import ColumnMapping
from markets.imports.readers import FileRefused, Row
from markets.imports.rejects import Rejection, RowRefused
from markets.models import ImportJob, Workspace

Prepared = tuple[Sequence[Row], Gathered]
"""Rows and what they say."""


class CallLog:
    """What a file of calls takes; a call that is known already is amended where it differs."""

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
        """`campaign` is that of rows that name none. Raises FileRefused where `results` name no disposition."""
        self.columns = columns
        try:
            self.reports = Reports(
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

    def prepare(self, rows: Iterable[Row]) -> Prepared:
        kept, said = [], []
        for row in rows:
            kept.append(row)
            said.append(self._read(row))
        return kept, self.reports.gather(said)

    def _read(self, row: Row) -> Reported | RowRefused:
        if misfit := self.columns.width_error(row[1]):
            return RowRefused("columns", misfit)
        return self.reports.parse(self.columns.pick(row[1]))

    def write(self, prepared: Prepared) -> Tally:
        rows, gathered = prepared
        outcomes, tally = self.reports.write(gathered), Tally()
        tally.count("created", len(outcomes.created))
        for place, each in sorted(outcomes.others.items()):
            if each.outcome == "rejected":
                line, cells = rows[place]
                tally.count(Rejection(line, each.code, each.message, cells))
            else:
                tally.count(each.outcome)
        return tally


def report_calls(
    *,
    workspace: Workspace,
    reports: Sequence[Mapping[str, str]],
    campaign: Campaign | None = None,
    timezone: str = "",
    historical: bool = False,
    results: Mapping[str, str] | None = None,
) -> list[Outcome]:
    """Takes calls as texts by field (calls.ingest.parsing.CALL_FIELDS) and says of each, in order, what became of it.

    `campaign` is that of reports that name none. Raises RowRefused where `results` name no disposition.
    """
    engine = Reports(workspace, campaign=campaign, timezone=timezone, historical=historical, results=results)
    return engine.take(reports)
