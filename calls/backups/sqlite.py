"""A copy of an SQLite database by its online backup, while others write."""

import gzip
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, cast

from django.conf import settings
from django.db import connection

from calls.backups.parts import CHUNK, BackupFailed, Sink

PART = "database.sqlite3.gz"
LEFTOVER = ".backup-"


@contextmanager
def snapshot() -> Iterator[str]:
    """A transaction that reads as of one moment and, unlike `atomic`, keeps nobody from writing."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            cursor.execute("SELECT COUNT(*) FROM sqlite_master")  # it begins with the first read
            yield ""
        finally:
            cursor.execute("ROLLBACK")


def dump(snapshot_id: str, sink: Sink) -> str:
    """Writes a compressed copy. It is made beside the database, where the same data lies anyway, and deleted."""
    folder = _database_file().parent
    for leftover in folder.glob(f"{LEFTOVER}*"):
        leftover.unlink()
    with NamedTemporaryFile(dir=folder, prefix=LEFTOVER) as copy:
        with closing(sqlite3.connect(copy.name)) as target:
            cast(sqlite3.Connection, connection.connection).backup(target)
        with (
            Path(copy.name).open("rb") as file,
            gzip.GzipFile(fileobj=sink, mode="wb", compresslevel=6, filename="") as compressed,  # type: ignore[call-overload]
        ):
            shutil.copyfileobj(file, compressed, CHUNK)
    return f"SQLite {sqlite3.sqlite_version}"


def load(source: IO[bytes], made_by: str) -> None:
    """Puts the copy where the database is, once it is whole. Raises BackupFailed."""
    path = _database_file()
    connection.close()
    with NamedTemporaryFile(dir=path.parent, prefix=LEFTOVER, delete=False) as copy:
        try:
            with gzip.open(source) as compressed:
                shutil.copyfileobj(compressed, copy, CHUNK)
            copy.flush()
            _check(copy.name)
            Path(copy.name).rename(path)
        except (EOFError, gzip.BadGzipFile, sqlite3.DatabaseError) as error:
            raise BackupFailed(f"The copy of the database cannot be read: {error}.") from None
        finally:
            Path(copy.name).unlink(missing_ok=True)
    for suffix in ("-wal", "-shm"):  # of the empty database that was there
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def refresh_statistics() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA optimize")


def _check(name: str) -> None:
    with closing(sqlite3.connect(name)) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")
        (found,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise BackupFailed(f"The copy of the database is damaged: {found[:200]}.")


def _database_file() -> Path:
    return Path(settings.DATABASES["default"]["NAME"]).absolute()
