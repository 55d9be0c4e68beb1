from django.core.management.base import CommandParser

from markets.management.importing import ImportCommand
from markets.models import ImportKind


class Command(ImportCommand):
    kind = ImportKind.SUPPRESSIONS
    help = (
        "Imports phone numbers, number prefixes (+1212555*), email addresses, domains (@example.com) or external IDs "
        "that must never be called. Existing entries stay as they are, lifted ones included. Exits with 1 if a row was "
        "rejected; all other rows are imported."
    )
    examples = """
        import_suppressions do-not-call.csv --workspace acme
        import_suppressions unsubscribed.xlsx --workspace acme --map "Address=email" --rejects refused.csv
    """

    def add_arguments(self, parser: CommandParser) -> None:
        self.add_file_arguments(parser)
