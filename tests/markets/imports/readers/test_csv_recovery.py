import time

import pytest

from markets.imports.readers import BrokenCells, TabularFile
from tests.files import csv_file

HEADER = "Name,Firm,Email"


def read(folder, *lines, **options):
    """Each row with its line and, if it is broken, with what is wrong."""
    table = TabularFile(csv_file(folder, HEADER, *lines, **options))
    return [(line, list(cells), getattr(cells, "problem", "")[:30]) for line, cells in table]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('"Robert "Bob" Ray",Wolf,r@f.example', ['Robert "Bob" Ray', "Wolf", "r@f.example"]),
        ('Cy "Ace" Ray,Wolf,c@f.example', ['Cy "Ace" Ray', "Wolf", "c@f.example"]),
        ('"Ann" Lee,"Wolf","a@f.example"', ['"Ann" Lee', "Wolf", "a@f.example"]),
        ('"Al "A"",Wolf,a@f.example', ['Al "A"', "Wolf", "a@f.example"]),
        ('"Al ""A"" Ray" ,"Wolf "W" LLP",a@f.example', ['Al "A" Ray', 'Wolf "W" LLP', "a@f.example"]),
        ('"Bob" Ray,Wolf,b@f.example', ['"Bob" Ray', "Wolf", "b@f.example"]),
        ('"Bob" and "Al",Wolf,b@f.example', ['"Bob" and "Al"', "Wolf", "b@f.example"]),
        ('"Al \\"Bob\\" Ray","Wolf",a@f.example', ['Al "Bob" Ray', "Wolf", "a@f.example"]),
        ('"Ray, "Bob" Al",Wolf,a@f.example', None),
        ('Ann,"Wolf,a@f.example', None),
        ('"a"b', None),
    ],
)
def test_a_row_broken_by_quotation_marks_is_read_if_there_is_no_doubt(tmp_path, line, cells):
    first, second = read(tmp_path, line, "Bob,Wolf,b@f.example")

    if cells:
        assert first == (2, cells, "")
    else:
        assert (first[0], first[1], bool(first[2])) == (2, line.split(","), True)
    assert second == (3, ["Bob", "Wolf", "b@f.example"], "")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_behind_a_quotation_mark_that_is_left_open_are_given_back(tmp_path, end):
    lines = [
        'Ann,"Wolf,a@f.example',
        "",
        "Bob,Wolf,b@f.example",
        'Cy,"over',
        'two lines",c@f.example',
        "Di,Wolf,d@f.example",
    ]

    assert [(line, cells[0], bool(problem)) for line, cells, problem in read(tmp_path, *lines, end=end)] == [
        (2, "Ann", True),
        (4, "Bob", False),
        (5, "Cy", False),
        (7, "Di", False),
    ]


def test_a_row_says_what_is_wrong_with_it(tmp_path):
    lines = ["Bob,Wolf," + "x" * 131_073, 'Cy,"W"olf, LLP,c@f.example', 'Ann,"Wolf,a@f.example', "Di,Wolf,d@f.example"]
    broken = [cells for _, cells in TabularFile(csv_file(tmp_path, HEADER, *lines)) if isinstance(cells, BrokenCells)]

    assert [each.problem.partition(".")[0] for each in broken] == [
        "The row has a cell of more than 131,072 characters, as when a quotation mark is never closed",
        "The row goes on after a closing quotation mark",
        "The row opens a quotation mark that is never closed",
    ]
    assert [each.concerns([]) for each in broken] == [True] * 3


def test_a_record_that_takes_in_other_rows_is_refused_with_its_first_line(tmp_path):
    rows = ['Ann,F,"P,Rome,a@f.example', "Bob,F,P,Rome,b@f.example", 'Cy,F,5",Rome,c@f.example']
    table = TabularFile(csv_file(tmp_path, "Name,Firm,Title,City,Email", *rows))

    assert [(line, len(cells), isinstance(cells, BrokenCells)) for line, cells in table] == [
        (2, 5, True), (3, 5, False), (4, 5, False),
    ]  # fmt: skip


def test_an_address_over_several_lines_is_no_such_record(tmp_path):
    assert read(tmp_path, 'Ann,"Wolf, LLP\n1 Main St, Rome, Italy",a@f.example') == [
        (2, ["Ann", "Wolf, LLP\n1 Main St, Rome, Italy", "a@f.example"], "")
    ]


def test_reading_goes_on_after_broken_rows(tmp_path):
    table = TabularFile(csv_file(tmp_path, HEADER, '"a"b', "Bob,Wolf,b@f.example", '"c"d', "Di,Wolf,d@f.example"))

    assert [[line for line, _ in table.rows(after=count)] for count in (0, 1, 3)] == [[2, 3, 4, 5], [3, 4, 5], [5]]
    assert len(table) == 4


@pytest.mark.parametrize("line", ['x","y', '"y', '"""a', '"a"b,c', '","'])
def test_no_line_makes_the_time_grow_with_the_square_of_the_size(tmp_path, line):
    lines = ([line] * 9_000 + ['"z"z']) * 6
    began = time.process_time()

    assert len(read(tmp_path, *lines)) > 27_000
    assert time.process_time() - began < 5
