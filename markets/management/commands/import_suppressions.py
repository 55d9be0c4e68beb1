from typing import Any

from django.core.management.base import CommandParser

from markets.management.importing import ImportCommand
from markets.models import ImportKind


class Command(ImportCommand):
    kind = ImportKind.SUPPRESSIONS
    help = (
        "Imports a list of phone numbers, email addresses or external IDs that are never to be called. Who is on the "
        "list already stays as they are. Exits with 1 when a row was refused; all other rows are in."
    )
    examples = """
        import_suppressions do-not-call.csv --workspace acme
        import_suppressions unsubscribed.xlsx --workspace acme --map "Address=email" --rejects refused.csv
    """

    def add_arguments(self, parser: CommandParser) -> Any:
        self.add_file_arguments(parser)
