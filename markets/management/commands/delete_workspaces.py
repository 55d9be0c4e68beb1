from typing import Any

from django.core.management.base import CommandParser

from markets.lifecycle.deletion import DeletionIncomplete, delete_workspace, due_for_deletion
from markets.management.command import BackgroundCommand, readable_errors


class Command(BackgroundCommand):
    help = (
        "Deletes the archived workspaces whose deletion was requested and whose grace period is over, with every row "
        "and file. apply_retention does the same every night. If it is interrupted, the next run goes on."
    )
    examples = """
        manage.py delete_workspaces --dry-run
        manage.py delete_workspaces --format json
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only name the workspaces that would be deleted")

    def handle(self, *args: object, **options: Any) -> None:
        due = list(due_for_deletion())
        names = ", ".join(f"{each.slug} ({each.pk})" for each in due) or "none"
        if options["dry_run"]:
            self.report(f"Would be deleted: {names}.", options, workspaces=[each.pk for each in due])
            return
        with readable_errors(DeletionIncomplete):
            rows = sum(sum(delete_workspace(each).values()) for each in due)
        self.report(f"Deleted: {names}. {rows:,} rows.", options, workspaces=[each.pk for each in due], rows=rows)
