"""The uploaded files that the database refers to, as an archive."""

import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from resource import RLIMIT_NOFILE, getrlimit, setrlimit
from typing import IO, NamedTuple

from django.conf import settings

from calls.backups.parts import BackupFailed, Sink
from markets.models import ImportJob

SPARE_FILES = 200


class OpenUploads(NamedTuple):
    files: dict[str, IO[bytes]]
    missing: list[str]


def referenced_files() -> list[str]:
    return list(ImportJob.objects.exclude(file="").order_by("pk").values_list("file", flat=True))


@contextmanager
def open_uploads() -> Iterator[OpenUploads]:
    """Opens all files that the snapshot refers to at once: one that an import deletes meanwhile can still be read."""
    names = referenced_files()
    _allow_open_files(len(names))
    with ExitStack() as stack:
        opened: dict[str, IO[bytes]] = {}
        for name in names:
            try:
                opened[name] = stack.enter_context((settings.IMPORTS_ROOT / name).open("rb"))
            except FileNotFoundError:
                continue
        yield OpenUploads(opened, [name for name in names if name not in opened])


def _allow_open_files(count: int) -> None:
    soft, hard = getrlimit(RLIMIT_NOFILE)
    if count + SPARE_FILES > soft:
        setrlimit(RLIMIT_NOFILE, (min(count + SPARE_FILES, hard), hard))


def write_archive(uploads: OpenUploads, sink: Sink) -> None:
    with tarfile.open(fileobj=sink, mode="w|gz", compresslevel=6) as archive:  # type: ignore[call-overload] # a stream
        for name, file in uploads.files.items():
            archive.addfile(archive.gettarinfo(arcname=name, fileobj=file), file)


def extract_archive(source: IO[bytes]) -> int:
    """Into IMPORTS_ROOT. Returns the number of files."""
    root = Path(settings.IMPORTS_ROOT)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    count = 0
    try:
        with tarfile.open(fileobj=source, mode="r|gz") as archive:
            for member in archive:
                archive.extract(member, root, filter="data")
                (root / member.name).chmod(0o600)
                count += 1
    except tarfile.TarError as error:
        raise BackupFailed(f"The archive of uploads cannot be read: {error}.") from None
    return count


def missing_files() -> set[str]:
    """Files that the database refers to but that are missing."""
    return {name for name in referenced_files() if not (Path(settings.IMPORTS_ROOT) / name).exists()}
