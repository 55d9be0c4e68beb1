"""A gunicorn with one worker, and requests to it."""

import http.client
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parent.parent.parent.parent
HEADERS = {"Host": "localhost", "X-Forwarded-Proto": "https"}


class Server:
    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "gunicorn", "config.wsgi", "-w", "1", "--log-level", "warning"]
        command += ["-b", f"127.0.0.1:{self.port}"]
        # Its log has a line for each request.
        self.process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)  # noqa: S603
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.process.terminate()
        self.process.wait()

    def get(self, address: str, cookie: str, headers: dict[str, str], *, is_export: bool) -> tuple[int, float, float]:
        """The status, the milliseconds to the whole answer, and those to its first byte. Exports are not read on."""
        begun = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        connection.request("GET", address, headers=HEADERS | headers | {"Cookie": cookie})
        answer = connection.getresponse()
        answer.read(1)
        first = (time.perf_counter() - begun) * 1000
        if not is_export:
            answer.read()
        connection.close()
        return answer.status, (time.perf_counter() - begun) * 1000, first


def collect_static_files() -> None:
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"]
    subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603


def environment() -> None:
    """Settings of a server on this machine; DATABASE_URL chooses the database."""
    os.environ.pop("LOCAL", None)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": "only-for-benchmarks-" + "x" * 40,
        "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
        "PORTAL_URL": "https://portal.example",
        "EMAIL_URL": "consolemail://",
        "TRUSTED_PROXIES": "127.0.0.1",
    }
