import sys
from typing import Any

from django.core.management.base import CommandParser

from config.monitoring.redaction import summary
from markets.accounts.languages import writing_to
from markets.management.command import PortalCommand, site_address
from markets.models import OperatorTask, Workspace
from markets.operations.task_runs import recorded_run
from signals.workspace_page.weekly_digest import NOT_SENT, Mail, compose, due, send, week_ended


class Command(PortalCommand):
    help = (
        "Mails the review of the week that ended last Sunday, in each workspace's time zone, to its subscribers: "
        "managers unless they declined, and others who subscribed on the page “Review to print”. Run it on Mondays. "
        "Each member gets a week's mail once, however often it runs; running it again retries failed mails."
    )
    examples = """
        manage.py weekly_mail
        manage.py weekly_mail --workspace acme --dry-run
        PORTAL_URL=https://portal.example manage.py weekly_mail --format json
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--workspace", metavar="SLUG", help="only this one (default: all that are not archived)")
        parser.add_argument("--dry-run", action="store_true", help="print who would get the mail, without sending it")

    def handle(self, *args: object, **options: Any) -> None:
        site = site_address()
        slug = options["workspace"]
        workspaces = [self.workspace(slug)] if slug else list(Workspace.objects.active())
        with recorded_run(OperatorTask.WEEKLY_MAIL, is_recorded=not options["dry_run"]) as figures:
            results = [self._mail(each, site, dry_run=options["dry_run"]) for each in workspaces]
            sums = {name: sum(result[name] for result in results) for name in ("due", "sent", "failed")}
            figures.update(sums)
        if options["dry_run"]:
            sentence = f"Nothing was sent; due: {sums['due']:,}."
        else:
            sentence = f"Sent: {sums['sent']:,} of {sums['due']:,} due."
        self.report(sentence, options, **sums, dry_run=options["dry_run"], workspaces=results)
        if sums["failed"]:
            sys.exit(1)

    def _mail(self, workspace: Workspace, site: str, *, dry_run: bool) -> dict[str, Any]:
        week = week_ended(workspace.today())
        members = list(due(workspace, week))
        sent = failed = 0
        mails: dict[str, Mail] = {}
        for member in members:
            if dry_run:
                self.stdout.write(f"{workspace}: {member.user.email} would get the week from {week.first}.")
                continue
            language = member.user.language
            if language not in mails:
                with writing_to(member.user):
                    mails[language] = compose(workspace, week, site)
            try:
                sent += bool(send(membership=member, mail=mails[language], week=week, site=site))
            except NOT_SENT as error:
                failed += 1
                self.stderr.write(f"{workspace.slug}: the mail to member {member.pk} was not sent: {summary(error)}")
        return {"workspace": workspace.slug, "week": week.first, "due": len(members), "sent": sent, "failed": failed}
