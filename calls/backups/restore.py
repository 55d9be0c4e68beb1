"""Restores a backup into an empty database and compares what came of it."""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from django.core.management import call_command
from django.db import connection

from calls.backups.create import FORMAT, MANIFEST, Manifest, database_tools
from calls.backups.figures import (
    Figures,
    applied_migrations,
    differences,
    known_migrations,
    numbers_by_workspace,
    rows_by_table,
    unknown_migrations,
)
from calls.backups.parts import BackupFailed, encryption_to_read, read_part, wrong_sums
from calls.backups.uploads import extract_archive, missing_files
from calls.derived import check
from markets.models import Workspace


@dataclass
class Restored:
    """`differences` has a sentence for everything that is not as in the backup."""

    backup: str
    made_at: str
    rows: int = 0
    files: int = 0
    workspaces: int = 0
    is_migrated: bool = False
    seconds: float = 0
    differences: list[str] = field(default_factory=list)


def verify(folder: Path) -> Manifest:
    """Checks every byte of a backup against its checksums; no key is needed. Raises BackupFailed."""
    if wrong := wrong_sums(folder):
        raise BackupFailed(f"{folder.name} is damaged and was not used. {' '.join(wrong)}")
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text()))
    except (OSError, ValueError, TypeError):
        raise BackupFailed(f"{folder.name} has a manifest of another version of the portal.") from None
    if manifest.format != FORMAT:
        raise BackupFailed(f"{folder.name} has the format {manifest.format}; this version reads {FORMAT}.")
    return manifest


def restore(folder: Path, *, identity: str = "") -> Restored:
    """Raises BackupFailed, and then the database is as empty as before, unless it says otherwise."""
    started, manifest = time.monotonic(), verify(folder)
    _check_version(manifest)
    _check_target(manifest)
    encryption, tools = encryption_to_read(manifest.encryption, identity), database_tools()
    with read_part(folder / manifest.figures, encryption) as source:
        text = source.read()
    expected = cast(Figures, json.loads(text))
    restored = Restored(folder.name, manifest.made_at, workspaces=len(expected["numbers"]))
    with read_part(folder / manifest.uploads, encryption) as source:
        restored.files = extract_archive(source)
    with read_part(folder / manifest.database, encryption) as source:
        tools.load(source, manifest.made_by)
    rows = rows_by_table()
    restored.rows = sum(rows.values())
    restored.differences += differences("rows", expected["rows"], rows)
    if applied_migrations() != manifest.migrations:
        restored.differences.append("The migrations are not those of the backup.")
    if known_migrations() - set(applied_migrations()):
        call_command("migrate", verbosity=0, interactive=False)
        restored.is_migrated = True
    tools.refresh_statistics()
    restored.differences += _numbers_that_differ(expected)
    lost = missing_files() - set(manifest.missing_uploads)
    restored.differences += [f"The uploaded file {name} is missing." for name in sorted(lost)]
    restored.seconds = round(time.monotonic() - started, 1)
    return restored


def _numbers_that_differ(expected: Figures) -> list[str]:
    found = numbers_by_workspace()
    wrong = differences("workspace", dict.fromkeys(expected["numbers"], 1), dict.fromkeys(found, 1))
    for slug in expected["numbers"].keys() & found.keys():
        names = {name: name.replace("_", " ") for name in expected["numbers"][slug]}
        before = {f"{slug}, {names[name]}": value for name, value in expected["numbers"][slug].items()}
        wrong += differences("", before, {f"{slug}, {names[name]}": value for name, value in found[slug].items()})
    for workspace in Workspace.objects.order_by("pk"):
        wrong += [f"{workspace.slug}: {difference}" for difference in check(workspace)]
    return wrong


def _check_version(manifest: Manifest) -> None:
    if unknown := unknown_migrations(manifest.migrations):
        raise BackupFailed(
            f"The backup is of version {manifest.portal}, whose database is newer than this code knows "
            f"({', '.join(unknown[:3])}). Install that version or a newer one, then restore."
        )


def _check_target(manifest: Manifest) -> None:
    if connection.vendor != manifest.vendor:
        raise BackupFailed(f"The backup is of {manifest.vendor}, and DATABASE_URL names {connection.vendor}.")
    if tables := connection.introspection.table_names():
        raise BackupFailed(
            f"The database that DATABASE_URL names is not empty: it has {len(tables)} tables. Nothing was changed. "
            "Restore into an empty one, and keep this until you have compared them."
        )
