"""P13: a backup that is made while calls come in is restored, and everything is as it was.

    DATABASE_URL=postgres://... uv run pytest -n 0 -s tests/drills/test_backup.py

Without DATABASE_URL it is tried on SQLite alone. DRILL=full records for a minute before and after.
"""

import hashlib
import json
import os
import shutil
import subprocess
import threading
import time
from contextlib import contextmanager

import pytest
from django.db import connection

from calls.backups.parts import BackupFailed, encryption_to_read, read_part
from calls.backups.restore import verify
from tests.drills.installations import Installation
from tests.drills.portals import Server

IS_FULL = os.environ.get("DRILL") == "full"
SECONDS = 60 if IS_FULL else 2
NAMES = ["sqlite", "postgresql"] if connection.vendor == "postgresql" else ["sqlite"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    return Server(os.environ.get("DATABASE_URL", ""), tmp_path_factory.mktemp("drill"))


@pytest.fixture(scope="module", params=NAMES)
def made(request, server, tmp_path_factory):
    """An installation that was backed up while calls were recorded, and what was acknowledged."""
    with database(request.param, server, tmp_path_factory.mktemp("lost")) as installation:
        installation.create_tables(is_quick=not IS_FULL)
        recorder = Recorder(installation)
        recorder.wait_for("file", 2)
        time.sleep(SECONDS)
        started = time.time()
        code, backup = installation.manage("backup", "--format", "json")
        time.sleep(SECONDS / 2)
        recorder.end()
        assert code == 0, backup
        yield installation, recorder.acknowledged, started


@contextmanager
def database(vendor, server, folder):
    if vendor == "sqlite":
        yield Installation(f"sqlite:///{folder / 'portal.sqlite3'}", folder)
    else:
        with server.portal() as portal:
            yield Installation(portal.url, folder)


class Recorder:
    def __init__(self, installation):
        self.acknowledged = {"call": {}, "file": {}}
        self._process = installation.start("tests.drills.recording")
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self):
        for line in self._process.stdout:
            kind, name, moment = line.split()
            self.acknowledged[kind][name] = float(moment)

    def wait_for(self, kind, count):
        while len(self.acknowledged[kind]) < count:
            assert self._process.poll() is None, "the recorder has ended"
            time.sleep(0.05)

    def end(self):
        self._process.kill()
        self._process.wait()
        self._thread.join()
        self._process.stdout.close()


def only_backup(installation):
    (folder,) = installation.backups.glob("portal-*")
    return folder


@pytest.mark.promise("P13")
def test_what_was_acknowledged_before_the_backup_is_in_it_and_every_number_is_as_it_was(
    made, server, tmp_path_factory, figure
):
    lost, acknowledged, started = made
    vendor = "SQLite" if lost.is_sqlite else "PostgreSQL"
    with database("sqlite" if lost.is_sqlite else "postgresql", server, tmp_path_factory.mktemp("new")) as new:
        begun = time.monotonic()
        code, restored = new.manage("restore", only_backup(lost).absolute(), "--format", "json")
        seconds = time.monotonic() - begun
        assert (code, restored["differences"]) == (0, []), restored
        stored = {key for (key,) in new.rows("SELECT notes FROM calls_call")}
        before = {key for key, moment in acknowledged["call"].items() if moment < started}
        later = acknowledged["call"].keys() - stored
        needed = {name for (name,) in new.rows("SELECT file FROM markets_importjob WHERE file <> ''")}

        assert len(before) > 20
        assert before - stored == set()
        assert needed
        assert needed <= {path.name for path in new.imports.iterdir()}
        assert later  # calls went on while the backup was made
        snapshot = min(acknowledged["call"][key] for key in later) - started
        code, said = new.manage("restore", only_backup(lost).absolute())
        assert code == 1
        assert "is not empty" in said

    red = difference_is_seen(lost, server, tmp_path_factory)
    figure(
        f"{vendor}: 0 of {len(before):,} calls acknowledged before the backup are lost, and 0 of "
        f"{restored['rows']:,} rows differ. RPO: what came after its snapshot, {snapshot:.1f} s after it "
        f"began ({len(later):,} calls here). RTO {seconds:.1f} s",
        control=f"a backup without one of its calls: {red}",
    )


