import logging
from contextlib import suppress
from random import Random
from threading import Event, Thread
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import InterfaceError, OperationalError, close_old_connections, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils.timezone import now
from tqdm import tqdm

from markets.imports import jobs
from markets.imports.perform import work_once
from markets.management.command import PortalCommand
from markets.models import Role, User, Workspace
from signals import sample
from signals.sample.passwords import KNOWN_PASSWORD, sample_password
from signals.sample.workspace import SAMPLE_USERS, delete_workspace

SLUG, NAME, DOMAIN = "acme", "Acme Legal Search", "demo.example"
SIZE = sample.Size(people=1500, calls=6100, signals=1500)
ADDRESS = "127.0.0.1"
POLL_SECONDS = 1.0
"""Between checks for waiting imports."""
DEMO_USERS = [(f"{handle}@{DOMAIN}", role) for handle, role, *_ in SAMPLE_USERS]


class Command(PortalCommand):
    help = "Creates a sample workspace if there is none, prints how to sign in, and serves the portal on this machine."
    examples = """
        manage.py demo
        manage.py demo --port 8080
        manage.py demo --reset              # the sample anew, ending today
        manage.py demo --no-serve --format json
    """
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=_port, default=8000, help="the port to serve on (default: 8000)")
        parser.add_argument("--no-serve", action="store_true", help="only create the workspace")
        parser.add_argument(
            "--reset", action="store_true", help="first delete the sample workspace and everything in it"
        )

    def handle(self, *args: object, **options: Any) -> None:
        server = None if options["no_serve"] else self._server(options["port"])
        try:
            created = self._prepare(reset=options["reset"])
        except KeyboardInterrupt:
            self.stderr.write("\nStopped; nothing was changed.")
            raise SystemExit(130) from None
        self._report_users(options, created=created, serving=server is not None)
        if server:
            stopped = Event()
            Thread(target=run_imports, args=[stopped], daemon=True).start()
            with suppress(KeyboardInterrupt):
                server.serve_forever()
            stopped.set()
            self.stderr.write("\nStopped.")

    def _server(self, port: int) -> ThreadedWSGIServer:
        """Binds the port before anything is created, so that a port in use is reported at once."""
        try:
            server = ThreadedWSGIServer((ADDRESS, port), WSGIRequestHandler)
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be used here ({error.strerror or error}). "
                f"Stop what listens there, or choose another with --port, e.g. --port {min(port + 80, 65000)}."
            ) from None
        server.set_app(get_wsgi_application())
        for quiet in ("django.server", "config.monitoring.requests"):
            logging.getLogger(quiet).setLevel(logging.ERROR)
        return server

    def _prepare(self, *, reset: bool) -> bool:
        """Migrates the database and creates the workspace, in one transaction. Returns False if it existed already."""
        if reset and not settings.ON_SQLITE:
            raise CommandError("--reset deletes a workspace for good and works on SQLite only, never on a server.")
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)
        with transaction.atomic():
            workspace = Workspace.objects.filter(slug=SLUG).first()
            if workspace and reset:
                _check_is_demo(workspace)
                delete_workspace(workspace, domain=DOMAIN)
            elif workspace:
                return False
            self._build()
        return True

    def _build(self) -> None:
        workspace, staff = sample.create_workspace(slug=SLUG, name=NAME, domain=DOMAIN, password=sample_password())
        with tqdm(total=SIZE.calls, desc="Making the sample", unit=" calls", disable=None, leave=False) as bar:
            sample.build(
                workspace=workspace,
                staff=staff,
                size=SIZE,
                rng=Random(42),  # noqa: S311 - sample data, not a secret
                moment=now(),
                progress=bar.update,
            )

    def _report_users(self, options: dict[str, Any], *, created: bool, serving: bool) -> None:
        address, password = f"http://{ADDRESS}:{options['port']}/", _current_password()
        members = set(User.objects.filter(memberships__workspace__slug=SLUG).values_list("email", flat=True))
        users = [{"email": email, "role": str(role)} for email, role in DEMO_USERS if email in members]
        lines = [
            f"{'Made' if created else 'There is'} the workspace {NAME}.",
            *(f"  {Role(user['role']).label:8} {user['email']}" for user in users),
            f"  {'Password':8} {password or 'as you set it'}",
            f"Open {address} and leave with Ctrl-C." if serving else "Serve it with: manage.py demo",
        ]
        result = {"workspace": SLUG, "made": created, "address": address, "users": users, "password": password}
        self.report("\n".join(lines), options, **result)
        self.stdout.flush()


def run_imports(stopped: Event) -> None:
    """Runs waiting imports while the demo is served, in place of the command import_worker."""
    worker = jobs.worker_name()
    while not stopped.wait(POLL_SECONDS):
        close_old_connections()
        try:
            while not stopped.is_set() and work_once(worker=worker):
                pass
        except (OperationalError, InterfaceError):
            continue  # the database was busy for too long; committed chunks stay, and the import resumes


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise CommandError(f"“{text}” is not a port; use a number from 1 to 65535, e.g. --port 8080.")
    return int(text)


def _check_is_demo(workspace: Workspace) -> None:
    if not workspace.memberships.filter(user__email__in=[email for email, _ in DEMO_USERS]).exists():
        raise CommandError(
            f"The workspace “{workspace.slug}” has none of the demo's users, so it may not be the demo's; "
            "--reset leaves it alone. Name another file with DATABASE_URL to start from nothing."
        )


def _current_password() -> str:
    """The current password of the sample's users; empty if somebody has changed it."""
    user = User.objects.filter(email__in=[email for email, _ in DEMO_USERS]).first()
    candidates = [sample_password(), KNOWN_PASSWORD] if settings.ON_SQLITE else [sample_password()]
    return next((password for password in candidates if user and user.check_password(password)), "")
