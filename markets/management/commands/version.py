import platform
from typing import Any

import django
from django.conf import settings
from django.db import connection

from markets.management.command import PortalCommand


class Command(PortalCommand):
    help = "Prints the version of the portal and of what it runs on: Python, Django and the database."
    examples = """
        manage.py version
        manage.py version --format json
    """
    requires_system_checks: list[str] = []

    def handle(self, *args: object, **options: Any) -> None:
        versions = {
            "version": settings.VERSION,
            "python": platform.python_version(),
            "django": django.get_version(),
            "database": _database(),
        }
        sentence = "Client Portal {version} (Python {python}, Django {django}, {database})".format(**versions)
        self.report(sentence, options, **versions)


def _database() -> str:
    numbers = connection.get_database_version()
    return f"{connection.display_name} {'.'.join(map(str, numbers))}"
