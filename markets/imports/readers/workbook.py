"""Workbooks (XLSX, XLS, ODS). The first visible sheet with data is converted to CSV once and then read from there."""

from collections.abc import Generator
from pathlib import Path

from markets.imports.readers.archives import open_archive
from markets.imports.readers.calamine import ODS, XLS, check_ods_formulas, read_with_calamine
from markets.imports.readers.limits import FileRefused, Limits
from markets.imports.readers.spool import RowSpool
from markets.imports.readers.xlsx import read_xlsx

SHEETS_LISTED = 5


class Workbook:
    encoding = delimiter = ""

    def __init__(self, path: Path, name: str, limits: Limits, *, is_zip: bool):
        self._spool = RowSpool(name, limits)
        self.format_name, self.sheet, self.other_sheets = self._convert(path, is_zip=is_zip)
        if not self._spool.row_count:
            raise FileRefused(f"{name} is empty: no visible sheet of it has anything in it.")
        self._spool.finish()

    @property
    def format_description(self) -> str:
        others = ", ".join(f"“{other}”" for other in self.other_sheets[:SHEETS_LISTED])
        if len(self.other_sheets) > SHEETS_LISTED:
            others += f" and {len(self.other_sheets) - SHEETS_LISTED} more"
        return f"{self.format_name}, sheet “{self.sheet}”" + (f"; not read: {others}" if others else "")

    def records(self) -> Generator[tuple[int, list[str]]]:
        """All rows except blank ones, with their row numbers. All have as many cells as the widest."""
        return self._spool.rows()

    def _convert(self, path: Path, *, is_zip: bool) -> tuple[str, str, list[str]]:
        """The format, the name of the sheet that was read, and the names of the others."""
        spool = self._spool
        if not is_zip:
            return "Old Excel workbook (XLS)", *read_with_calamine(path, XLS, spool)
        with open_archive(path, spool.name, spool.limits) as archive:
            if archive.is_xlsx():
                return "Excel workbook", *read_xlsx(archive, spool)
            archive.check_is_ods()
            sheet, others = read_with_calamine(path, ODS, spool)
            check_ods_formulas(archive, sheet)
            return ODS.label, sheet, others
