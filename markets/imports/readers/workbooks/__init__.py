"""Workbooks (XLSX, XLS, ODS) and ZIP archives: which part holds the table, and its cells as text.

A workbook is converted to rows of text once, in an unnamed temporary file, and then read from there.
"""

from markets.imports.readers.workbooks.sheets import Sheet
from markets.imports.readers.workbooks.workbook import Workbook

__all__ = ["Sheet", "Workbook"]
