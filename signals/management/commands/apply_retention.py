from typing import Any

from django.core.management.base import CommandParser

from markets.accounts.sessions import clear_sessions, ended_sessions, expired_sessions
from markets.audit.retention import prune_audit_log, retention_limit
from markets.imports.files.expiry import expire_drafts, expire_rejections, old_drafts, old_rejections
from markets.lifecycle.deletion import delete_workspace, due_for_deletion
from markets.management.command import BackgroundCommand
from markets.models import OperatorTask, Workspace
from markets.operations.task_runs import recorded_run
from signals.contacts.erasure_ledger import complete_ledger
from signals.retention.apply import MOST_PEOPLE, apply_rules
from signals.retention.rules import Months, preview

Counts = dict[str, int]


class Command(BackgroundCommand):
    help = (
        "Empties the notes of old calls and erases people who were never called, as the managers of each workspace "
        "chose under Settings. Deletes uploads that nobody imported, rejected rows of old imports, expired "
        "sessions, old events of the audit log, and archived workspaces whose grace period is over. Every other count "
        "stays. Run it every night; if it is interrupted, the next run goes on."
    )
    examples = """
        manage.py apply_retention
        manage.py apply_retention --dry-run
        manage.py apply_retention --workspace acme --format json
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--workspace", metavar="SLUG", help="only this one; sessions and the audit log stay")
        parser.add_argument("--dry-run", action="store_true", help="only count what would be touched")
        parser.add_argument(
            "--most-people",
            type=int,
            default=MOST_PEOPLE,
            metavar="N",
            help=f"how many people a run erases of a workspace, at most; {MOST_PEOPLE:,} unless given",
        )

    def handle(self, *args: object, **options: Any) -> None:
        only = self.workspace(options["workspace"]) if options["workspace"] else None
        workspaces = [only] if only else list(Workspace.objects.active().order_by("pk"))
        if options["dry_run"]:
            self.show(self.count(workspaces, only), options, verb="would be")
            return
        with recorded_run(OperatorTask.RETENTION) as figures:
            counts = self.apply(workspaces, only, options["most_people"])
            figures.update(counts)
        self.show(counts, options, verb="were")

    def count(self, workspaces: list[Workspace], only: Workspace | None) -> Counts:
        found = [preview(workspace, Months.of_workspace(workspace)) for workspace in workspaces]
        return {
            **_totals(found),
            "drafts": old_drafts(only).count(),
            "rejected_rows": old_rejections(only).count(),
            "sessions": 0 if only else expired_sessions().count() + sum(1 for _ in ended_sessions()),
        }

    def apply(self, workspaces: list[Workspace], only: Workspace | None, most_people: int) -> Counts:
        drafts, rows = expire_drafts(only), expire_rejections(only)
        sessions = 0
        if not only:
            cleared = clear_sessions()
            sessions = cleared.expired + cleared.ended
            if before := retention_limit():
                prune_audit_log(before)
        done = [apply_rules(workspace, most_people=most_people) for workspace in workspaces]
        complete_ledger()
        for workspace in due_for_deletion() if not only else []:
            delete_workspace(workspace)
        return {**_totals(done), "drafts": drafts, "rejected_rows": rows, "sessions": sessions}

    def show(self, counts: Counts, options: dict[str, Any], *, verb: str) -> None:
        sentence = (
            f"Notes of {counts['notes']:,} calls {verb} emptied and {counts['people']:,} people erased; "
            f"{counts['drafts']:,} uploads, {counts['rejected_rows']:,} rejected rows and {counts['sessions']:,} "
            f"sessions {verb} deleted."
        )
        self.report(sentence, options, **counts)


def _totals(counts: list[Counts]) -> Counts:
    return {name: sum(each[name] for each in counts) for name in ("notes", "people")}
