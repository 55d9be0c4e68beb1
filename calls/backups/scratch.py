"""The restore drill: a backup is restored into a database of its own, which is dropped again."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import connection

from calls.backups.parts import BackupFailed


def drill(folder: Path, *, database_url: str = "", identity: str = "") -> dict[str, Any]:
    """What `restore` reports of an empty database: a new one beside the portal's, or the one that is named."""
    with TemporaryDirectory(prefix="restore-drill-") as scratch, _database(Path(scratch), database_url) as url:
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL_FILE"}
        environment |= {"DATABASE_URL": url, "IMPORTS_ROOT": str(Path(scratch) / "imports"), "SERVES_PAGES": "0"}
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "restore", str(folder), "--format", "json"]
        if identity:
            command += ["--identity", identity]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    lines = done.stdout.strip().splitlines()
    try:
        found: dict[str, Any] = json.loads(lines[-1] if lines else "")
    except ValueError:
        reason = (done.stderr.strip().splitlines() or ["It said nothing."])[-1]
        raise BackupFailed(reason.removeprefix("CommandError: ")) from None
    return found


@contextmanager
def _database(scratch: Path, url: str) -> Iterator[str]:
    if url:
        yield url
    elif connection.vendor == "sqlite":
        yield f"sqlite:///{scratch / 'restored.sqlite3'}"
    else:
        name = f"restore_drill_{uuid4().hex[:12]}"
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            yield urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}").geturl()
        finally:
            with connection.cursor() as cursor:
                cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
