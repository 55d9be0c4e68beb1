from typing import Any

from django.core.management.base import CommandParser
from tqdm import tqdm

from calls import derived
from markets.management.command import PortalCommand
from markets.models import Workspace

SHOWN = 20


class Command(PortalCommand):
    help = (
        "Counts every stored count again from the calls themselves and says which were not right. "
        "With --check nothing is changed, and a difference ends it with exit code 1."
    )
    examples = """
        manage.py rebuild_tallies --check
        manage.py rebuild_tallies
        manage.py rebuild_tallies --workspace acme --format json
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only compare; exit 1 on a difference")
        parser.add_argument("--workspace", metavar="SLUG", help="only this one; otherwise all, archived ones too")

    def handle(self, *args: Any, **options: Any) -> None:
        slug, check = options["workspace"], options["check"]
        workspaces = [self.workspace(slug)] if slug else list(Workspace.objects.order_by("pk"))
        found = []
        for workspace in tqdm(workspaces, unit=" workspaces", disable=None, leave=False):
            differences = derived.check(workspace) if check else derived.rebuild(workspace)
            found += [f"{workspace.slug}: {difference}" for difference in differences]
        for difference in found[:SHOWN]:
            self.stdout.write(difference)
        if len(found) > SHOWN:
            self.stdout.write(f"... and {len(found) - SHOWN:,} more.")
        self.report(
            _sentence(len(workspaces), len(found), check), options, workspaces=len(workspaces), differences=len(found)
        )
        if check and found:
            raise SystemExit(1)


def _sentence(workspaces: int, differences: int, check: bool) -> str:
    where = "1 workspace" if workspaces == 1 else f"{workspaces:,} workspaces"
    if not differences:
        return f"Every stored count of {where} is right."
    what = "1 stored count" if differences == 1 else f"{differences:,} stored counts"
    if check:
        return f"{what} of {where} differ from a recount. Mend with: manage.py rebuild_tallies"
    return f"{what} of {where} differed from a recount and are right now."
