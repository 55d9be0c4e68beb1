from typing import Any

from django.core.management.base import CommandParser

from calls.ingest.parsing import parse_result_mapping
from campaigns.lookup import get_campaign, get_market
from markets.imports.dates import DATE_ORDERS
from markets.management.importing import ImportCommand, timezone
from markets.models import ImportKind, Workspace


class Command(ImportCommand):
    kind = ImportKind.CALLS
    reported_counts = ("rows", "created", "updated", "unchanged", "rejected", "incomplete", "disagreements")
    help = (
        "Imports a dialer's call log into a campaign. A call whose ID exists already is corrected where the file "
        "has changed its word, not counted again. Exits with 1 if a row was rejected; all other rows are imported."
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
            "--campaign", required=True, metavar="NAME", help="the campaign of calls whose rows do not name one"
        )
        parser.add_argument("--market", metavar="NAME", help="needed if several markets have a campaign of that name")
        parser.add_argument(
            "--timezone",
            type=timezone,
            metavar="TZ",
            help="the zone of times without an offset from UTC (default: the workspace's)",
        )
        parser.add_argument(
            "--result",
            action="append",
            default=[],
            metavar="WORD=DISPOSITION",
            help="the disposition of a dialer's result that is neither a disposition nor a common code",
        )
        parser.add_argument(
            "--date-order",
            choices=DATE_ORDERS,
            default="",
            help="whether the day (dmy) or the month (mdy) comes first in dates such as 02/03/2026 (default: found out "
            "from all rows)",
        )
        parser.add_argument(
            "--historical", action="store_true", help="accept calls from before the campaign existed here"
        )

    def target(self, workspace: Workspace, options: dict[str, Any]) -> dict[str, object]:
        market = get_market(workspace, options["market"]) if options["market"] else None
        return {
            "campaign": get_campaign(workspace, options["campaign"], market=market).pk,
            "historical": options["historical"],
        }

    def said(self, options: dict[str, Any]) -> dict[str, Any]:
        said = super().said(options)
        if options["timezone"]:
            said["timezone"] = options["timezone"]
        if results := parse_result_mapping(options["result"]):
            said["results"] = results
        return said
