from typing import Any

from django.core.management.base import CommandParser

from calls.importing import import_calls
from calls.parsing import CALL_FIELDS, RANKED
from campaigns.finding import NotFound, find_campaign, find_market
from markets.chunks import rolled_back
from markets.management.importing import ImportCommand, readable_errors, timezone, with_progress
from markets.reading import Table

KEYS = ("rows", "created", "unchanged", "updated", "rejected")


class Command(ImportCommand):
    help = (
        "Imports a dialer's log into a campaign. A call that is known by its ID is not counted again, only corrected "
        "where the file says otherwise. Exits with 1 when a row was refused; all other rows are in."
    )
    examples = """
        import_calls log.csv --workspace acme --campaign "Spring" --timezone Europe/Lisbon
        import_calls old.csv --workspace acme --campaign "Spring" --historical --rejects refused.csv
        import_calls log.csv --workspace acme --campaign "Spring" --map "Ref.=call_id" --dry-run
    """

    def add_arguments(self, parser: CommandParser) -> None:
        self.add_file_arguments(parser, list(CALL_FIELDS))
        parser.add_argument("--campaign", required=True, metavar="NAME")
        parser.add_argument("--market", metavar="NAME", help="where several markets have a campaign of that name")
        parser.add_argument(
            "--timezone",
            type=timezone,
            metavar="TZ",
            help="of times without an offset from UTC (default: the workspace's)",
        )
        parser.add_argument(
            "--historical", action="store_true", help="admit calls from before the campaign was kept here"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        workspace = self.workspace(options["workspace"])
        with readable_errors(NotFound):
            table = Table(options["file"])
            columns = self.columns(table, CALL_FIELDS, options, ranked=RANKED)
            market = find_market(workspace, options["market"]) if options["market"] else None
            campaign = find_campaign(workspace, options["campaign"], market=market)
            with self.refusals(table, options) as refusals, rolled_back(really=options["dry_run"]):
                tally = import_calls(
                    campaign=campaign,
                    rows=with_progress(table),
                    columns=columns,
                    timezone=options["timezone"] or "",
                    historical=options["historical"],
                    rejected=refusals,
                )
        self.finish(tally, refusals, options, KEYS)
