from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import connection

from config.db.sharding.citus import kinds, plan, refusals
from markets.management.command import PortalCommand

REFERENCE = (
    *("markets_user", "markets_workspace", "markets_membership", "markets_signindomain"),
    *("markets_invitation", "markets_apitoken"),
)
"""Read before the workspace of a request is known, and small."""
LOCAL = ("markets_auditevent",)
"""Has events of no workspace, and triggers that keep anybody from changing it."""


class Command(PortalCommand):
    help = (
        "Says whether Citus could distribute the tables by workspace, and how: docs/scale.md. Reads the catalogue of a "
        "PostgreSQL database; Citus need not be installed, and nothing is changed."
    )
    examples = """
        manage.py citus --check     # what would be refused; fails if there is anything
        manage.py citus --plan      # the statements, in their order
    """

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--check", action="store_true", help="list what would refuse to be distributed")
        which.add_argument("--plan", action="store_true", help="print the statements that distribute the tables")

    def handle(self, *args: object, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("Citus is an extension of PostgreSQL, and DATABASE_URL names another database.")
        found = kinds(connection, REFERENCE, LOCAL)
        if options["plan"]:
            statements = plan(connection, found)
            self.report("\n".join(statements), options, statements=statements)
            return
        refused = refusals(connection, found)
        if options["format"] == "text":
            for each in refused:
                self.stdout.write(f"{each.table}: {each.what}: {each.why}")
        sentence = (
            f"{len(refused)} refusals: {len(found.distributed)} distributed tables, {len(found.reference)} reference "
            f"tables, {len(found.local)} on the coordinator."
        )
        self.report(sentence, options, refusals=[each._asdict() for each in refused], **_counts(found))
        if refused:
            raise CommandError("Citus would refuse these tables.")


def _counts(found: Any) -> dict[str, int]:
    return {name: len(tables) for name, tables in found._asdict().items()}
