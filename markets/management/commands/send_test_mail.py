from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.management.base import CommandError, CommandParser
from django.core.validators import validate_email

from markets.management.command import PortalCommand, site_address


class Command(PortalCommand):
    help = "Sends a mail to an address, to try EMAIL_URL, DEFAULT_FROM_EMAIL and PORTAL_URL."
    examples = """
        send_test_mail ann@acme.example
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", metavar="ADDRESS")

    def handle(self, *args: object, **options: Any) -> None:
        site, address = site_address(), options["address"]
        try:
            validate_email(address)
        except ValidationError:
            raise CommandError(f"“{address}” is not an email address.") from None
        body = f"This mail was sent from the server of {site}, to see whether mail arrives.\n"
        try:
            send_mail("A test mail of Client Portal", body, None, [address])
        except (SMTPException, OSError, ValueError) as error:
            raise CommandError(
                f"{server()} did not take the mail: {error}. Check EMAIL_URL and DEFAULT_FROM_EMAIL."
            ) from None
        self.report(
            f"{server()} took the mail from {settings.DEFAULT_FROM_EMAIL} to {address}.", options, address=address
        )


def server() -> str:
    mailer = settings.MAILERS["default"]
    if host := mailer.get("OPTIONS", {}).get("host"):
        return f"The server {host}:{mailer['OPTIONS']['port']}"
    return "The console" if "console" in mailer["BACKEND"] else f"The backend {mailer['BACKEND']}"
