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
IDLE = 1.0
"""Seconds between two looks for files to import."""
SHOWN = [(f"{handle}@{DOMAIN}", role) for handle, role, *_ in SAMPLE_USERS]


class Command(PortalCommand):
    help = (
        "Makes a lively sample workspace, once, says how to sign in, and serves the portal on this machine. "
        "Started again it changes nothing and serves at once."
    )
    examples = """
        manage.py demo
        manage.py demo --port 8080
        manage.py demo --reset              # the sample as it was on the first day, counted from today
        manage.py demo --no-serve --format json
    """
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=_port, default=8000, help="where to serve (default: 8000)")
        parser.add_argument("--no-serve", action="store_true", help="only make the workspace")
        parser.add_argument(
            "--reset", action="store_true", help="take the sample workspace away first, with all that was done in it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        server = None if options["no_serve"] else self._server(options["port"])
        try:
            made = self._prepare(reset=options["reset"])
        except KeyboardInterrupt:
            self.stderr.write("\nStopped; nothing was changed.")
            raise SystemExit(130) from None
        self._tell(options, made=made, serving=server is not None)
        if server:
            until = Event()
            Thread(target=do_imports, args=[until], daemon=True).start()
            with suppress(KeyboardInterrupt):
                server.serve_forever()
            until.set()
            self.stderr.write("\nStopped.")

    def _server(self, port: int) -> ThreadedWSGIServer:
        """Bound before anything is built, so that a taken port is known at once."""
        try:
            server = ThreadedWSGIServer((ADDRESS, port), WSGIRequestHandler)
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be used here ({error.strerror or error}). "
                f"Stop what listens there, or choose another with --port, e.g. --port {min(port + 80, 65000)}."
            ) from None
        server.set_app(get_wsgi_application())
        logging.getLogger("django.server").setLevel(logging.ERROR)
        return server

    def _prepare(self, *, reset: bool) -> bool:
        """Whether the workspace was made now; all of it or nothing."""
        if reset and not settings.ON_SQLITE:
            raise CommandError("--reset deletes a workspace for good and works on SQLite only, never on a server.")
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)
        with transaction.atomic():
            workspace = Workspace.objects.filter(slug=SLUG).first()
            if workspace and reset:
                _check_ours(workspace)
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
                rng=Random(42),  # noqa: S311 - a story, not a secret
                moment=now(),
                progress=bar.update,
            )

    def _tell(self, options: dict[str, Any], *, made: bool, serving: bool) -> None:
        address, password = f"http://{ADDRESS}:{options['port']}/", _password_that_works()
        members = set(User.objects.filter(memberships__workspace__slug=SLUG).values_list("email", flat=True))
        users = [{"email": email, "role": str(role)} for email, role in SHOWN if email in members]
        lines = [
            f"{'Made' if made else 'There is'} the workspace {NAME}.",
            *(f"  {Role(user['role']).label:8} {user['email']}" for user in users),
            f"  {'Password':8} {password or 'as you set it'}",
            f"Open {address} and leave with Ctrl-C." if serving else "Serve it with: manage.py demo",
        ]
        told = {"workspace": SLUG, "made": made, "address": address, "users": users, "password": password}
        self.report("\n".join(lines), options, **told)
        self.stdout.flush()


def do_imports(until: Event) -> None:
    """What the command import_worker does, for as long as the demo is served."""
    worker = jobs.me()
    while not until.wait(IDLE):
        close_old_connections()
        try:
            while not until.is_set() and work_once(worker=worker):
                pass
        except (OperationalError, InterfaceError):
            continue  # the database was busy for too long; what was committed stays, and the rest is tried again


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise CommandError(f"“{text}” is not a port; use a number from 1 to 65535, e.g. --port 8080.")
    return int(text)


def _check_ours(workspace: Workspace) -> None:
    if not workspace.memberships.filter(user__email__in=[email for email, _ in SHOWN]).exists():
        raise CommandError(
            f"The workspace “{workspace.slug}” has none of the demo's users, so it may not be the demo's; "
            "--reset leaves it alone. Name another file with DATABASE_URL to start from nothing."
        )


def _password_that_works() -> str:
    """The password that the sample's users have now, if it is one that we know."""
    user = User.objects.filter(email__in=[email for email, _ in SHOWN]).first()
    candidates = [sample_password(), KNOWN_PASSWORD] if settings.ON_SQLITE else [sample_password()]
    return next((word for word in candidates if user and user.check_password(word)), "")
