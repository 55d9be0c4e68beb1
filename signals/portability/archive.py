"""The file of a workspace: a ZIP with a manifest that has the checksum of everything else in it."""

import csv
import hashlib
import json
import shutil
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any

from calls.backups.parts import CHUNK, HashedFile

FORMAT = 1
MANIFEST, DICTIONARY = "manifest.json", "data-dictionary.md"


class ArchiveUnreadable(Exception):
    """The file cannot be imported. The message says why."""


@dataclass
class Part:
    sha256: str
    bytes: int


@dataclass
class Table:
    """`name` is that of the table in the database, and of its two files."""

    name: str
    rows: int
    columns: list[str]

    @property
    def csv(self) -> str:
        return f"csv/{self.name}.csv"

    @property
    def parquet(self) -> str:
        return f"parquet/{self.name}.parquet"


@dataclass
class Manifest:
    """What the file is. `first_ids` and `last_ids` bound the ids of each model that occur in it, also in texts.

    `erased_keys` is a hash that only the SECRET_KEY of the installation makes which wrote the file, and
    `erased_key_salt` what its hashes of erased people are salted with.
    """

    workspace: str
    slug: str
    made_at: str
    portal: str
    vendor: str
    migrations: list[str]
    erased_keys: str
    erased_key_salt: int
    format: int = FORMAT
    tables: list[Table] = field(default_factory=list)
    first_ids: dict[str, int] = field(default_factory=dict)
    last_ids: dict[str, int] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def row_count(self) -> int:
        return sum(table.rows for table in self.tables)


class ArchiveWriter:
    def __init__(self, file: zipfile.ZipFile):
        self.file, self.parts = file, dict[str, Part]()

    @contextmanager
    def part(self, name: str) -> Iterator[HashedFile]:
        """A new part to write to. It is compressed, unless it is compressed already."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_STORED if name.endswith(".parquet") else zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        with self.file.open(info, "w", force_zip64=True) as sink:
            hashed = HashedFile(sink)
            yield hashed
        self.parts[name] = Part(hashed.sha256.hexdigest(), hashed.bytes)

    def add(self, name: str, text: str) -> None:
        with self.part(name) as sink:
            sink.write(text.encode())

    def copy(self, name: str, source: IO[bytes]) -> None:
        with self.part(name) as sink:
            shutil.copyfileobj(source, sink, CHUNK)

    def finish(self, manifest: Manifest) -> None:
        manifest.parts = self.parts
        self.add(MANIFEST, json.dumps(asdict(manifest), indent=1))


@contextmanager
def open_archive(path: Path) -> Iterator["ArchiveReader"]:
    """Opens a file whose every part has the checksum that the manifest says. Raises ArchiveUnreadable."""
    try:
        with zipfile.ZipFile(path) as file:
            reader = ArchiveReader(file)
            reader.verify()
            yield reader
    except (OSError, zipfile.BadZipFile) as error:
        raise ArchiveUnreadable(f"{path} cannot be read: {error}.") from None


class ArchiveReader:
    def __init__(self, file: zipfile.ZipFile):
        self.file = file
        try:
            values = json.loads(file.read(MANIFEST))
            if values.get("format") != FORMAT:
                raise ArchiveUnreadable(f"The file has format {values.get('format')}; this portal reads {FORMAT}.")
            tables = [Table(**each) for each in values.pop("tables")]
            parts = {name: Part(**each) for name, each in values.pop("parts").items()}
            self.manifest = Manifest(**values, tables=tables, parts=parts)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ArchiveUnreadable(f"This is no file of a workspace: {MANIFEST} is missing or damaged.") from error

    def verify(self) -> None:
        """Raises ArchiveUnreadable unless all parts are there, unchanged, and nothing else."""
        there = set(self.file.namelist())
        needed = {MANIFEST, *self.manifest.parts}
        needed |= {name for table in self.manifest.tables for name in (table.csv, table.parquet)}
        if there != needed:
            raise ArchiveUnreadable(f"Missing or unknown in the file: {', '.join(sorted(there ^ needed)[:5])}.")
        for name, part in self.manifest.parts.items():
            digest = hashlib.sha256()
            try:
                with self.file.open(name) as source:
                    while data := source.read(CHUNK):
                        digest.update(data)
            except zipfile.BadZipFile:
                raise ArchiveUnreadable(f"{name} is damaged.") from None
            if digest.hexdigest() != part.sha256:
                raise ArchiveUnreadable(f"{name} is damaged: its checksum is not that of the manifest.")

    def rows(self, table: Table) -> Iterator[list[Any]]:
        """The rows of a table as texts, and None for empty cells without quotes. Raises ArchiveUnreadable."""
        limit = csv.field_size_limit(sys.maxsize)  # reports are long
        try:
            with self.file.open(table.csv) as source, TextIOWrapper(source, "utf-8", newline="") as text:
                lines = csv.reader(text, quoting=csv.QUOTE_NOTNULL, strict=True)
                if next(lines, None) != table.columns:
                    raise ArchiveUnreadable(f"{table.csv} has other columns than the manifest.")
                yield from lines
        finally:
            csv.field_size_limit(limit)
