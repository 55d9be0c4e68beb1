from typing import Any

from django.core.management.base import CommandParser

from markets.audit.retention import prune_audit_log, retention_limit
from markets.management.command import PortalCommand
from markets.models import AuditEvent


class Command(PortalCommand):
    help = "Removes events of the audit log that are older than AUDIT_RETENTION_DAYS. Run it every day."
    examples = """
        manage.py prune_audit_log --dry-run
        manage.py prune_audit_log
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count the events that would go")

    def handle(self, *args: object, **options: Any) -> None:
        before, is_dry = retention_limit(), options["dry_run"]
        if before is None:
            self.report("AUDIT_RETENTION_DAYS is 0: all events are kept.", options, events=0, before=None)
            return
        old = AuditEvent.objects.filter(happened_at__lt=before)
        count = old.count() if is_dry else prune_audit_log(before)
        sentence = f"{count:,} events from before {before:%-d %b %Y} {'would be removed' if is_dry else 'are removed'}."
        self.report(sentence, options, events=count, before=before, dry_run=is_dry)