def difference_is_seen(lost, server, tmp_path_factory):
    """Restores a copy of the backup whose figures are those of a database with one call more."""
    folder = tmp_path_factory.mktemp("false") / only_backup(lost).name
    shutil.copytree(only_backup(lost), folder)
    figures = json.loads((folder / "figures.json").read_text())
    figures["rows"]["calls_call"] += 1
    (workspace,) = figures["numbers"]
    figures["numbers"][workspace]["calls_made"] += 1
    (folder / "figures.json").write_text(json.dumps(figures))
    sign(folder)
    with database("sqlite" if lost.is_sqlite else "postgresql", server, folder.parent) as new:
        code, restored = new.manage("restore", folder, "--format", "json")
    assert code == 1
    assert len(restored["differences"]) == 2, restored
    return f"{len(restored['differences'])} differences, exit code {code}"


def sign(folder):
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in folder.iterdir()
        if path.name != "SHA256SUMS"
    ]
    (folder / "SHA256SUMS").write_text("".join(lines))


@pytest.mark.promise("P13")
def test_a_flipped_byte_anywhere_turns_it_red(made, server, tmp_path_factory, figure):
    lost = made[0]
    folder = tmp_path_factory.mktemp("flipped") / only_backup(lost).name
    shutil.copytree(only_backup(lost), folder)
    assert verify(folder).vendor == ("sqlite" if lost.is_sqlite else "postgresql")  # the control: as it was made
    flips = 0
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        for position in {0, len(content) // 3, len(content) // 2, len(content) - 1}:
            path.write_bytes(content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :])
            with pytest.raises(BackupFailed):
                verify(folder)
            flips += 1
        path.write_bytes(content)
    largest = max(folder.iterdir(), key=lambda path: path.stat().st_size)
    content = largest.read_bytes()
    largest.write_bytes(content[:99] + bytes([content[99] ^ 1]) + content[100:])
    with database("sqlite" if lost.is_sqlite else "postgresql", server, folder.parent) as new:
        code, said = new.manage("restore", folder)
        left = 0 if new.is_sqlite and not new.file.exists() else len(new.rows(TABLES[new.is_sqlite]))

    assert (code, left) == (1, 0)
    assert f"{largest.name} was changed since it was written" in said
    figure(f"{flips} of {flips} flipped bytes refused, nothing restored", control="the same backup as made is accepted")


TABLES = {True: "SELECT 1 FROM sqlite_master", False: "SELECT 1 FROM pg_tables WHERE schemaname = 'public'"}


@pytest.mark.skipif(not shutil.which("age-keygen"), reason="age is not installed")
def test_an_encrypted_backup_can_be_read_with_its_key_alone(made, server, tmp_path_factory):
    lost = made[0]
    keys = tmp_path_factory.mktemp("keys")
    ours, _ = (age_key(keys / name) for name in ("ours", "other"))
    code, backup = lost.manage(
        "backup", "--format", "json", BACKUP_ROOT=str(keys / "backups"), BACKUP_AGE_RECIPIENTS=ours
    )
    assert code == 0, backup
    folder = keys / "backups" / backup["folder"].rpartition("/")[2]
    (workspace,) = json.loads((only_backup(lost) / "figures.json").read_text())["numbers"]
    parts = [path for path in folder.iterdir() if path.suffix == ".age"]

    assert len(parts) == 3
    assert all(path.read_bytes().startswith(b"age-encryption.org/v1") for path in parts)
    assert not any(workspace.encode() in path.read_bytes() for path in folder.iterdir())
    assert [path.name for path in (keys / "backups").iterdir() if not path.name.startswith("portal-")] == [".lock"]
    with database("sqlite" if lost.is_sqlite else "postgresql", server, keys) as new:
        right = new.manage("restore", folder, "--identity", keys / "ours", "--format", "json")
    with pytest.raises(BackupFailed, match="Name the file of the private key"):
        encryption_to_read("age")
    wrong = encryption_to_read("age", str(keys / "other"))
    with pytest.raises(BackupFailed, match="no identity matched"), read_part(parts[0], wrong) as part:
        part.read()
    assert (right[0], right[1]["differences"]) == (0, [])


def age_key(path):
    """Returns the public one."""
    subprocess.run(["age-keygen", "-o", str(path)], check=True, capture_output=True)  # noqa: S607
    return path.read_text().split("public key: ")[1].split()[0]
