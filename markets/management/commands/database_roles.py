from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import connection

from config.db.session import LIMITS, PLANNER
from markets.management.command import PortalCommand

OWNER = """
SELECT tableowner, current_database() FROM pg_tables WHERE schemaname = 'public' AND tablename = 'markets_workspace'
"""
NEW_ROLE = "DO $$ BEGIN CREATE ROLE {role} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"


class Command(PortalCommand):
    help = (
        "Prints the SQL that gives two roles of PostgreSQL their settings, for use behind a pooler: one for pages, "
        "with limits, and one for commands, the owner of the tables. Changes nothing; the SQL can be run again."
    )
    examples = """
        database_roles | psql --set ON_ERROR_STOP=1 portal
        database_roles --pages web
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pages", metavar="ROLE", help="the role of pages; by default the owner's and “_pages”")

    def handle(self, *args: object, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("SQLite has no roles.")
        with connection.cursor() as cursor:
            cursor.execute(OWNER)
            found = cursor.fetchone()
        if not found:
            raise CommandError("The database has no tables yet. Run: manage.py migrate")
        owner, database = found
        pages = options["pages"] or f"{owner}_pages"
        # Django sets the time zone of a connection that has another one, which not every pooler keeps for it.
        of_all = PLANNER | {"timezone": connection.timezone_name}
        statements = [
            *settings_of(owner, database, of_all),
            NEW_ROLE.format(role=_quoted(pages)),
            f"GRANT {_quoted(owner)} TO {_quoted(pages)};",
            *settings_of(pages, database, of_all | LIMITS),
        ]
        self.report("\n".join(statements), options, commands=owner, pages=pages, statements=statements)


def settings_of(role: str, database: str, settings: Mapping[str, str]) -> list[str]:
    of = f"ALTER ROLE {_quoted(role)} IN DATABASE {_quoted(database)}"
    return [f"{of} SET {name} = '{value}';" for name, value in settings.items()]


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name.replace('"', '""'))
