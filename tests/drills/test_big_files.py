"""Files as large as they may be, and larger: read within their time and memory, each in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from tests.workbooks import handmade

MEGABYTES = 150
SECONDS = 5
OF_A_WORKBOOK = 30
"""Its XML is read at once, while the browser waits: 8 microseconds for a cell."""
LARGEST = 20 * 1024**2
HEADER = "Lead ID,First name,Last name,Email,Phone,Firm,Title,City"
MEASURED = """
import json, sys
import django
django.setup()
from pathlib import Path
from markets.imports.readers import FileRefused, TabularFile
from markets.imports.files.uploads import UPLOAD_LIMITS
from tests.hostile.paths import Outcome, measured
outcome = Outcome()
with measured(outcome):
    try:
        result = f"{len(TabularFile(Path(sys.argv[1]), limits=UPLOAD_LIMITS))} rows"
    except FileRefused as refused:
        result = str(refused)
print(json.dumps([result, outcome.seconds, outcome.megabytes]))
"""


def row(number):
    return f"lead-{number},First,Last,p{number}@f.example,212 555 {number % 10_000:04},Firm LLP,Partner,Rome"


def lines(count):
    return "\n".join([HEADER, *map(row, range(count)), ""]).encode()


def workbook(folder, count):
    path = folder / "file"
    with Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for place, line in enumerate(lines(count).decode().splitlines()):
            sheet.write_row(place, 0, line.split(","))
    return path


def with_one_text_everywhere(folder):
    cells = "".join('<row><c t="s"><v>0</v></c></row>' for _ in range(20_000))
    text = "".join(f"word {number} " for number in range(3000))
    return handmade(folder, f"<sheetData>{cells}</sheetData>", strings=f"<si><t>{text}</t></si>")


FILES = {
    "200,000 rows": (lambda: lines(200_000), "200000 rows"),
    "200,001 rows": (lambda: lines(200_001), "has more than 200,000 rows"),
    "a byte more than 20 MB": (lambda: b"Email\n" + b"x" * (LARGEST - 5), "at most 20 MB are read"),
    "20 MB without an end of line": (lambda: b"x" * LARGEST, "longer than 1,000,000"),
    "20 MB of quotation marks": (lambda: b'"' * LARGEST, "longer than 1,000,000"),
    "20 MB in one quotation": (lambda: b'Email\n"' + b"x\n" * (LARGEST // 2 - 8), "more than 131,072"),
    "20 MB of delimiters": (lambda: b"Email\n" + (b"," * 900_000 + b"\n") * 22, "0 rows"),
    "20 MB in no encoding": (lambda: b"Email\n" + bytes(range(128, 256)) * 100_000, "is not text"),
    "200,000 rows of Windows-1252": (lambda: b"Name\n" + b"Ren\xe9e \xc5ngstr\xf6m\n" * 200_000, "200000 rows"),
    "200,000 rows of a workbook": (lambda folder: workbook(folder, 200_000), "200000 rows"),
    "200,001 rows of a workbook": (lambda folder: workbook(folder, 200_001), "has more than 200,000 rows"),
    "a text that all cells share": (with_one_text_everywhere, "repeat more text than is read"),
}


@pytest.mark.parametrize("about", FILES)
def test_a_big_file_is_read_or_refused_within_its_time_and_memory(tmp_path, about):
    make, words = FILES[about]
    is_workbook = make.__code__.co_argcount == 1
    path = make(tmp_path) if is_workbook else tmp_path / "file"
    if not is_workbook:
        path.write_bytes(make())

    result, seconds, megabytes = measured(path)

    assert words in result
    assert megabytes <= MEGABYTES
    assert seconds <= (OF_A_WORKBOOK if is_workbook else SECONDS)
    print(f"{about}: {seconds:.1f} s, {megabytes:.0f} MB")


def measured(path):
    """What reading the file came to, the seconds of work and the megabytes that it took, in a new process."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    root = Path(__file__).parents[2]
    command = [sys.executable, "-W", "error", "-c", MEASURED, str(path)]
    ran = subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, check=True)
    return json.loads(ran.stdout.splitlines()[-1])
