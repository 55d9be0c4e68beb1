from datetime import UTC, datetime, timedelta

import pytest

from calls.backups.folders import backup_name, backups_in, delete_old, find_backup, new_backup, not_kept
from calls.backups.parts import BackupFailed

NEWEST = datetime(2026, 3, 31, 2, tzinfo=UTC)


def make(root, *moments):
    root.mkdir(exist_ok=True)
    for moment in moments:
        (root / backup_name(moment)).mkdir()


def test_a_backup_gets_its_name_when_it_is_complete(tmp_path):
    with new_backup(tmp_path / "to", NEWEST) as folder:
        (folder / "part").write_text("x")
        assert backups_in(tmp_path / "to") == []

    assert [path.name for path in backups_in(tmp_path / "to")] == ["portal-20260331T020000Z"]


def test_half_a_backup_is_never_there_and_what_a_killed_process_left_is_removed(tmp_path):
    (tmp_path / ".partial-portal-20260330T020000Z").mkdir()

    with pytest.raises(FileNotFoundError), new_backup(tmp_path, NEWEST) as folder:
        (folder / "part").rename(folder / "whole")

    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


def test_two_backups_are_not_made_at_once(tmp_path):
    later = NEWEST + timedelta(days=1)

    with new_backup(tmp_path, NEWEST), pytest.raises(BackupFailed, match="Another"), new_backup(tmp_path, later):
        pass


def test_the_newest_of_each_of_the_last_days_weeks_and_months_is_kept(tmp_path):
    every_six_hours = [NEWEST - timedelta(hours=6 * n) for n in range(4 * 120)]
    make(tmp_path, *every_six_hours)

    deleted = delete_old(tmp_path, {"daily": 3, "weekly": 2, "monthly": 3})

    kept = [path.name.removeprefix("portal-")[:11] for path in backups_in(tmp_path)]
    assert kept == ["20260331T02", "20260330T20", "20260329T20", "20260228T20", "20260131T20"]
    assert len(deleted) == 480 - len(kept)


def test_the_newest_is_kept_whatever_the_settings_say(tmp_path):
    make(tmp_path, NEWEST, NEWEST - timedelta(days=9))

    assert [path.name for path in not_kept(backups_in(tmp_path), {"daily": 0})] == ["portal-20260322T020000Z"]


def test_a_backup_is_found_by_its_path_by_its_name_or_as_the_newest(tmp_path):
    make(tmp_path, NEWEST, NEWEST - timedelta(days=1))
    older = tmp_path / "portal-20260330T020000Z"

    assert find_backup(tmp_path, "").name == "portal-20260331T020000Z"
    assert find_backup(tmp_path, older.name) == find_backup(tmp_path, str(older)) == older
    with pytest.raises(BackupFailed, match="no backup portal-2020"):
        find_backup(tmp_path, "portal-2020")
    with pytest.raises(BackupFailed, match="There is no backup in"):
        find_backup(tmp_path / "nowhere", "")
