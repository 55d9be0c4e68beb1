"""Reads workbooks that tests write."""

import pytest

from markets.imports.readers import FileRefused, TabularFile


def rows(path, **options):
    return list(TabularFile(path, **options))


def refusal(path, **options):
    with pytest.raises(FileRefused) as refused:
        TabularFile(path, **options)
    return str(refused.value)


def sheet(*xml):
    return f"<sheetData>{''.join(xml)}</sheetData>"
