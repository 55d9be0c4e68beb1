import pytest

from markets.custom_fields.fields import field_key
from markets.custom_fields.values import as_text, clean_cell, read_date, read_number


@pytest.mark.parametrize(
    ("text", "number", "back"),
    [
        ("42", 42, "42"),
        ("-0.5", -0.5, "-0.5"),
        ("1,250.50", 1250.5, "1250.5"),
        ("43.0", 43.0, "43"),
        ("0.00001", 0.00001, "0.00001"),
        ("123456789012345", 123456789012345, "123456789012345"),
    ],
)
def test_a_number_comes_back_as_the_same_number(text, number, back):
    assert read_number(text) == number
    assert as_text(read_number(text)) == back
    assert read_number(back) == number


@pytest.mark.parametrize("text", ["007", "+1", "1e5", "1.2.3", "12,34", "1,2345", "", "1234567890123456", "١٢"])
def test_what_would_not_come_back_as_it_was_is_a_text(text):
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2026-01-31", "", "2026-01-31"),
        ("2026-01-31 00:00:00", "", "2026-01-31"),
        ("31/01/2026", "", "2026-01-31"),
        ("05/06/2026", "mdy", "2026-05-06"),
        ("05/06/2026", "dmy", "2026-06-05"),
        ("05/06/2026", "", None),
        ("2026-01-31 14:05", "", None),
        ("soon", "", None),
    ],
)
def test_a_date_is_read_where_it_means_one_day(text, order, day):
    assert read_date(text, order) == day


def test_words_for_nothing_are_blank():
    assert [clean_cell(cell) for cell in ("n/a", " - ", "#N/A", "", "'=1+1", " a  b ")] == [
        "",
        "",
        "",
        "",
        "=1+1",
        "a b",
    ]


def test_the_key_of_a_column_is_its_letters_and_digits():
    assert field_key("Shoe-Size (EU)") == field_key("SHOE SIZE EU") == "shoesizeeu"
    assert field_key("2024") == "column2024"
    others = [field_key(header) for header in ("Größe", "Grosse", "Размер", "サイズ")]
    assert len({*others}) == 4
    assert all(map(str.isascii, others))
    long = [field_key("x" * 70 + end) for end in "ab"]
    assert max(map(len, [*long, field_key("%%%")])) <= 60
    assert len({*long}) == 2
