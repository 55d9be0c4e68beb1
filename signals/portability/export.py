"""Writes a workspace into one file, from one snapshot and in bounded memory."""

import csv
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils.timezone import now

from calls.backups.figures import applied_migrations
from calls.backups.parts import HashedFile
from config.db import bulk
from markets.models import User, Workspace
from markets.models.history.erasures import KeyHasher
from signals.portability.archive import DICTIONARY, ArchiveWriter, Manifest, Table
from signals.portability.contents import Column, columns_of, exported_models, is_left_out
from signals.portability.dictionary import data_dictionary
from signals.portability.occurring import OccurringIds
from signals.portability.values import csv_text, plain_value

APPS = ("markets", "campaigns", "calls", "signals")
FETCHED, FETCHED_DOCUMENTS = 2_000, 10
"""Rows read at once; of a table with whole reports in a column a few."""
BATCH_ROWS, BATCH_CHARACTERS = 20_000, 8_000_000
"""Rows written at once, and the length of their texts at which fewer are."""
Progress = Callable[[int], object]


def portal_migrations() -> list[str]:
    """Those of the portal's own apps that the database has: they say which tables and columns there are."""
    return [name for name in applied_migrations() if name.split(".", 1)[0] in APPS]


def write_workspace(workspace: Workspace, path: Path, *, progress: Progress = lambda rows: None) -> Manifest:
    """Writes the file, which has its name once it is whole. Calls `progress` with the number of rows just written."""
    partial = path.with_name(f".{path.name}.partial")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)
    try:
        with zipfile.ZipFile(partial, "w", compresslevel=6) as file, bulk.read_snapshot():
            manifest = _write(workspace, ArchiveWriter(file), progress, path.parent)
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)
    return manifest


def _write(workspace: Workspace, writer: ArchiveWriter, progress: Progress, folder: Path) -> Manifest:
    salt = KeyHasher.salt_of(workspace.pk)
    manifest = Manifest(
        workspace=workspace.name,
        slug=workspace.slug,
        made_at=now().isoformat(),
        portal=settings.VERSION,
        vendor=connection.vendor,
        migrations=portal_migrations(),
        erased_keys=KeyHasher(salt).digest("", ""),
        erased_key_salt=salt,
    )
    ids = OccurringIds()
    for model in exported_models():
        rows = model._base_manager.filter(**{"pk" if model is Workspace else "workspace": workspace.pk})
        manifest.tables.append(_write_table(rows, writer, ids, progress, folder))
    users = User._base_manager.filter(pk__in=ids.users)
    manifest.tables.append(_write_table(users, writer, ids, progress, folder))
    manifest.first_ids, manifest.last_ids = ids.bounds()
    writer.add(DICTIONARY, data_dictionary(manifest))
    writer.finish(manifest)
    return manifest


def _write_table(
    rows: "QuerySet[Any]", writer: ArchiveWriter, ids: OccurringIds, progress: Progress, folder: Path
) -> Table:
    """CSV goes into the file at once. Parquet is finished beside it first: a ZIP has one part after the other."""
    model = rows.model
    columns = columns_of(model)
    table = Table(model._meta.db_table, 0, [column.name for column in columns])
    with TemporaryFile(dir=folder) as spooled:
        with writer.part(table.csv) as sink, _table_files(sink, spooled, columns) as write:
            for batch in _batches(rows, columns, ids):
                write(batch)
                table.rows += len(batch)
                progress(len(batch))
        spooled.seek(0)
        writer.copy(table.parquet, spooled)
    return table


@contextmanager
def _table_files(sink: HashedFile, spooled: IO[bytes], columns: list[Column]) -> Iterator[Callable[[Any], None]]:
    from signals.portability.parquet import parquet_table

    def write_csv(rows: Any) -> None:
        text = StringIO()
        csv.writer(text, quoting=csv.QUOTE_NOTNULL).writerows(rows)
        sink.write(text.getvalue().encode())

    write_csv([[column.name for column in columns]])
    with parquet_table(spooled, columns) as write_parquet:

        def write(batch: list[list[Any]]) -> None:
            write_csv([csv_text(value) for value in row] for row in batch)
            write_parquet(batch)

        yield write


def _batches(rows: "QuerySet[Any]", columns: list[Column], ids: OccurringIds) -> Iterator[list[list[Any]]]:
    batch: list[list[Any]] = []
    characters = 0
    note = ids.noting(columns)
    for values in _rows(rows, columns):
        note(values)
        row = [
            None if is_left_out(column.target) else plain_value(value, column)
            for value, column in zip(values, columns, strict=True)
        ]
        batch.append(row)
        characters += sum(len(value) for value in row if isinstance(value, str))
        if len(batch) >= BATCH_ROWS or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _rows(rows: "QuerySet[Any]", columns: list[Column]) -> Iterator[tuple[Any, ...]]:
    """In the order of their ids, so that the same workspace gives the same file."""
    has_documents = any(column.kind == "json" and column.field.name == "document" for column in columns)
    chosen = rows.order_by("pk").values_list(*(column.field.attname for column in columns))
    return chosen.iterator(chunk_size=FETCHED_DOCUMENTS if has_documents else FETCHED)
