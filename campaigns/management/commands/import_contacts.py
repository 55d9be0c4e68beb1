from typing import Any

from django.core.management.base import CommandParser

from campaigns.finding import NotFound, find_campaign, find_market
from campaigns.importing import check_open, import_contacts
from campaigns.membership import CampaignClosed
from markets.chunks import rolled_back
from markets.importing import OnDuplicate
from markets.management.importing import ImportCommand, readable_errors, with_progress
from markets.mapping import PEOPLE
from markets.reading import Table

KEYS = ("rows", "created", "updated", "unchanged", "rejected", "enrolled")


class Command(ImportCommand):
    help = (
        "Imports people from a CSV file into a market's landscape and, with --campaign, into a campaign. The same file "
        "again changes nothing. Exits with 1 when a row was refused; all other rows are in."
    )
    examples = """
        import_contacts people.csv --workspace acme --market "M&A -- New York" --create
        import_contacts leads.csv --workspace acme --market "M&A -- New York" --campaign "Spring" --create
        import_contacts list.csv --workspace acme --market "M&A -- New York" --map "Ref.=external_id" --dry-run
        import_contacts list.csv --workspace acme --market "M&A -- New York" --rejects refused.csv
    """

    def add_arguments(self, parser: CommandParser) -> None:
        self.add_file_arguments(parser, list(PEOPLE))
        parser.add_argument("--market", required=True, metavar="NAME", help="as in “M&A -- New York”")
        parser.add_argument("--campaign", metavar="NAME", help="put everybody into this campaign of the market, too")
        parser.add_argument("--create", action="store_true", help="make the market or a Draft campaign if missing")
        parser.add_argument(
            "--on-duplicate",
            choices=list(OnDuplicate),
            default=OnDuplicate.UPDATE,
            help="what becomes of people known already: fill and correct them, leave them, or refuse the row",
        )
        parser.add_argument("--encoding", default="", help="such as utf-8, utf-16 or cp1252 (default: found)")
        parser.add_argument("--delimiter", default="", help="such as , or ; or tab (default: found)")

    def handle(self, *args: Any, **options: Any) -> None:
        workspace = self.workspace(options["workspace"])
        with readable_errors(NotFound, CampaignClosed):
            table = Table(options["file"], encoding=options["encoding"], delimiter=options["delimiter"])
            columns = self.columns(table, PEOPLE, options)
            with self.refusals(table, options) as refusals, rolled_back(really=options["dry_run"]):
                market = find_market(workspace, options["market"], create=options["create"])
                campaign = None
                if options["campaign"]:
                    campaign = find_campaign(workspace, options["campaign"], market=market, create=options["create"])
                check_open(campaign)
                tally = import_contacts(
                    market=market,
                    campaign=campaign,
                    rows=with_progress(table),
                    columns=columns,
                    on_duplicate=OnDuplicate(options["on_duplicate"]),
                    rejected=refusals,
                )
        self.finish(tally, refusals, options, KEYS)
