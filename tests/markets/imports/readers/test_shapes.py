import pytest

from markets.imports.readers.shapes import common_shape, is_data, shape_of


@pytest.mark.parametrize(
    ("cell", "shape"),
    [
        ("ann@f.example", "email"),
        ("@blocked.example", "domain"),
        ("blocked.example", "domain"),
        ("2125550142", "phone"),
        ("+1 (212) 555-0142", "phone"),
        ("'+44 20 7946 0142", "phone"),
        ("212-555-****", "phone"),
        ("213XXXXXXX", "phone"),
        ("+1212*", "phone"),
        ("212555", "number"),
        ("5", "number"),
        ("1,234.50", "number"),
        ("2026-11-23", "moment"),
        ("23.11.2026 10:01", "moment"),
        ("11/23/2026", "moment"),
        ("https://f.example/a", "link"),
        ("www.f.example/a", "link"),
        ("Ann Lee", ""),
        ("", ""),
        ("x" * 300, ""),
        ("Phone 2", ""),
    ],
)
def test_a_cell_is_told_by_its_text(cell, shape):
    assert shape_of(cell) == shape


def test_a_name_with_dots_is_no_data():
    assert not is_data("contact.email")
    assert is_data("ann@f.example")


def test_a_column_has_the_shape_of_most_of_its_cells():
    assert common_shape(["a@f.example", "b@f.example", "", "c@f.example", "d@f.example", "none"]) == "email"
    assert common_shape(["a@f.example", "none"]) == common_shape([" "]) == ""
