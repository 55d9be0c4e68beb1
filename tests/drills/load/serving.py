"""The portal in production under a load."""

import csv
import json
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

from tests.drills.portals import ROOT

HOST = "portal.example"
BIN = Path(sys.executable).parent


def settings_of(url):
    kept = {
        name: value for name, value in os.environ.items() if name not in ("LOCAL", "DEBUG", "DJANGO_SETTINGS_MODULE")
    }
    return kept | {
        "DATABASE_URL": url,
        "SECRET_KEY": "load-" + "x" * 60,
        "ALLOWED_HOSTS": HOST,
        "EMAIL_URL": "consolemail://",
        "LOG_LEVEL": "WARNING",
        "PORTAL_PASSWORD": "a long passphrase of the drill",
    }


@contextmanager
def served(environment, folder, *, workers):
    """gunicorn with so many workers; yields its address and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [BIN / "gunicorn", "config.wsgi", "-w", str(workers), "-b", f"127.0.0.1:{port}", "--log-level", "warning"]
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"], cwd=ROOT, env=environment, check=True
    )
    with (folder / "gunicorn.log").open("w") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        wait_for(port)
        yield f"http://127.0.0.1:{port}", server
    finally:
        server.terminate()
        server.wait(timeout=40)


def wait_for(port):
    request = Request(f"http://127.0.0.1:{port}/accounts/login/", headers={"Host": HOST, "X-Forwarded-Proto": "https"})
    until = time.monotonic() + 60
    while True:
        try:
            with urlopen(request, timeout=30):  # noqa: S310 - our own server
                return
        except OSError:
            assert time.monotonic() < until, "the server does not answer"
            time.sleep(0.3)


def send_load(environment, folder, address, *, rate, seconds):
    """Sends the load, and returns the rows of Locust's statistics by the name of the request."""
    (folder / "members.json").write_text(json.dumps(signed_in(environment)))
    command = [
        *(BIN / "locust", "-f", "tests/drills/load/users.py", "--headless", "--host", address),
        *("-u", str(rate), "-r", str(rate), "-t", f"{seconds}s", "--stop-timeout", "30"),
        *("--csv", folder / "load", "--only-summary", "--loglevel", "ERROR"),
    ]
    subprocess.run(
        command, cwd=ROOT, env=environment | {"LOAD_USERS": str(folder / "members.json")}, capture_output=True
    )
    with (folder / "load_stats.csv").open() as file:
        return {row["Name"]: row for row in csv.DictReader(file)}


def signed_in(environment):
    """The members of every workspace, with what a load needs to know of them: see sessions.py."""
    command = [sys.executable, "-m", "tests.drills.load.sessions", HOST]
    printed = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout
    return json.loads(printed.splitlines()[-1])
