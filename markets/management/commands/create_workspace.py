import os
from typing import Any

from django.core.management.base import CommandParser

from markets.management.command import PortalCommand, readable_errors, site_address
from markets.workspaces.provisioning import provision_workspace


class Command(PortalCommand):
    help = (
        "Creates a client's workspace and, with --manager, its first manager. A new user gets the password in "
        "PORTAL_PASSWORD; without that, the command prints the link of an invitation. Running it again changes "
        "nothing."
    )
    examples = """
        create_workspace acme --name "Acme Partners" --timezone America/New_York --region US
        PORTAL_PASSWORD=... create_workspace acme --name "Acme Partners" --timezone Europe/London --region GB \\
            --manager ann@acme.example
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG", help="its name in URLs: lower-case letters, digits and hyphens")
        parser.add_argument("--name", required=True)
        parser.add_argument("--timezone", required=True, metavar="TZ", help="an IANA name such as Europe/Lisbon")
        parser.add_argument(
            "--region", default="US", help="the country of phone numbers without a country code (default: US)"
        )
        parser.add_argument("--manager", default="", metavar="EMAIL")

    def handle(self, *args: object, **options: Any) -> None:
        with readable_errors():
            result = provision_workspace(
                site=site_address(),
                slug=options["slug"],
                name=options["name"],
                timezone=options["timezone"],
                phone_region=options["region"],
                manager=options["manager"],
                password=os.environ.get("PORTAL_PASSWORD", ""),
            )
        self.report(
            "\n".join(result.messages),
            options,
            workspace=result.workspace.slug,
            created=result.is_new,
            invitation=result.invitation_link or None,
            notes=result.messages,
        )
