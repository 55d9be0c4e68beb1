from markets.imports.readers.limits import NO_LIMITS, FileRefused, Limits
from markets.imports.readers.table import Row, TabularFile

__all__ = ["NO_LIMITS", "FileRefused", "Limits", "Row", "TabularFile"]
