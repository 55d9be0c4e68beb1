"""Reads files of any supported format as rows of text: CSV, XLSX, XLS and ODS, also in a ZIP archive.

`TabularFile` is the entrance. Everything in here treats the file as hostile: whatever its bytes, it is read within the
limits or refused with a sentence. The package knows nothing of contacts, calls or the database.
"""

from markets.imports.readers.header import match_key
from markets.imports.readers.limits import NO_LIMITS, FileRefused, Limits
from markets.imports.readers.rows import BrokenCells, ReadOptions, Row, SkippedLine, read_options
from markets.imports.readers.table import TabularFile
from markets.imports.readers.workbooks import Sheet

__all__ = [
    "NO_LIMITS",
    "BrokenCells",
    "FileRefused",
    "Limits",
    "ReadOptions",
    "Row",
    "Sheet",
    "SkippedLine",
    "TabularFile",
    "match_key",
    "read_options",
]
