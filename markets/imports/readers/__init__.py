"""Reads files of any supported format as rows of text: CSV, XLSX, XLS and ODS.

`TabularFile` is the entrance. Everything in here treats the file as hostile: whatever its bytes, it is read within the
limits or refused with a sentence. The package knows nothing of contacts, calls or the database.
"""

from markets.imports.readers.limits import NO_LIMITS, FileRefused, Limits
from markets.imports.readers.table import Row, TabularFile

__all__ = ["NO_LIMITS", "FileRefused", "Limits", "Row", "TabularFile"]
