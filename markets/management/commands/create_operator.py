import os
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from markets.accounts.operators import Operator, create_operator
from markets.management.command import PortalCommand, readable_errors, site_address


class Command(PortalCommand):
    help = (
        "Creates an account of operations staff, who work in /admin/. Its address counts as verified: no mail server "
        "is needed. The password is the one in PORTAL_PASSWORD; without that, the command prints a link to choose one, "
        "which works once. Signing in leads to setting up a second factor. Running it again changes nothing."
    )
    examples = """
        create_operator ops@portal.example
        PORTAL_PASSWORD=... create_operator ops@portal.example
        create_operator ops@portal.example --new-link     # the password is lost
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--promote", action="store_true", help="make an existing account an operator's")
        parser.add_argument("--new-link", action="store_true", help="print a link to choose a new password")

    def handle(self, *args: object, **options: Any) -> None:
        site = site_address()
        with readable_errors():
            operator = create_operator(
                email=options["email"],
                password=os.environ.get("PORTAL_PASSWORD", ""),
                may_promote=options["promote"],
                wants_link=options["new_link"],
            )
        link = f"{site}{operator.password_path}" if operator.password_path else None
        self.report(
            describe(operator, link, site), options, email=operator.user.email, created=operator.is_new, link=link
        )


def describe(operator: Operator, link: str | None, site: str) -> str:
    state = "now" if operator.is_new or operator.is_promoted else "already"
    sentences = [f"{operator.user.email} is {state} an operator."]
    if link:
        days = settings.PASSWORD_RESET_TIMEOUT // (24 * 3600)
        sentences.append(f"Choose the password within {days} days, with this link, which works once:\n{link}")
    sentences.append(f"Sign in at {site}/admin/ and set up a second factor there.")
    return "\n".join(sentences)
