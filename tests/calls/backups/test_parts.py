import shutil
import subprocess

import pytest

from calls.backups.parts import (
    BackupFailed,
    Encryption,
    encryption_to_read,
    encryption_to_write,
    read_part,
    written_part,
    wrong_sums,
)

CONTENT = b"Ann Example\n" * 300_000
needs_age = pytest.mark.skipif(not shutil.which("age-keygen"), reason="age is not installed")


@pytest.fixture
def age_key(settings, tmp_path):
    file = tmp_path / "key"
    subprocess.run(["age-keygen", "-o", str(file)], check=True, capture_output=True)  # noqa: S603, S607
    settings.BACKUP_AGE_RECIPIENTS = [file.read_text().split("public key: ")[1].split()[0]]
    return str(file)


def write(path, encryption=Encryption()):  # noqa: B008 - immutable
    with written_part(path, encryption) as sink:
        for start in range(0, len(CONTENT), 1_000_000):
            sink.write(CONTENT[start : start + 1_000_000])


def read(path, encryption=Encryption()):  # noqa: B008
    with read_part(path, encryption) as part:
        return part.read()


def test_what_is_written_can_be_read_and_nobody_else_can(tmp_path):
    write(tmp_path / "part")

    assert read(tmp_path / "part") == CONTENT
    assert wrong_sums(tmp_path) == []
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


@needs_age
def test_an_encrypted_part_is_read_with_its_key(age_key, tmp_path):
    write(tmp_path / "part.age", encryption_to_write())

    assert b"Ann Example" not in (tmp_path / "part.age").read_bytes()
    assert read(tmp_path / "part.age", encryption_to_read("age", age_key)) == CONTENT


@needs_age
def test_a_key_that_is_none_is_said(settings, tmp_path):
    settings.BACKUP_AGE_RECIPIENTS = ["age1nobody"]

    with pytest.raises(BackupFailed, match=r"age failed: .*malformed recipient"):
        write(tmp_path / "part.age", encryption_to_write())


@needs_age
def test_a_disk_that_is_full_is_said_by_its_own_error(age_key):
    with pytest.raises(OSError, match="No space left"):
        overflow(encryption_to_write())
    with pytest.raises(OSError, match="No space left"):
        overflow(Encryption())


def overflow(encryption):
    """Writes to the device that is always full."""
    from calls.backups import parts

    with open("/dev/full", "wb", buffering=0) as full:
        target = parts.HashedFile(full)
        if not encryption.encrypt:
            target.write(CONTENT)
        else:
            with parts.piped_through(encryption.encrypt, target) as sink:
                sink.write(CONTENT)


@pytest.mark.skipif(not shutil.which("gpg"), reason="GPG is not installed")
def test_gpg_can_be_used_instead(settings, tmp_path, monkeypatch):
    home = tmp_path / "keyring"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(home))
    made = ["gpg", "--batch", "--passphrase", "", "--quick-generate-key", "backup@portal.example", "default", "default"]
    subprocess.run(made, check=True, capture_output=True)  # noqa: S603
    settings.BACKUP_GPG_RECIPIENTS = ["backup@portal.example"]

    write(tmp_path / "part.gpg", encryption_to_write())

    assert b"Ann Example" not in (tmp_path / "part.gpg").read_bytes()
    assert read(tmp_path / "part.gpg", encryption_to_read("gpg")) == CONTENT
    subprocess.run(["gpgconf", "--kill", "all"], check=False)  # noqa: S607


def test_settings_that_contradict_each_other_are_refused(settings):
    settings.BACKUP_AGE_RECIPIENTS, settings.BACKUP_GPG_RECIPIENTS = ["age1a"], ["ann"]

    with pytest.raises(BackupFailed, match="not both"):
        encryption_to_write()


def test_a_program_that_is_missing_is_named(settings, monkeypatch):
    settings.BACKUP_AGE_RECIPIENTS = ["age1a"]
    monkeypatch.setenv("PATH", "")

    with pytest.raises(BackupFailed, match="The program age is not installed"):
        encryption_to_write()


def test_every_change_of_a_file_is_named(tmp_path):
    for name in ("one", "two", "three"):
        write(tmp_path / name)
    (tmp_path / "one").write_bytes(CONTENT[:-1])
    (tmp_path / "two").unlink()
    (tmp_path / "more").touch()

    assert wrong_sums(tmp_path) == [
        "two is missing.",
        "more is not part of the backup.",
        "one was changed since it was written.",
    ]
    (tmp_path / "SHA256SUMS").write_text("nothing")
    assert "no complete backup" in wrong_sums(tmp_path)[0]
