from typing import Any

from django.core.management.base import CommandParser

from calls.ingest.parsing import results_told
from campaigns.lookup import find_campaign, find_market
from markets.management.importing import ImportCommand, timezone
from markets.models import ImportKind, Workspace


class Command(ImportCommand):
    kind = ImportKind.CALLS
    help = (
        "Imports a dialer's log into a campaign. A call that is known by its ID is not counted again, only corrected "
        "where the file says otherwise. Exits with 1 when a row was refused; all other rows are in."
    )
    examples = """
        import_calls log.csv --workspace acme --campaign "Spring" --timezone Europe/Lisbon
        import_calls old.csv --workspace acme --campaign "Spring" --historical --rejects refused.csv
        import_calls log.csv --workspace acme --campaign "Spring" --map "Ref.=call_id" --dry-run
        import_calls log.csv --workspace acme --campaign "Spring" --result "SALE=Meeting Booked"
    """

    def add_arguments(self, parser: CommandParser) -> None:
        self.add_file_arguments(parser)
        parser.add_argument(
            "--campaign", required=True, metavar="NAME", help="of the calls whose rows do not name one themselves"
        )
        parser.add_argument("--market", metavar="NAME", help="where several markets have a campaign of that name")
        parser.add_argument(
            "--timezone",
            type=timezone,
            metavar="TZ",
            help="of times without an offset from UTC (default: the workspace's)",
        )
        parser.add_argument(
            "--result",
            action="append",
            default=[],
            metavar="WORD=DISPOSITION",
            help="what a result of the dialer means, where it is neither a disposition nor a usual code",
        )
        parser.add_argument(
            "--historical", action="store_true", help="admit calls from before the campaign was kept here"
        )

    def target(self, workspace: Workspace, options: dict[str, Any]) -> dict[str, Any]:
        market = find_market(workspace, options["market"]) if options["market"] else None
        return {
            "campaign": find_campaign(workspace, options["campaign"], market=market).pk,
            "timezone": options["timezone"] or "",
            "historical": options["historical"],
            "results": results_told(options["result"]),
        }
