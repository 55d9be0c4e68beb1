import sys
from typing import Any

from django.core.management.base import CommandParser

from campaigns.notes.digest import NOT_SENT, due, send
from markets.management.command import PortalCommand, site_address
from markets.models import Workspace


class Command(PortalCommand):
    help = (
        "Mails members the notes that mention them and that they have not seen in the portal. Each mention is mailed "
        "once, however often this runs; running it again retries failed mails. Run it every hour or every day."
    )
    examples = """
        manage.py mail_mentions
        manage.py mail_mentions --workspace acme --dry-run
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--workspace", metavar="SLUG", help="only this one (default: all that are not archived)")
        parser.add_argument("--dry-run", action="store_true", help="print who would get the mail, without sending it")

    def handle(self, *args: object, **options: Any) -> None:
        site, slug = site_address(), options["workspace"]
        workspaces = [self.workspace(slug)] if slug else list(Workspace.objects.active())
        members = [member for each in workspaces for member in due(each).select_related("user", "workspace")]
        sent = failed = mentions = 0
        for member in members:
            address = f"{member.workspace}: {member.user.email}"
            if options["dry_run"]:
                self.stdout.write(f"{address} would get a mail.")
                continue
            try:
                told = send(membership=member, site=site)
                sent, mentions = sent + bool(told), mentions + told
            except NOT_SENT as error:
                failed += 1
                self.stderr.write(f"{address} was not mailed: {error}")
        is_dry = options["dry_run"]
        sentence = f"Nothing was sent; due: {len(members):,}." if is_dry else f"Sent: {sent:,} of {len(members):,} due."
        self.report(sentence, options, due=len(members), sent=sent, failed=failed, mentions=mentions, dry_run=is_dry)
        if failed:
            sys.exit(1)
