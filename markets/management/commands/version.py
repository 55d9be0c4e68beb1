from typing import Any

from markets.management.command import PortalCommand
from markets.operations.overview import running_versions


class Command(PortalCommand):
    help = "Prints the version of the portal and of what it runs on: Python, Django and the database."
    examples = """
        manage.py version
        manage.py version --format json
    """
    requires_system_checks: list[str] = []

    def handle(self, *args: object, **options: Any) -> None:
        versions = running_versions()
        sentence = "Client Portal {version} (Python {python}, Django {django}, {database})".format(**versions)
        self.report(sentence, options, **versions)
