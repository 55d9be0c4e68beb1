"""P16: no package that a server gets has a known vulnerability.

    uv run pytest -n 0 -s tests/drills/test_vulnerabilities.py

asks PyPI. Where its data cannot be reached, the drill says so and is skipped; pip-audit itself would report success.
"""

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.drills.portals import ROOT

VULNERABLE = "django==1.8"
"""Known to be, for the control."""


def audit(requirements):
    """The vulnerabilities of each package that could be looked up, by name, and the names of the others."""
    run = subprocess.run(
        [sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps", "-r", str(requirements), "-f", "json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    if not run.stdout:
        pytest.skip(f"The data of vulnerabilities cannot be reached: {run.stderr.strip().splitlines()[-1][:200]}")
    packages = json.loads(run.stdout)["dependencies"]
    audited = {each["name"]: [found["id"] for found in each["vulns"]] for each in packages if "vulns" in each}
    return audited, [each["name"] for each in packages if "vulns" not in each]


@pytest.fixture
def requirements(tmp_path):
    """What a server gets, with every optional extra, as uv.lock has it."""
    uv = os.environ.get("UV") or shutil.which("uv")
    file = tmp_path / "requirements.txt"
    subprocess.run(
        [uv, "export", "-q", "--locked", "--no-dev", "--all-extras", "--no-emit-project", "--no-hashes", "-o", file],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return file


@pytest.mark.promise("P16")
def test_no_package_of_a_server_has_a_known_vulnerability(requirements, tmp_path, figure):
    audited, unknown = audit(requirements)
    if not audited:
        pytest.skip(f"The data of vulnerabilities cannot be reached: 0 of {len(unknown)} packages were looked up.")
    assert {name: found for name, found in audited.items() if found} == {}

    (tmp_path / "old.txt").write_text(VULNERABLE)
    old, _ = audit(tmp_path / "old.txt")
    assert old["django"]
    figure(
        f"0 known vulnerabilities in {len(audited)} of {len(audited) + len(unknown)} packages of a server",
        control=f"{VULNERABLE} has {len(old['django'])}",
    )
