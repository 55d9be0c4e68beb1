import sys
from typing import Any

from django.core.management.base import CommandParser

from campaigns.notes.digest import NOT_SENT, due, send
from config.monitoring.redaction import summary
from markets.management.command import PortalCommand, site_address
from markets.models import OperatorTask, Workspace
from markets.operations.task_runs import recorded_run


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
        site, slug, is_dry = site_address(), options["workspace"], options["dry_run"]
        with recorded_run(OperatorTask.MENTION_MAIL, is_recorded=not is_dry) as figures:
            sums = self._mail(site, slug, is_dry=is_dry)
            figures.update(sums)
        due_count, sent = sums["due"], sums["sent"]
        sentence = f"Nothing was sent; due: {due_count:,}." if is_dry else f"Sent: {sent:,} of {due_count:,} due."
        self.report(sentence, options, **sums, dry_run=is_dry)
        if sums["failed"]:
            sys.exit(1)

    def _mail(self, site: str, slug: str | None, *, is_dry: bool) -> dict[str, int]:
        workspaces = [self.workspace(slug)] if slug else list(Workspace.objects.active())
        members = [member for each in workspaces for member in due(each).select_related("user", "workspace")]
        sent = failed = mentions = 0
        for member in members:
            if is_dry:
                self.stdout.write(f"{member.workspace}: {member.user.email} would get a mail.")
                continue
            try:
                told = send(membership=member, site=site)
                sent, mentions = sent + bool(told), mentions + told
            except NOT_SENT as error:
                failed += 1
                self.stderr.write(f"{member.workspace.slug}: member {member.pk} was not mailed: {summary(error)}")
        return {"due": len(members), "sent": sent, "failed": failed, "mentions": mentions}
