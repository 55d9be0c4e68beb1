from markets.imports.readers.limits import NO_LIMITS, FileRefused, Limits
from markets.imports.readers.table import Row, Table

__all__ = ["NO_LIMITS", "FileRefused", "Limits", "Row", "Table"]
