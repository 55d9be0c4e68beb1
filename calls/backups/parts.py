"""The files of a backup: streamed, and encrypted through a pipe, so that nothing unencrypted reaches the disk."""

import hashlib
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, NamedTuple, Protocol

from django.conf import settings

CHUNK = 1024 * 1024
SUMS = "SHA256SUMS"


class BackupFailed(Exception):
    """The backup cannot be made, read or restored. The message says why, without personal data."""


class Sink(Protocol):
    def write(self, data: bytes, /) -> int: ...


class Encryption(NamedTuple):
    """What to pipe a part through. Without a suffix nothing is encrypted."""

    suffix: str = ""
    encrypt: Sequence[str] = ()
    decrypt: Sequence[str] = ()

    @property
    def name(self) -> str:
        return self.suffix.removeprefix(".")


def encryption_to_write() -> Encryption:
    """As the settings say. Raises BackupFailed."""
    age, gpg = settings.BACKUP_AGE_RECIPIENTS, settings.BACKUP_GPG_RECIPIENTS
    if age and gpg:
        raise BackupFailed("Set BACKUP_AGE_RECIPIENTS or BACKUP_GPG_RECIPIENTS, not both.")
    if age:
        return Encryption(".age", [_program("age"), *_each("--recipient", age)])
    if gpg:
        options = ["--batch", "--no-tty", "--trust-model", "always", "--encrypt"]
        return Encryption(".gpg", [_program("gpg"), *options, *_each("--recipient", gpg)])
    return Encryption()


def encryption_to_read(name: str, identity: str = "") -> Encryption:
    """Of a backup whose manifest names it. `identity` is the file of a private key of age. Raises BackupFailed."""
    identity = identity or settings.BACKUP_AGE_IDENTITY
    if name == "age":
        if not identity:
            raise BackupFailed("The backup is encrypted with age. Name the file of the private key: --identity FILE.")
        if not Path(identity).is_file():
            raise BackupFailed(f"There is no file {identity} with the private key.")
        return Encryption(".age", decrypt=[_program("age"), "--decrypt", "--identity", identity])
    if name == "gpg":
        return Encryption(".gpg", decrypt=[_program("gpg"), "--batch", "--no-tty", "--decrypt"])
    return Encryption()


def _each(option: str, values: Sequence[str]) -> list[str]:
    return [word for value in values for word in (option, value)]


def _program(name: str) -> str:
    if found := shutil.which(name):
        return found
    raise BackupFailed(f"The program {name} is not installed, and the backup is encrypted with it.")


class HashedFile:
    """Writes to a file and hashes what it was given, so that a fault of the disk shows later."""

    def __init__(self, file: IO[bytes]):
        self.file, self.bytes, self.sha256 = file, 0, hashlib.sha256()

    def write(self, data: bytes, /) -> int:
        self.sha256.update(data)
        self.bytes += len(data)
        return self.file.write(data)


@contextmanager
def written_part(path: Path, encryption: Encryption) -> Iterator[Sink]:
    """Writes a new file of the backup, which is on the disk when the block ends, and adds its checksum."""
    with open(path, "xb", opener=_private) as file:
        hashed = HashedFile(file)
        if encryption.encrypt:
            with piped_through(encryption.encrypt, hashed) as stdin:
                yield stdin
        else:
            yield hashed
        file.flush()
        os.fsync(file.fileno())
    with open(path.parent / SUMS, "a", opener=_private) as sums:
        sums.write(f"{hashed.sha256.hexdigest()}  {path.name}\n")
        sums.flush()
        os.fsync(sums.fileno())


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


@contextmanager
def piped_through(command: Sequence[str], target: Sink) -> Iterator[IO[bytes]]:
    """What is written comes out of the command, and goes into the target from a thread."""
    failures: list[BaseException] = []
    with running(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        output = process.stdout

        def drain() -> None:
            try:
                shutil.copyfileobj(output, target, CHUNK)
            except BaseException as error:
                failures.append(error)
                process.kill()  # so that nobody waits to be read

        thread = threading.Thread(target=drain)
        thread.start()
        try:
            yield process.stdin
        except BrokenPipeError:
            if not failures:
                raise
        finally:
            try:
                process.stdin.close()
            except BrokenPipeError:
                pass
            thread.join()
        if failures:
            raise failures[0]


@contextmanager
def running(
    command: Sequence[str], *, env: dict[str, str] | None = None, **streams: int | IO[bytes]
) -> Iterator["subprocess.Popen[bytes]"]:
    """A program that must end well when the block does. Raises BackupFailed with the last line that it said."""
    stdin, stdout = streams.get("stdin", subprocess.DEVNULL), streams.get("stdout", subprocess.DEVNULL)
    with TemporaryFile() as said:
        with subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=said, env=env) as process:  # noqa: S603 - ours
            try:
                yield process
            except BrokenPipeError:
                pass  # it has ended, and says why
            except BaseException:
                process.kill()
                raise
            if process.stdin and not process.stdin.closed:
                try:
                    process.stdin.close()
                except BrokenPipeError:
                    pass
        if process.returncode:
            said.seek(0)
            lines = said.read().decode(errors="replace").strip().splitlines() or ["nothing"]
            raise BackupFailed(f"{Path(command[0]).name} failed: {lines[0][:300]}")


@contextmanager
def read_part(path: Path, encryption: Encryption) -> Iterator[IO[bytes]]:
    """The plain content. Raises BackupFailed if it cannot be decrypted."""
    with path.open("rb") as file:
        if not encryption.decrypt:
            yield file
            return
        with running(encryption.decrypt, stdin=file, stdout=subprocess.PIPE) as process:
            assert process.stdout
            yield process.stdout
            while process.stdout.read(CHUNK):  # what is left, else the program could not end
                pass


def wrong_sums(folder: Path) -> list[str]:
    """A sentence for each file of a backup that is not as it was written."""
    try:
        *lines, end = (folder / SUMS).read_bytes().decode().split("\n")
        sums = {name: sha256 for sha256, name in (line.split("  ", 1) for line in lines)}
        if end:
            raise ValueError(end)
    except (OSError, ValueError):
        return [f"{folder.name} is no complete backup: {SUMS} cannot be read."]
    there = {path.name for path in folder.iterdir()} - {SUMS}
    found = [f"{name} is missing." for name in sorted(sums.keys() - there)]
    found += [f"{name} is not part of the backup." for name in sorted(there - sums.keys())]
    return found + [
        f"{name} was changed since it was written."
        for name in sorted(sums.keys() & there)
        if _sha256(folder / name) != sums[name]
    ]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
