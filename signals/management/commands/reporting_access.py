import getpass
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import connection, transaction

from markets.management.command import PortalCommand, readable_errors
from signals.reporting import roles, schema, security

SHORTEST_PASSWORD = 16


class Command(PortalCommand):
    help = (
        "Lets a database role read one workspace through the views of the schema reporting, for business-intelligence "
        "tools. The role is created, or gets another password. The password is the one in PORTAL_PASSWORD, or is "
        "asked for. On PostgreSQL only."
    )
    examples = """
        reporting_access --workspace acme --role acme_reports
        reporting_access --workspace acme --role acme_reports --sql | runuser -u postgres -- psql portal
        reporting_access --role acme_reports --revoke
        reporting_access --list
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--workspace", metavar="SLUG")
        parser.add_argument(
            "--role", metavar="NAME", help="visible to every role of the server: do not name the client"
        )
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--revoke", action="store_true", help="remove the role")
        what.add_argument("--list", action="store_true", help="print the roles, of one workspace or of all")
        parser.add_argument(
            "--sql", action="store_true", help="print the statements that make or remove the role, for a superuser"
        )

    def handle(self, *args: object, **options: Any) -> None:
        if not schema.is_available():
            raise CommandError("SQLite has no roles. Reporting needs PostgreSQL.")
        with readable_errors():
            roles.check_set_up()
        if options["list"]:
            self.list(options)
        elif not options["role"] or not (options["workspace"] or options["revoke"]):
            raise CommandError("Give --workspace and --role, --role and --revoke, or --list.")
        elif options["revoke"]:
            self.revoke(options)
        else:
            self.grant(options)

    def list(self, options: dict[str, Any]) -> None:
        found = roles.granted_roles(self.workspace(options["workspace"]) if options["workspace"] else None)
        lines = [
            f"{role.name} reads {role.workspace}, since {role.granted_at}"
            + ("" if role.exists else ", but does not exist")
            for role in found
        ]
        self.report("\n".join(lines) or "No role reads the views.", options, roles=[role._asdict() for role in found])

    def grant(self, options: dict[str, Any]) -> None:
        workspace, name = self.workspace(options["workspace"]), options["role"]
        with readable_errors():
            roles.check(workspace, name)
        stored = roles.verifier(name, read_password())
        with self.carried_out(roles.to_make(name, stored), options):
            roles.allow(workspace=workspace, name=name)
        if not options["sql"]:
            self.report(f"The role {name} reads {workspace.slug}.", options, role=name, workspace=workspace.slug)

    def revoke(self, options: dict[str, Any]) -> None:
        name = options["role"]
        if name not in roles.readers():
            raise CommandError(f"No role {name} reads the views; --list prints those that do.")
        with self.carried_out(roles.to_remove(name), options):
            roles.disallow(name=name)
        if not options["sql"]:
            self.report(f"The role {name} is removed.", options, role=name)

    @contextmanager
    def carried_out(self, statements: Iterable[str], options: dict[str, Any]) -> Iterator[None]:
        """Does what is inside and executes the statements, all or nothing; or prints the statements."""
        if not options["sql"] and not security.may_make_roles():
            raise CommandError(
                "The portal's own role may not create roles, and should not. Add --sql and let a superuser execute "
                "what is printed, as in the examples of --help."
            )
        with transaction.atomic(), connection.cursor() as cursor:
            yield
            if options["sql"]:
                self.stdout.write(";\n".join(["BEGIN", *statements, "COMMIT"]) + ";")
                return
            for sql in statements:
                cursor.execute(sql)


def read_password() -> str:
    """Never from the command line, which everybody on the machine can read."""
    password = os.environ.get("PORTAL_PASSWORD", "")
    if not password:
        if not sys.stdin.isatty():
            raise CommandError("Set PORTAL_PASSWORD, or run this in a terminal, where it is asked for.")
        password = getpass.getpass("Password of the role: ")
        if getpass.getpass("Again: ") != password:
            raise CommandError("The passwords differ.")
    if len(password) < SHORTEST_PASSWORD:
        raise CommandError(f"The password needs at least {SHORTEST_PASSWORD} characters.")
    return password
