from typing import Any

from django.core.management.base import CommandError, CommandParser

from markets.management.command import PortalCommand
from signals.reporting import dictionary


class Command(PortalCommand):
    help = "Prints the dictionary of the views for reporting, or writes it to docs/operations/reporting.md."
    examples = """
        manage.py reporting_dictionary
        manage.py reporting_dictionary --write
        manage.py reporting_dictionary --check     # fails if docs/operations/reporting.md is out of date
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help="write docs/operations/reporting.md")
        parser.add_argument("--check", action="store_true", help="only compare the page with the definitions")

    def handle(self, *args: object, **options: Any) -> None:
        page, text = dictionary.PAGE, dictionary.page_with_dictionary()
        if options["check"] and page.read_text() != text:
            raise CommandError(f"{page.name} is out of date. Run: manage.py reporting_dictionary --write")
        if options["write"]:
            page.write_text(text)
        words = dictionary.dictionary()
        sentence = f"Wrote {page.name}." if options["write"] else "It is current." if options["check"] else words
        self.report(sentence, options, dictionary=words)
