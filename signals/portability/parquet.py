"""Tables as Parquet. Imported only where one is written: the library takes some 50 MB of memory."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from signals.portability.contents import Column

TYPES: dict[str, Any] = {
    "integer": pa.int64(),
    "boolean": pa.bool_(),
    "moment": pa.timestamp("us", tz="UTC"),
    "day": pa.date32(),
    "json": pa.string(),
    "text": pa.string(),
}


@contextmanager
def parquet_table(file: IO[bytes], columns: Sequence[Column]) -> Iterator[Callable[[Sequence[Sequence[Any]]], None]]:
    """A function that writes rows of plain values, each time as one row group."""
    schema = pa.schema([(column.name, TYPES[column.kind]) for column in columns])
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:

        def write(rows: Sequence[Sequence[Any]]) -> None:
            values = zip(*rows, strict=True)
            arrays = [pa.array(each, type_) for each, type_ in zip(values, schema.types, strict=True)]
            writer.write_batch(pa.record_batch(arrays, schema=schema))

        yield write
