"""Makes a backup."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import ModuleType

from django.conf import settings
from django.db import connection
from django.utils.timezone import now

from calls.backups import postgresql, sqlite
from calls.backups.figures import applied_migrations, figures
from calls.backups.folders import backup_name, delete_old, new_backup
from calls.backups.parts import encryption_to_write, written_part
from calls.backups.uploads import OpenUploads, open_uploads, write_archive

FORMAT = 1
MANIFEST, FIGURES, UPLOADS = "manifest.json", "figures.json", "uploads.tar.gz"
SNAPSHOTS = 5
"""How many are tried until all files that one refers to are there: an import may end, and delete its file, between."""


@dataclass
class Manifest:
    """What a backup is, readable without a key: no name of a client and no number is in it."""

    format: int
    portal: str
    made_at: str
    vendor: str
    made_by: str
    encryption: str
    migrations: list[str]
    database: str
    uploads: str
    figures: str
    missing_uploads: list[str]


@dataclass
class Backup:
    folder: Path
    bytes: int = 0
    files: int = 0
    missing_files: int = 0
    rows: int = 0
    seconds: float = 0
    deleted: list[str] = field(default_factory=list)


def database_tools() -> ModuleType:
    """One of two modules with the same functions."""
    return postgresql if connection.vendor == "postgresql" else sqlite


def create_backup() -> Backup:
    """Makes one in BACKUP_ROOT and deletes those that are not kept any more. Raises BackupFailed or OSError."""
    root, started, moment = settings.BACKUP_ROOT, time.monotonic(), now()
    encryption, tools = encryption_to_write(), database_tools()
    with new_backup(root, moment) as folder, _snapshot_with_uploads() as (snapshot, uploads):
        parts = {name: f"{name}{encryption.suffix}" for name in (tools.PART, UPLOADS, FIGURES)}
        with written_part(folder / parts[tools.PART], encryption) as sink:
            made_by = tools.dump(snapshot, sink)
        with written_part(folder / parts[UPLOADS], encryption) as sink:
            write_archive(uploads, sink)
        measured = figures()
        with written_part(folder / parts[FIGURES], encryption) as sink:
            sink.write(json.dumps(measured, indent=1).encode())
        manifest = Manifest(
            format=FORMAT,
            portal=settings.VERSION,
            made_at=moment.isoformat(),
            vendor=connection.vendor,
            made_by=made_by,
            encryption=encryption.name,
            migrations=applied_migrations(),
            database=parts[tools.PART],
            uploads=parts[UPLOADS],
            figures=parts[FIGURES],
            missing_uploads=uploads.missing,
        )
        with written_part(folder / MANIFEST, encryption._replace(encrypt=())) as sink:
            sink.write(json.dumps(asdict(manifest), indent=1).encode())
        backup = Backup(root / backup_name(moment), files=len(uploads.files), missing_files=len(uploads.missing))
        backup.bytes = sum(path.stat().st_size for path in folder.iterdir())
        backup.rows = sum(measured["rows"].values())
    backup.deleted = delete_old(root, settings.BACKUP_KEEP)
    backup.seconds = round(time.monotonic() - started, 1)
    return backup


@contextmanager
def _snapshot_with_uploads() -> Iterator[tuple[str, OpenUploads]]:
    """A snapshot and the files that it refers to.

    The snapshot comes first: a file is stored before its row is committed, so everything that it refers to was there.
    A file that was deleted before it could be opened is not referred to by the next snapshot.
    """
    tools = database_tools()
    for attempt in range(1, SNAPSHOTS + 1):
        with ExitStack() as stack:
            snapshot = stack.enter_context(tools.snapshot())
            uploads = stack.enter_context(open_uploads())
            if uploads.missing and attempt < SNAPSHOTS:
                continue
            yield snapshot, uploads
            return
