from markets.reading.limits import NO_LIMITS, FileRefused, Limits
from markets.reading.table import Row, Table

__all__ = ["NO_LIMITS", "FileRefused", "Limits", "Row", "Table"]
