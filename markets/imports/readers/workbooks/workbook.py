"""Workbooks (XLSX, XLS, ODS). One sheet is converted to CSV once and then read from there."""

from collections.abc import Generator
from pathlib import Path

from django.utils.translation import gettext as _

from markets.imports.readers.limits import FileRefused, Limits
from markets.imports.readers.rows import ReadOptions, Row
from markets.imports.readers.workbooks.archives import open_archive
from markets.imports.readers.workbooks.calamine import ODS, XLS, read_with_calamine, uncalculated_cells
from markets.imports.readers.workbooks.sheets import Sheet, SheetsRead, listed
from markets.imports.readers.workbooks.spool import RowSpool
from markets.imports.readers.workbooks.xlsx import read_xlsx


class Workbook:
    encoding = delimiter = ""
    pads_rows = True
    has_broken_rows = False

    def __init__(self, path: Path, name: str, limits: Limits, options: ReadOptions, *, is_zip: bool):
        """Reads the sheet that `options` name, else the first visible one that has any data. Raises FileRefused."""
        self._spool = RowSpool(name, limits)
        self._wanted, self._fills_merged = options.get("sheet") or "", bool(options.get("fill_merged"))
        self.format_name, self.read = self._convert(path, is_zip=is_zip)
        if not self._spool.row_count and self.read.name:
            raise FileRefused(
                _("The sheet “%(sheet)s” of %(name)s is empty.") % {"sheet": self.read.name, "name": name}
            )
        if not self._spool.row_count:
            raise FileRefused(_("%(name)s is empty: no visible sheet of it has anything in it.") % {"name": name})
        self._spool.finish()

    @property
    def format_description(self) -> str:
        others = listed(self.read.others)
        return _("%(format_name)s, sheet “%(name)s”") % {"format_name": self.format_name, "name": self.read.name} + (
            _("; not read: %(others)s") % {"others": others} if others else ""
        )

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        counts = {self.read.name: self._spool.row_count}
        return tuple(Sheet(sheet.name, counts.get(sheet.name, sheet.rows)) for sheet in self.read.visible)

    def records(self) -> Generator[Row]:
        """All rows except blank ones, with their row numbers. All have as many cells as the widest."""
        return self._spool.rows()

    @staticmethod
    def line_after(row: Row) -> int:
        """The line that follows the row if no line between them is blank."""
        return row[0] + 1

    def _convert(self, path: Path, *, is_zip: bool) -> tuple[str, SheetsRead]:
        spool, wanted, fills = self._spool, self._wanted, self._fills_merged
        if not is_zip:
            return _("Old Excel workbook (XLS)"), read_with_calamine(path, XLS, spool, wanted, fills_merged=fills)
        with open_archive(path, spool.name, spool.limits) as archive:
            if archive.is_xlsx():
                return _("Excel workbook"), read_xlsx(archive, spool, wanted, fills_merged=fills)
            archive.check_is_ods()

            def formulas(sheet: str) -> list[tuple[int, int, frozenset[int]]]:
                return uncalculated_cells(archive, sheet)

            return str(ODS.label), read_with_calamine(path, ODS, spool, wanted, formulas, fills_merged=fills)
