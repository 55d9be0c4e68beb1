from typing import Any

from django.core.management.base import CommandParser
from tqdm import tqdm

from calls import derived
from markets.management.command import PortalCommand
from markets.models import Workspace

SHOWN = 20


class Command(PortalCommand):
    help = (
        "Recounts every stored count from the calls, corrects those that differ and lists them. "
        "With --check it changes nothing, and exits with 1 if a count differs."
    )
    examples = """
        manage.py rebuild_tallies --check
        manage.py rebuild_tallies
        manage.py rebuild_tallies --workspace acme --format json
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only compare; exit with 1 if a count differs")
        parser.add_argument("--workspace", metavar="SLUG", help="only this one (default: all, including archived ones)")

    def handle(self, *args: object, **options: Any) -> None:
        slug, check = options["workspace"], options["check"]
        workspaces = [self.workspace(slug)] if slug else list(Workspace.objects.order_by("pk"))
        lines: list[str] = []
        for workspace in tqdm(workspaces, unit=" workspaces", disable=None, leave=False):
            differences = derived.check(workspace) if check else derived.rebuild(workspace)
            lines += [f"{workspace.slug}: {difference}" for difference in differences]
        for line in lines[:SHOWN]:
            self.stdout.write(line)
        if len(lines) > SHOWN:
            self.stdout.write(f"... and {len(lines) - SHOWN:,} more.")
        self.report(
            _sentence(len(workspaces), len(lines), check), options, workspaces=len(workspaces), differences=len(lines)
        )
        if check and lines:
            raise SystemExit(1)


def _sentence(workspaces: int, differences: int, check: bool) -> str:
    where = "1 workspace" if workspaces == 1 else f"{workspaces:,} workspaces"
    if not differences:
        return f"Every stored count of {where} is right."
    what = "1 stored count" if differences == 1 else f"{differences:,} stored counts"
    if check:
        return f"{what} of {where} differ from a recount. Mend with: manage.py rebuild_tallies"
    return f"{what} of {where} differed from a recount and are right now."
