import pytest
from django.conf import settings
from django.db import connection

from calls.backups import postgresql
from calls.backups.parts import BackupFailed


@pytest.fixture
def programs(settings, monkeypatch, tmp_path):
    """A function that installs pg_dump of some versions."""

    def install(*versions):
        monkeypatch.setenv("PATH", "/bin:/usr/bin" if versions else "")
        monkeypatch.setattr("shutil.which", lambda name: None)
        monkeypatch.setattr(postgresql, "DEBIAN", tmp_path)
        for version in versions:
            program = tmp_path / str(version) / "bin" / "pg_dump"
            program.parent.mkdir(parents=True)
            program.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}.4 (Debian {version}.4-1)'\n")
            program.chmod(0o755)

    return install


def test_the_version_of_the_server_is_preferred_and_a_newer_one_will_do(programs):
    programs(14, 15, 17)

    assert postgresql.client_program("pg_dump", 15)[1] == 15
    assert postgresql.client_program("pg_dump", 16)[1] == 17


def test_a_program_that_is_missing_or_too_old_is_said_with_what_to_install(programs):
    programs()
    with pytest.raises(BackupFailed, match=r"pg_dump is not installed\. Install postgresql-client-15"):
        postgresql.client_program("pg_dump", 15)

    programs(13, 14)
    with pytest.raises(BackupFailed, match=r"pg_dump 14 is older than 15, which it takes\. Install"):
        postgresql.client_program("pg_dump", 15)


def test_a_folder_in_the_settings_is_the_only_one(programs, settings, tmp_path):
    programs(15, 16)
    settings.POSTGRESQL_BIN = str(tmp_path / "16" / "bin")

    assert postgresql.client_program("pg_dump", 15)[1] == 16


@pytest.mark.skipif(connection.vendor != "postgresql", reason="addresses of PostgreSQL")
@pytest.mark.skipif(settings.DATABASE_POOLER, reason="A pooler is given no backups")
def test_the_password_is_not_among_the_arguments(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "hush")
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {"sslmode": "prefer", "connect_timeout": 5})

    address, environment = postgresql.address()

    assert "hush" not in address
    assert "sslmode=prefer" in address
    assert environment["PGPASSWORD"] == "hush"


def test_a_pooler_is_not_given_a_session_of_pg_dump(settings):
    settings.DATABASE_POOLER = True

    with pytest.raises(BackupFailed, match="PostgreSQL's own address"):
        postgresql.address()
