from typing import Any

from django.core.management.base import CommandParser

from campaigns.importing import check_open
from campaigns.lookup import get_campaign, get_market
from markets.imports.contacts.writer import OnDuplicate
from markets.management.importing import ImportCommand
from markets.models import ImportKind, Workspace
from markets.models.imports import COUNTS


class Command(ImportCommand):
    kind = ImportKind.PEOPLE
    reported_counts = COUNTS
    help = (
        "Imports people from a CSV or XLSX file into a market's landscape and, with --campaign, into a campaign. "
        "Importing the same file again changes nothing. Exits with 1 if a row was rejected; all other rows are "
        "imported."
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
        parser.add_argument("--campaign", metavar="NAME", help="also add everybody to this campaign of the market")
        parser.add_argument(
            "--create", action="store_true", help="create the market, or a draft campaign, if it does not exist"
        )
        parser.add_argument(
            "--on-duplicate",
            choices=list(OnDuplicate),
            default=OnDuplicate.UPDATE,
            help="for people who exist already: update them, leave them as they are, or reject the row",
        )

    def target(self, workspace: Workspace, options: dict[str, Any]) -> dict[str, object]:
        market = get_market(workspace, options["market"], create=options["create"])
        campaign = None
        if options["campaign"]:
            campaign = get_campaign(workspace, options["campaign"], market=market, create=options["create"])
        check_open(campaign)
        return {
            "market": market.pk,
            "campaign": campaign.pk if campaign else None,
            "on_duplicate": str(options["on_duplicate"]),
        }
