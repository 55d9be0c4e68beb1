"""The version is that of pyproject.toml, on every page and from the command line."""

import json
import platform
import subprocess
import sys
import tomllib
from io import StringIO
from pathlib import Path

import django
from django.core.management import call_command
from django.urls import reverse

ROOT = Path(__file__).resolve().parent.parent
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def test_the_command_prints_the_versions(db):
    out = StringIO()

    call_command("version", "--format", "json", stdout=out)

    versions = json.loads(out.getvalue())
    assert (versions["version"], versions["django"]) == (VERSION, django.get_version())
    assert versions["python"] == platform.python_version()
    assert versions["database"].startswith(("SQLite 3.", "PostgreSQL "))


def test_manage_py_prints_our_version_rather_than_that_of_django():
    done = subprocess.run(
        [sys.executable, "manage.py", "version"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.startswith(f"Client Portal {VERSION} (Python {platform.python_version()}, Django ")


def test_every_page_shows_the_version(as_viewer):
    page = as_viewer.get(reverse("markets:list", args=["acme"])).content.decode()

    assert f"Client Portal {VERSION}" in page


def test_the_changelog_names_the_version():
    assert f"## [{VERSION}]" in (ROOT / "CHANGELOG.md").read_text()
