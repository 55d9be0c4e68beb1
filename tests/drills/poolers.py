"""PgBouncer before a cluster, as docs/operations/poolers.md configures it."""

import os
import re
import shutil
import subprocess
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import psycopg

from tests.drills.portals import ROOT
from tests.drills.ports import free_port

PAGE = ROOT / "docs" / "operations" / "poolers.md"
PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
PASSWORD = "secret"
ROLES = ("portal", "portal_pages")

LEFT_BEHIND = """
SELECT 'setting', name FROM pg_settings WHERE source = 'session' AND name NOT IN (
    'application_name', 'client_encoding', 'DateStyle', 'standard_conforming_strings', 'TimeZone',
    'transaction_isolation', 'transaction_read_only', 'transaction_deferrable'
)
UNION ALL SELECT 'cursor', 'of the server' FROM pg_cursors
UNION ALL SELECT 'statement', 'prepared' FROM pg_prepared_statements
UNION ALL SELECT 'channel', 'listened to' FROM pg_listening_channels()
UNION ALL SELECT 'lock', 'advisory' FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()
UNION ALL SELECT 'table', 'temporary' FROM pg_class WHERE relnamespace = pg_my_temp_schema()
"""
"""PgBouncer sets the first five of those settings for each client as the client has them; a transaction begins with the
others anew."""


def configuration():
    """The block of the page, without the indentation of its list."""
    (block,) = re.findall(r"```ini\n(.*?)```", PAGE.read_text(), re.DOTALL)
    return re.sub(r"^ {3}", "", block, flags=re.MULTILINE)


class Pooler:
    def __init__(self, cluster, *, size, every_database=False, **more):
        """`size` is the number of PostgreSQL's connections for each role; `more` are further settings of PgBouncer."""
        self.cluster, self.size, self.port = cluster, size, free_port()
        self.folder = cluster.folder / f"pooler-{self.port}"
        self.folder.mkdir()
        users = self.folder / "userlist.txt"
        users.write_text("".join(f'"{role}" "{PASSWORD}"\n' for role in ROLES))
        changed = {
            "listen_port": self.port,
            "auth_file": users,
            "logfile": self.folder / "log",
            "pidfile": self.folder / "pid",
            "default_pool_size": size,
        }
        text = configuration().replace("port=5432", f"port={cluster.port}")
        if every_database:
            text = re.sub(r"^portal = (.*) dbname=portal$", r"* = \1", text, flags=re.MULTILINE)
        for name, value in changed.items():
            text, count = re.subn(rf"^{name} = .*$", f"{name} = {value}", text, flags=re.MULTILINE)
            assert count == 1, name
        self.file = self.folder / "pgbouncer.ini"
        self.file.write_text(text + "".join(f"{name} = {value}\n" for name, value in more.items()))
        self.process = None

    def url(self, role, database="portal"):
        return f"postgres://{role}:{PASSWORD}@127.0.0.1:{self.port}/{database}"

    def __enter__(self):
        command = [PROGRAM, "-q", str(self.file)]
        if os.getuid() == 0:
            for path in (self.folder, *self.folder.iterdir()):
                shutil.chown(path, "postgres", "postgres")
            command = [*command[:1], "-u", "postgres", *command[1:]]
        self.process = subprocess.Popen(command)
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with suppress(psycopg.OperationalError), psycopg.connect(self.url("portal")):
                return self
            time.sleep(0.05)
        raise AssertionError(Path(self.folder / "log").read_text()[-2000:])

    def __exit__(self, *error):
        self.process.terminate()
        self.process.wait()

    def settings(self, role, name):
        """The setting's value on each connection of PostgreSQL that the role has."""
        return [value for ((value,),) in self._ask_all(role, f"SELECT current_setting('{name}')")]

    def left_behind(self, role):
        """What is on the role's connections between transactions, and would be everybody's."""
        return sorted({found for rows in self._ask_all(role, LEFT_BEHIND) for found in rows})

    def _ask_all(self, role, sql):
        """By as many transactions at once as there are connections: each has one of its own."""
        with ExitStack() as stack:
            connections = [stack.enter_context(psycopg.connect(self.url(role))) for _ in range(self.size)]
            return [connection.execute(sql).fetchall() for connection in connections]
