from typing import Any

from django.core.management.base import CommandError, CommandParser

from campaigns.lifecycle.transitions import StatusConflict, TransitionIncomplete, change_status
from campaigns.lookup import NotFound, get_campaign, get_market
from campaigns.models import Status
from markets.contacts.normalization import fold
from markets.management.command import PortalCommand, readable_errors


class Command(PortalCommand):
    help = "Changes the status of a campaign to Active, Paused or Completed, if its current status allows that."
    examples = """
        campaign_status --workspace acme --campaign "Spring" active
        campaign_status --workspace acme --campaign "Spring" paused --reason "The client reviews the list"
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("status", metavar="STATUS", help="active, paused or completed")
        parser.add_argument("--workspace", required=True, metavar="SLUG")
        parser.add_argument("--campaign", required=True, metavar="NAME")
        parser.add_argument("--market", metavar="NAME", help="needed if several markets have a campaign of that name")
        parser.add_argument(
            "--reason", default="", help="required to pause, and to complete before everybody was called"
        )

    def handle(self, *args: object, **options: Any) -> None:
        workspace = self.workspace(options["workspace"])
        status = self.status(options["status"])
        with readable_errors(NotFound, StatusConflict, TransitionIncomplete):
            market = get_market(workspace, options["market"]) if options["market"] else None
            campaign = get_campaign(workspace, options["campaign"], market=market)
            changed = campaign.status != status
            if changed:
                change_status(campaign=campaign, to=status, by=None, reason=options["reason"])
        sentence = f"{campaign} is {status.label}{'' if changed else ' already'}."
        self.report(sentence, options, campaign=campaign.name, status=status.value, changed=changed)

    def status(self, name: str) -> Status:
        for status in Status:
            if fold(name) in (status.value, fold(str(status.label))):
                return status
        raise CommandError(f"“{name}” is not a status. Use one of: {', '.join(map(str, Status.labels))}.")
