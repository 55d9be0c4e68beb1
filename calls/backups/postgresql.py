"""Dumps PostgreSQL with pg_dump, from the snapshot of the current transaction."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from calls.backups.parts import CHUNK, BackupFailed, Sink, running
from config.db.bulk import read_snapshot

PART = "database.dump"
DEBIAN = Path("/usr/lib/postgresql")
LOCK_WAIT = "60s"
"""For how long a dump waits behind a migration."""


def server_version() -> int:
    return connection.get_database_version()[0]


def client_program(name: str, at_least: int) -> tuple[str, int]:
    """The path of pg_dump or pg_restore, of this major version or the next that there is. Raises BackupFailed."""
    found = sorted({(version, path) for path in _candidates(name) if (version := _version(path))})
    for version, path in found:
        if version >= at_least:
            return path, version
    install = f"Install postgresql-client-{at_least} or newer, or set POSTGRESQL_BIN to the folder that it is in."
    if not found:
        raise BackupFailed(f"The program {name} is not installed. {install}")
    raise BackupFailed(f"{name} {found[-1][0]} is older than {at_least}, which it takes. {install}")


def _candidates(name: str) -> list[str]:
    if settings.POSTGRESQL_BIN:
        return [str(Path(settings.POSTGRESQL_BIN) / name)]
    on_path = shutil.which(name)
    return [*map(str, DEBIAN.glob(f"*/bin/{name}")), *([on_path] if on_path else [])]


def _version(path: str) -> int:
    """0 if it cannot be run."""
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False, timeout=10).stdout  # noqa: S603 - ours
    except OSError:
        return 0
    number = re.search(r"\) (\d+)", said)
    return int(number[1]) if number else 0


@contextmanager
def snapshot() -> Iterator[str]:
    """A transaction of this connection, and the name under which pg_dump sees what it sees."""
    with read_snapshot(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


def dump(snapshot_id: str, sink: Sink) -> str:
    """Writes the dump. Returns what made it. Raises BackupFailed."""
    program, version = client_program("pg_dump", server_version())
    where, env = address()
    words = ["--format=custom", "--no-owner", "--no-privileges", f"--lock-wait-timeout={LOCK_WAIT}"]
    command = [program, *words, f"--snapshot={snapshot_id}", f"--dbname={where}"]
    with running(command, env=env, stdout=subprocess.PIPE) as process:
        assert process.stdout
        shutil.copyfileobj(process.stdout, sink, CHUNK)
    return f"pg_dump {version}"


def load(source: IO[bytes], made_by: str) -> None:
    """Restores a dump in one transaction: all of it, or nothing. Raises BackupFailed."""
    dumped_by = int(made_by.rpartition(" ")[2] or 0)
    program, _ = client_program("pg_restore", max(dumped_by, server_version()))
    where, env = address()
    words = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    with running([program, *words, f"--dbname={where}"], env=env, stdin=subprocess.PIPE) as process:
        assert process.stdin
        shutil.copyfileobj(source, process.stdin, CHUNK)


def refresh_statistics() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def address() -> tuple[str, dict[str, str]]:
    """Of the database, without the password, which everybody could read in the list of processes.

    Raises BackupFailed for that of a pooler: what pg_dump and pg_restore set for their session, such as an empty
    search_path, would stay on connections that the pooler gives to others.
    """
    if settings.DATABASE_POOLER:
        raise BackupFailed("Backups need PostgreSQL's own address in DATABASE_URL, and DATABASE_POOLER=0.")
    given = {name: value for name, value in connection.get_connection_params().items() if name in LIBPQ}
    password = str(given.pop("password", ""))
    return make_conninfo(**given), os.environ | ({"PGPASSWORD": password} if password else {})


LIBPQ = set(
    "host hostaddr port dbname user password passfile connect_timeout options sslmode sslcert sslkey sslpassword "
    "sslrootcert sslcrl sslnegotiation gssencmode channel_binding require_auth target_session_attrs "
    "load_balance_hosts service keepalives keepalives_idle keepalives_interval keepalives_count "
    "tcp_user_timeout".split()
)
"""The words of an address that pg_dump knows; the others are psycopg's."""
