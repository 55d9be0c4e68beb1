"""Any bytes end in a report by row or in a clear refusal: never a 500, never a row that is nowhere (P5)."""

import csv
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import time_machine

from config.ui.lists.exports import FORMULA_STARTS, unescape_formula
from markets.imports.files.rejects import REJECT_COLUMNS
from markets.imports.readers import TabularFile
from tests.hostile import CORPUS
from tests.hostile.cells import SCRIPT
from tests.hostile.files import HostileFile, table
from tests.hostile.paths import (
    Outcome,
    by_browser,
    by_command,
    firm,
    manager_of,
    measured,
    on_stack_of_its_own,
)

SECONDS, MEGABYTES = 5, 150
NEVER_IN_A_PAGE = (SCRIPT, "<script>alert", "<img src=x")
REFUSED_IN_PART = [file for file in CORPUS if file.rejected]


@pytest.fixture(autouse=True)
def on_the_first_of_june(db, tmp_path, settings):
    settings.IMPORTS_ROOT = tmp_path / "kept" / "imports"
    with time_machine.travel(datetime(2026, 6, 1, 12, tzinfo=UTC)):
        yield


def outcomes_of(file, client, folder):
    """What became of the file on both ways, in two workspaces that are alike."""
    content = file.make()
    of_command, of_browser = firm("command", file.kind), firm("browser", file.kind)
    client.force_login(manager_of(of_browser))
    return {
        of_command.workspace: on_stack_of_its_own(by_command, file, content, of_command.workspace, folder),
        of_browser.workspace: on_stack_of_its_own(by_browser, file, content, of_browser, client),
    }


def problems_of(file, workspace, outcome):
    """What is not as it must be of a file's end."""
    refused = file.refused_in_browser if workspace.slug == "browser" and file.refused_in_browser else file.refused
    if refused or outcome.refused:
        if not refused or refused not in outcome.refused:
            yield f"“{outcome.refused[:300]}” and {outcome.counts}, where it was to be “{refused}”"
        return
    if outcome.counts != file.counts:
        yield f"{outcome.counts}, where it was to be {file.counts}"
    if outcome.counts["rows"] != sum(outcome.counts[name] for name in ("created", "updated", "unchanged", "rejected")):
        yield "rows that are nowhere"
    if outcome.foreseen != outcome.counts:
        yield f"{outcome.counts}, where the dry run said {outcome.foreseen}"
    if outcome.codes != file.rejected:
        yield f"refused rows {outcome.codes}, where it was to be {file.rejected}"
    if unknown := set(file.names) - set(workspace.contacts.values_list("full_name", flat=True)):
        yield f"nobody is called {unknown}"


def harms_of(outcome):
    """What must not be on any way."""
    yield from (f"an answer of {status}" for status, _ in outcome.answers if status >= 500)
    yield from (f"{text} in a page" for _, page in outcome.answers for text in NEVER_IN_A_PAGE if text in page)
    if any(cell.startswith(FORMULA_STARTS) for row in outcome.rejected for cell in row):
        yield "a formula handed back"
    if outcome.seconds > SECONDS or outcome.megabytes > MEGABYTES:
        yield f"{outcome.seconds:.1f} s and {outcome.megabytes:.0f} MB"


def figures_of(file, outcomes):
    """Answers of 500, rows that are nowhere, seconds and megabytes."""
    failures = sum(status >= 500 for outcome in outcomes for status, _ in outcome.answers)
    lost = sum(abs(file.rows - rows_of(outcome)) for outcome in outcomes if outcome.counts and not outcome.refused)
    return failures, lost, max(each.seconds for each in outcomes), max(each.megabytes for each in outcomes)


def rows_of(outcome):
    """Those that somebody can find again: in the workspace or in the file of refused rows."""
    return sum(outcome.counts[name] for name in ("created", "updated", "unchanged")) + len(outcome.codes)


