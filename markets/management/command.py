"""What the portal's commands share: examples in --help, a JSON object as last line, and the workspace they name."""

import argparse
import json
import os
import textwrap
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from markets.models import Workspace

GUEST = 10


class PortalCommand(BaseCommand):
    examples = ""
    """Command lines, one a line, shown at the end of --help."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        kwargs["epilog"] = "examples:\n" + textwrap.indent(textwrap.dedent(self.examples).strip(), "  ")
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.add_argument(
            "--format", choices=["text", "json"], default="text", help="json: one object as the last line"
        )
        return parser

    def workspace(self, slug: str) -> Workspace:
        try:
            return Workspace.objects.active().get(slug=slug)
        except Workspace.DoesNotExist:
            known = ", ".join(Workspace.objects.active().values_list("slug", flat=True)[:20]) or "none yet"
            raise CommandError(f"There is no workspace “{slug}”. Those there are: {known}.") from None

    def report(self, sentence: str, options: dict[str, Any], **result: Any) -> None:
        """The last thing a command prints: a sentence for people or an object for programs."""
        self.stdout.write(json.dumps(result, default=str) if options["format"] == "json" else sentence)


class GuestCommand(PortalCommand):
    """A command that works long, and stands back for the pages meanwhile (see nice(1))."""

    def run_from_argv(self, argv: list[str]) -> None:
        os.nice(GUEST)
        super().run_from_argv(argv)
