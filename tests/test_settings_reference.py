"""docs/settings.md lists every setting that the code reads."""

import re
from pathlib import Path

from config.environment import environment
from tests.commands import run_command

ROOT = Path(__file__).resolve().parent.parent


def test_the_page_is_current(db):
    run_command("settings_reference", "--check")


def test_the_code_reads_the_environment_in_no_other_way():
    """A setting that is read past `environment` would be missing from the page. Those named here are no settings."""
    elsewhere = {"DJANGO_SETTINGS_MODULE", "LOCAL", "SERVES_PAGES", "PORTAL_PASSWORD"}
    elsewhere |= {"PORTAL_PROCESS", "PROMETHEUS_MULTIPROC_DIR"}  # set by deploy/gunicorn.conf.py
    elsewhere |= {"DATABASE_URL", "DATABASE_URL_FILE"}  # a scratch database has an address of its own
    read = {
        name
        for folder in ("config", "markets", "campaigns", "calls", "signals")
        for path in (ROOT / folder).rglob("*.py")
        if path.name != "environment.py"
        for name in re.findall(r"""environ(?:\.get\(|\.setdefault\(|\[)["']([A-Z_]+)["']""", path.read_text())
    }

    assert read - elsewhere == set()


def test_every_setting_says_what_it_is():
    assert [each.name for each in environment.settings.values() if not each.description.endswith(".")] == []