def left_elsewhere(folder):
    """Files that have no name of our own in the folder of imports, but the two that the command was given."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.parent != folder]
    ours = [path for path in files if path.parent == folder / "kept" / "imports" and len(path.stem) == 32]
    return sorted(set(files) - set(ours))


@pytest.mark.parametrize("file", CORPUS, ids=str)
def test_a_hostile_file_ends_in_a_report_or_a_refusal(client, tmp_path, record_property, file):
    outcomes = outcomes_of(file, client, tmp_path)

    record_property("hostile file", figures_of(file, outcomes.values()))
    found = {
        workspace.slug: [*problems_of(file, workspace, outcome), *harms_of(outcome)]
        for workspace, outcome in outcomes.items()
    }
    assert found == {"command": [], "browser": []}
    assert left_elsewhere(tmp_path) == []


@pytest.mark.parametrize("file", REFUSED_IN_PART, ids=str)
def test_refused_rows_come_back_as_they_were_and_are_refused_again_until_mended(client, tmp_path, file):
    ours = firm("command", file.kind).workspace
    content = file.make()
    outcome = by_command(file, content, ours, tmp_path)
    path = tmp_path / "original"
    path.write_bytes(content)
    original = TabularFile(path, name=file.file_name)
    header, *rows = outcome.rejected

    assert header == [*(name for name in map(as_is, original.header) if name not in REJECT_COLUMNS), *REJECT_COLUMNS]
    assert {int(row[-3]): own(row) for row in rows} == {
        line: own(list(map(as_is, cells)), original.header) for line, cells in original if line in file.rejected
    }
    again = by_command(after(file), outcome.rejects, ours, tmp_path)
    codes = file.rejected.values() if file.again is None else file.again
    assert (again.counts["rows"], list(again.codes.values())) == (len(rows), list(codes))
    if file.mend:
        mended = by_command(after(file), mended_by(file, outcome.rejects), ours, tmp_path)
        assert (mended.counts["rows"], mended.counts["rejected"]) == (len(rows), 0), mended.rejected


def as_is(cell):
    """A cell as it was before it was made safe to open in a spreadsheet."""
    return unescape_formula(cell)


def own(cells, header=()):
    """A row's own cells: without why it was refused, now or before, and with blanks for those that are missing."""
    if not header:
        return [*map(as_is, cells[:-3])]
    width = sum(1 for name in header if name not in REJECT_COLUMNS)
    kept = [cell for place, cell in enumerate(cells) if place >= len(header) or header[place] not in REJECT_COLUMNS]
    return kept + [""] * (width - len(kept))


def after(file):
    """The file of its refused rows, of which nothing else is known."""
    return HostileFile(f"{file}, again", bytes, kind=file.kind)


def mended_by(file, rejects):
    text = rejects.decode("utf-8-sig")
    for wrong, right in file.mend:
        assert wrong in text
        text = text.replace(wrong, right)
    return text.encode()


CONTROL = table(
    "a control", "Name,Email", 'Ann,"ann@f.example', "Bob,bob@f.example", created=1, rejected={2: "columns"}
)
ROWS = table("a control", "Name,Email", "Ann,ann@f.example", "Bob,bob@f.example", created=2)


def test_the_check_would_see_a_reader_that_swallows_rows(client, tmp_path, monkeypatch):
    lenient = csv.reader
    monkeypatch.setattr(
        "markets.imports.readers.csv_reader.csv.reader", lambda *args, strict, **options: lenient(*args, **options)
    )

    for workspace, outcome in outcomes_of(CONTROL, client, tmp_path).items():
        assert [*problems_of(CONTROL, workspace, outcome)], workspace


def test_the_check_would_see_rows_that_are_dropped_and_formulas_that_are_handed_back(client, tmp_path, monkeypatch):
    every_row = TabularFile.rows
    monkeypatch.setattr(TabularFile, "rows", lambda table, after=0: every_row(table, after + 1))
    outcomes = outcomes_of(ROWS, client, tmp_path)

    assert [len([*problems_of(ROWS, *each)]) for each in outcomes.items()] == [1, 1]
    wrong = replace(outcomes.popitem()[1], rejects=b"=1+1\r\n", answers=[(500, SCRIPT)], seconds=9)
    assert [harm.split()[0] for harm in harms_of(wrong)] == ["an", SCRIPT, "<script>alert", "a", "9.0"]


def test_the_measure_sees_memory_that_is_held_for_a_moment():
    outcome = Outcome()
    with measured(outcome):
        len(b"x" * (2 * MEGABYTES << 20))

    assert [harm.split()[-1] for harm in harms_of(outcome)] == ["MB"]
