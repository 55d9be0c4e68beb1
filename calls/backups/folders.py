"""The folder that backups are in: one at a time, complete or not there, and no more than are kept."""

import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from calls.backups.parts import BackupFailed

NAME = re.compile(r"portal-(\d{8}T\d{6}Z)\Z")
STAMP = "%Y%m%dT%H%M%SZ"
PARTIAL = ".partial-"


def backup_name(moment: datetime) -> str:
    return f"portal-{moment.astimezone(UTC):{STAMP}}"


def moment_of(backup: Path) -> datetime:
    found = NAME.match(backup.name)
    assert found
    return datetime.strptime(found[1], STAMP).replace(tzinfo=UTC)


def backups_in(root: Path) -> list[Path]:
    """Complete ones, the newest first."""
    if not root.is_dir():
        return []
    return sorted((path for path in root.iterdir() if path.is_dir() and NAME.match(path.name)), reverse=True)


def find_backup(root: Path, name: str) -> Path:
    """A folder by its path or its name in `root`; without a name, the newest. Raises BackupFailed."""
    if not name:
        if found := backups_in(root):
            return found[0]
        raise BackupFailed(f"There is no backup in {root}.")
    for path in (Path(name), root / name):
        if path.is_dir():
            return path
    raise BackupFailed(f"There is no backup {name}, neither here nor in {root}.")


@contextmanager
def new_backup(root: Path, moment: datetime) -> Iterator[Path]:
    """A folder to fill, which gets its name once it is complete and on the disk; else nothing of it stays.

    Raises BackupFailed if another process is making one.
    """
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _only_one(root):
        for leftover in root.glob(f"{PARTIAL}*"):
            shutil.rmtree(leftover)
        final = root / backup_name(moment)
        if final.exists():
            raise BackupFailed(f"There is a backup {final.name} already; wait a second.")
        partial = root / f"{PARTIAL}{final.name}"
        partial.mkdir(mode=0o700)
        try:
            yield partial
            _to_disk(partial)
            partial.rename(final)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
        _to_disk(root)


@contextmanager
def _only_one(root: Path) -> Iterator[None]:
    with (root / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupFailed(f"Another process is making a backup in {root}.") from None
        yield


def _to_disk(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


PERIODS: dict[str, Callable[[datetime], str]] = {
    "daily": lambda moment: f"{moment:%Y-%m-%d}",
    "weekly": lambda moment: f"{moment:%G-%V}",
    "monthly": lambda moment: f"{moment:%Y-%m}",
}


def not_kept(backups: list[Path], keep: dict[str, int]) -> list[Path]:
    """All but the newest of each of the last days, weeks and months that have one. The newest of all is always kept."""
    newest_first = sorted(backups, key=moment_of, reverse=True)
    kept = set(newest_first[:1])
    for period, count in keep.items():
        newest: dict[str, Path] = {}
        for backup in newest_first:
            newest.setdefault(PERIODS[period](moment_of(backup)), backup)
        kept |= set(list(newest.values())[:count])
    return [backup for backup in newest_first if backup not in kept]


def delete_old(root: Path, keep: dict[str, int]) -> list[str]:
    """Returns the names of those that were deleted."""
    old = not_kept(backups_in(root), keep)
    for backup in old:
        gone = backup.rename(root / f"{PARTIAL}{backup.name}")  # half of it must not look like a backup
        shutil.rmtree(gone)
    return [backup.name for backup in old]
