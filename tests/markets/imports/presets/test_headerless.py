import pytest

from markets.imports.presets.headerless import layer_by_content


@pytest.mark.parametrize(
    ("kind", "header", "rows", "columns"),
    [
        ("suppressions", ["Column 1"], [["2125550142"]], {"phone": ["Column 1"]}),
        ("suppressions", ["Blocked on 1 May"], [["2125550142"]], {"phone": ["Blocked on 1 May"]}),
        ("suppressions", ["Blocked on 1 May"], [["Ann Lee"]], {}),
        ("suppressions", ["Who", "Why"], [["2125550142", "asked us"]], {}),
        ("people", ["Who"], [["2125550142"]], {}),
        ("calls", ["Column 1"], [["2125550142"]], {}),
    ],
)
def test_columns_are_told_by_content_where_they_have_no_names(kind, header, rows, columns):
    assert layer_by_content(kind, header, list(enumerate(rows, start=1))).columns == columns
