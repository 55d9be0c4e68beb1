"""A PostgreSQL server of one's own that can be stopped, frozen, killed and replaced. Unlike that of the tests it keeps
what it acknowledged."""

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp

import psycopg

from tests.drills.ports import free_port

BIN = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), default=None)
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


class Cluster:
    def __init__(self, **settings):
        self.folder, self.port = Path(mkdtemp(prefix="drill-cluster-")), free_port()
        self.data = self.folder / "data"
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        self.settings = DURABLE | {"max_connections": "60"} | settings

    @property
    def url(self):
        return f"postgres://portal@127.0.0.1:{self.port}/portal"

    def run(self, program, *words, check=True):
        """initdb and pg_ctl refuse to run as root."""
        command = [str(BIN / program), *map(str, words)]
        if os.getuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        with (self.folder / "said").open("a") as said:
            return subprocess.run(command, cwd=self.folder, stdout=said, stderr=said, check=check).returncode

    def create(self, *options):
        self.run(
            "initdb",
            "-D",
            self.data,
            "-U",
            "portal",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "-N",
            *options,
        )
        self.start()
        self.run("createdb", "-h", "127.0.0.1", "-p", self.port, "-U", "portal", "portal")

    def start(self):
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        options += "".join(f" -c {name}='{value}'" for name, value in self.settings.items())
        self.run("pg_ctl", "-D", self.data, "-l", self.folder / "log", "-w", "-o", options, "start")

    def stop(self, mode):
        self.run("pg_ctl", "-D", self.data, "-m", mode, "-w", "stop", check=False)

    @property
    def is_running(self):
        return self.run("pg_ctl", "-D", self.data, "status", check=False) == 0

    def standby(self, **settings):
        """A copy that follows this one, on a port of its own."""
        standby = Cluster(**settings)
        standby.run(
            "pg_basebackup", "-h", "127.0.0.1", "-p", self.port, "-U", "portal", "-D", standby.data, "-R", "-c", "fast"
        )
        standby.start()
        return standby

    def promote(self):
        self.run("pg_ctl", "-D", self.data, "-w", "promote")

    def execute(self, sql):
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def end_backends(self):
        with suppress(psycopg.Error):
            self.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )

    def processes(self):
        first = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        return [first, *map(int, children)]

    def send(self, number, processes=None):
        for process in processes or self.processes():
            with suppress(ProcessLookupError):
                os.kill(process, number)

    def hold_back(self):
        """What is written from now on is not sent to a standby."""
        for (sender,) in self.execute("SELECT pid FROM pg_stat_replication"):
            os.kill(sender, signal.SIGSTOP)

    def kill(self):
        """As if the machine was gone."""
        killed = self.processes()
        self.send(signal.SIGKILL, killed)
        until = time.monotonic() + 20
        while any(Path(f"/proc/{process}").exists() for process in killed) and time.monotonic() < until:
            time.sleep(0.02)

    def remove(self):
        with suppress(OSError, IndexError, ValueError):
            self.send(signal.SIGCONT)
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)
