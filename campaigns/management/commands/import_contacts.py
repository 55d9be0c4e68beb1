from typing import Any

from django.core.management.base import CommandParser

from campaigns.importing import check_open
from campaigns.lookup import find_campaign, find_market
from markets.imports.contacts import OnDuplicate
from markets.management.importing import ImportCommand
from markets.models import ImportKind, Workspace
from markets.models.imports import COUNTS


class Command(ImportCommand):
    kind = ImportKind.PEOPLE
    keys = COUNTS
    help = (
        "Imports people from a CSV or XLSX file into a market's landscape and, with --campaign, into a campaign. The "
        "same file again changes nothing. Exits with 1 when a row was refused; all other rows are in."
    )
    examples = """
        import_contacts people.csv --workspace acme --market "M&A -- New York" --create
        import_contacts leads.csv --workspace acme --market "M&A -- New York" --campaign "Spring" --create
        import_contacts list.csv --workspace acme --market "M&A -- New York" --map "Ref.=external_id" --dry-run
        import_contacts list.csv --workspace acme --market "M&A -- New York" --rejects refused.csv
    """

    def add_arguments(self, parser: CommandParser) -> None:
        self.add_file_arguments(parser)
        parser.add_argument("--market", required=True, metavar="NAME", help="as in “M&A -- New York”")
        parser.add_argument("--campaign", metavar="NAME", help="put everybody into this campaign of the market, too")
        parser.add_argument("--create", action="store_true", help="make the market or a Draft campaign if missing")
        parser.add_argument(
            "--on-duplicate",
            choices=list(OnDuplicate),
            default=OnDuplicate.UPDATE,
            help="what becomes of people known already: fill and correct them, leave them, or refuse the row",
        )

    def target(self, workspace: Workspace, options: dict[str, Any]) -> dict[str, Any]:
        market = find_market(workspace, options["market"], create=options["create"])
        campaign = None
        if options["campaign"]:
            campaign = find_campaign(workspace, options["campaign"], market=market, create=options["create"])
        check_open(campaign)
        return {
            "market": market.pk,
            "campaign": campaign.pk if campaign else None,
            "on_duplicate": str(options["on_duplicate"]),
        }
