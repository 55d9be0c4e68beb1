import sys
from typing import Any

from django.core.management.base import CommandParser

from campaigns.audience import RuleInvalid
from campaigns.living import due_campaigns, propose_if_due
from campaigns.models import Campaign, ProposedChange
from markets.management.command import PortalCommand


class Command(PortalCommand):
    help = (
        "Proposes who should join and leave the campaigns with a living audience. Nobody joins or leaves before a "
        "manager accepts. Each campaign gets one proposal a day of its workspace, however often this runs. The import "
        "worker does the same every night."
    )
    examples = """
        propose_audiences
        propose_audiences --workspace acme --format json
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--workspace", metavar="SLUG", help="only this one (default: all that are not archived)")

    def handle(self, *args: object, **options: Any) -> None:
        slug = options["workspace"]
        results = [self._propose(each) for each in due_campaigns(self.workspace(slug) if slug else None)]
        join, leave = (sum(result[name] for result in results) for name in ("join", "leave"))
        failed = sum(bool(result["problem"]) for result in results)
        sentence = f"{len(results):,} campaigns checked: {join:,} people to join, {leave:,} to leave."
        if failed:
            sentence += f" {failed:,} failed."
        self.report(sentence, options, checked=len(results), join=join, leave=leave, failed=failed, campaigns=results)
        if failed:
            sys.exit(1)

    def _propose(self, campaign: Campaign) -> dict[str, Any]:
        result: dict[str, Any] = {
            "workspace": campaign.workspace.slug,
            "campaign": campaign.name,
            **dict.fromkeys(ProposedChange.Change.values, 0),
            "problem": "",
        }
        try:
            proposal = propose_if_due(campaign)
        except RuleInvalid as problem:
            self.stderr.write(f"{campaign.workspace}, {campaign}: {problem}")
            return result | {"problem": str(problem)}
        if proposal:
            for change in proposal.changes.values_list("change", flat=True):
                result[change] += 1
        return result
