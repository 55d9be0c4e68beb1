"""P5: files of any bytes, by command and browser, end in a report by row or in a refusal. Short: one file in eight.

tests/markets/imports/test_hostile_files.py has a test for each of them, and what becomes of refused rows afterwards.
"""

import csv
import os

import pytest
from django.db import transaction
from django.test import Client

from tests.hostile import CORPUS
from tests.markets.imports.test_hostile_files import (
    CONTROL,
    MEGABYTES,
    SECONDS,
    figures_of,
    harms_of,
    on_the_first_of_june,  # noqa: F401 - a fixture
    outcomes_of,
    problems_of,
)

IS_FULL = os.environ.get("DRILL") == "full"


def tried(files, folder):
    """What is wrong with the ends of the files, and the figures of each."""
    found, figures = [], []
    for number, file in enumerate(files):
        of_file = folder / str(number)
        of_file.mkdir()
        with transaction.atomic():
            outcomes = outcomes_of(file, Client(), of_file)
            for workspace, outcome in outcomes.items():
                wrong = [*problems_of(file, workspace, outcome), *harms_of(outcome)]
                found += [f"{file} by {workspace.slug}: {each}" for each in wrong]
            figures.append(figures_of(file, outcomes.values()))
            transaction.set_rollback(True)
    return found, figures


@pytest.mark.promise("P5")
def test_every_file_ends_in_a_report_or_a_refusal(tmp_path, figure, monkeypatch):
    files = CORPUS if IS_FULL else CORPUS[::8]
    found, figures = tried(files, tmp_path)
    assert found == []
    failures, lost, seconds, megabytes = zip(*figures, strict=True)
    assert (sum(failures), sum(lost)) == (0, 0)
    assert max(seconds) <= SECONDS
    assert max(megabytes) <= MEGABYTES

    lenient = csv.reader
    monkeypatch.setattr(
        "markets.imports.readers.csv_reader.csv.reader", lambda *args, strict, **options: lenient(*args, **options)
    )
    (tmp_path / "control").mkdir()
    control, _ = tried([CONTROL], tmp_path / "control")
    assert control
    figure(
        f"{sum(failures)} x 5xx, {sum(lost)} silent losses in {len(files)} of {len(CORPUS)} files; slowest "
        f"{max(seconds):.1f} s, most {max(megabytes):.0f} MB",
        control=f"with a reader that takes an unterminated quote: {control[0]}",
    )
