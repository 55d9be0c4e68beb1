"""What all commands share: examples in --help, the last line as JSON, and domain errors as messages."""

import argparse
import json
import os
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.monitoring.context import log_context
from markets.models import Workspace

NICENESS = 10


class PortalCommand(BaseCommand):
    examples = ""
    """Command lines, shown at the end of --help."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        kwargs["epilog"] = "examples:\n" + textwrap.indent(textwrap.dedent(self.examples).strip(), "  ")
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.add_argument(
            "--format", choices=["text", "json"], default="text", help="json: print one object as the last line"
        )
        return parser

    def execute(self, *args: Any, **options: Any) -> str | None:
        with log_context(command=type(self).__module__.rpartition(".")[2]):
            return super().execute(*args, **options)

    def workspace(self, slug: str) -> Workspace:
        try:
            return Workspace.objects.active().get(slug=slug)
        except Workspace.DoesNotExist:
            slugs = ", ".join(Workspace.objects.active().values_list("slug", flat=True)[:20]) or "none yet"
            raise CommandError(f"There is no workspace “{slug}”. Those there are: {slugs}.") from None

    def report(self, sentence: str, options: Mapping[str, object], **result: object) -> None:
        """Prints the last line: `sentence` as text, or `result` with --format json."""
        self.stdout.write(json.dumps(result, default=str) if options["format"] == "json" else sentence)


class BackgroundCommand(PortalCommand):
    """A long-running command: it lowers its priority, so that pages stay fast (see nice(1))."""

    def run_from_argv(self, argv: list[str]) -> None:
        os.nice(NICENESS)
        super().run_from_argv(argv)


@contextmanager
def readable_errors(*errors: type[Exception]) -> Iterator[None]:
    """Reports a ValidationError, or one of `errors`, as a message with exit code 1."""
    try:
        yield
    except ValidationError as error:
        raise CommandError(_as_text(error)) from None
    except errors as error:
        raise CommandError(str(error)) from None


def _as_text(error: ValidationError) -> str:
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    return " ".join(
        " ".join(messages) if field == "__all__" else f"{field.replace('_', ' ')}: {' '.join(messages)}"
        for field, messages in error.message_dict.items()
    )


def site_address() -> str:
    """PORTAL_URL without a trailing slash. Raises CommandError if it is not set or not an address of a site."""
    address: str = settings.PORTAL_URL.rstrip("/")
    if not address:
        raise CommandError(
            "PORTAL_URL is not set, and the mail has links to the portal. Set it to where the portal is served, "
            "e.g. PORTAL_URL=https://portal.example."
        )
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path or parts.query or parts.fragment:
        raise CommandError(
            f"PORTAL_URL is “{address[:100]}”, which is no address of a site; write it like https://portal.example."
        )
    return address
