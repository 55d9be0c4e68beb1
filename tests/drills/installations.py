"""An installation of the portal as an operator has one: a database, folders, and commands that are processes."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.drills.clusters import BIN
from tests.drills.portals import ROOT, TEMPLATE

LONGEST = 300
QUICKLY = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
migrations = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
call_command("migrate", run_syncdb=True, verbosity=0)
recorder = MigrationRecorder(connection)
recorder.ensure_schema()
for app, name in migrations:
    recorder.record_applied(app, name)
"""


@dataclass
class Installation:
    url: str
    folder: Path

    def __post_init__(self):
        self.imports, self.backups = self.folder / "imports", self.folder / "backups"
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "DJANGO", "BACKUP"))
        }
        self.environment = kept | {
            "DATABASE_URL": self.url,
            "LOCAL": "1",
            "DEBUG": "0",
            "SECRET_KEY": "only-for-drills-" + "x" * 50,
            "IMPORTS_ROOT": str(self.imports),
            "BACKUP_ROOT": str(self.backups),
        }

    @property
    def is_sqlite(self):
        return self.url.startswith("sqlite")

    @property
    def file(self):
        return Path(self.url.removeprefix("sqlite:///"))

    def create_tables(self, *, is_quick):
        """By migrations, or quickly: from the models, as the tests do on SQLite, or from the database that
        DRILL_TEMPLATE names."""
        if is_quick and not self.is_sqlite and TEMPLATE:
            source = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{TEMPLATE}").geturl()
            dump = [BIN / "pg_dump", "--no-owner", "--no-privileges", source]  # the other cluster has other roles
            script = subprocess.run(dump, check=True, capture_output=True).stdout
            subprocess.run([BIN / "psql", "-qd", self.url], input=script, check=True, stdout=subprocess.DEVNULL)
            return
        if not is_quick or not self.is_sqlite:
            code, said = self.manage("migrate", "-v0")
            assert code == 0, said
            return
        done = subprocess.run([sys.executable, "-c", QUICKLY], cwd=ROOT, env=self.environment, check=False)
        assert done.returncode == 0

    def manage(self, *words, **environment):
        """Exit code, and the JSON object of the last line or what it complained about."""
        done = subprocess.run(
            [sys.executable, "manage.py", *map(str, words)],
            cwd=ROOT,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
        lines = done.stdout.strip().splitlines()
        try:
            return done.returncode, json.loads(lines[-1])
        except (ValueError, IndexError):
            return done.returncode, done.stderr.strip() or done.stdout

    def start(self, module, *words):
        """A process of a module of the drills that says what it does on its output."""
        with (self.folder / "said").open("a") as said:
            return subprocess.Popen(
                [sys.executable, "-m", module, *map(str, words)],
                cwd=ROOT,
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
            )

    def rows(self, sql):
        if self.is_sqlite:
            with closing(sqlite3.connect(self.file)) as connection:
                return connection.execute(sql).fetchall()
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(sql).fetchall()
