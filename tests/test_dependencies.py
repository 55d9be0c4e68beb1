"""P16: packages are locked by hash, the code has no known mistake that is not explained, and a bill of materials lists
what is installed. tests/drills/test_vulnerabilities.py looks for known vulnerabilities."""

import json
import subprocess
import sys
import tomllib

import pytest

from tests.source_code import ROOT, STACK

BUILT_SQL = "only names of tables and columns, and texts of our own, are put together; values are parameters"
MARKUP = "the parts are escaped one by one before they are joined"
ACCEPTED = {
    ("calls/backups/figures.py", "B608"): BUILT_SQL,
    ("calls/columns.py", "B703"): MARKUP,
    ("calls/derived/daily_counts.py", "B608"): BUILT_SQL,
    ("calls/derived/member_summaries.py", "B608"): BUILT_SQL,
    ("calls/metrics/comparison/courses.py", "B608"): BUILT_SQL,
    ("campaigns/audience/tables.py", "B703"): MARKUP,
    ("config/db/bulk.py", "B608"): BUILT_SQL,
    ("config/ui/formats.py", "B703"): MARKUP,
    ("config/ui/lists/columns.py", "B703"): MARKUP,
    ("deploy/gunicorn.conf.py", "B108"): "the folder of a machine's memory, in which gunicorn makes files of its own",
    ("deploy/healthcheck.py", "B104"): "the address is replaced by this machine's, not listened on",
    ("markets/lifecycle/deletion.py", "B608"): BUILT_SQL,
    ("signals/market_page/coverage.py", "B608"): BUILT_SQL,
    ("signals/reporting/parts.py", "B608"): BUILT_SQL,
    ("signals/reporting/roles.py", "B608"): BUILT_SQL,
    ("signals/reporting/schema.py", "B608"): BUILT_SQL,
    ("signals/reporting/security.py", "B608"): BUILT_SQL,
    ("signals/reporting/shape.py", "B608"): BUILT_SQL,
    ("signals/reporting/totals.py", "B608"): BUILT_SQL,
    ("signals/sample/backdating.py", "B608"): BUILT_SQL,
    ("signals/sample/trial.py", "B608"): BUILT_SQL,
}
"""What bandit finds and is meant. The low severities are those of ruff's rules S, which are answered line by line."""


def locked_packages():
    return tomllib.loads((ROOT / "uv.lock").read_text())["package"]


def without_hash(packages):
    """Files of packages that could be exchanged unnoticed, and packages that come from elsewhere than an index."""
    return [
        f"{each['name']} {file.get('url', '')}"
        for each in packages
        if "virtual" not in each["source"]
        for file in ([each.get("sdist"), *each.get("wheels", [])] if "registry" in each["source"] else [{}])
        if file is not None and not file.get("hash", "").startswith("sha256:")
    ]


def findings(*paths):
    """What bandit finds in medium and high severity: path, rule and line."""
    run = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "bandit", "-q", "-ll", "-r", *map(str, paths), "-f", "json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    report = json.loads(run.stdout)
    assert report["errors"] == [], "bandit could not read everything"
    found = [(each["filename"].removeprefix("./"), each["test_id"], each["line_number"]) for each in report["results"]]
    return found, report["metrics"]["_totals"]["loc"]


def bill_of_materials(environment):
    """In the format CycloneDX, validated against its schema."""
    command = [sys.executable, "-m", "cyclonedx_py", "environment", "--validate", "--pyproject", "pyproject.toml"]
    command.append(str(environment))
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.promise("P16")
def test_every_package_is_locked_by_the_hash_of_its_files(figure):
    packages = locked_packages()
    assert len(packages) > 50
    assert without_hash(packages) == []

    tampered = json.loads(json.dumps(packages, default=str))
    wheel = next(each for each in tampered if each["name"] == "django")["wheels"][0]
    del wheel["hash"]
    found = without_hash(tampered)
    assert len(found) == 1
    figure(
        f"{len(packages)} of {len(packages)} packages locked by hash",
        control=f"without the hash of a file of Django: {len(found)} found",
    )


def test_a_package_from_elsewhere_than_an_index_is_seen():
    package = {"name": "fork", "source": {"git": "https://code.example/fork"}}

    assert without_hash([package]) == ["fork "]


@pytest.mark.promise("P16")
def test_the_code_has_no_known_mistake_that_is_not_explained(figure, tmp_path):
    found, lines = findings(*STACK, "manage.py", "deploy")
    assert [each for each in found if each[:2] not in ACCEPTED] == []
    assert set(ACCEPTED) - {each[:2] for each in found} == set(), "no longer found: take them out of ACCEPTED"

    (tmp_path / "planted.py").write_text(
        "import subprocess\n\n\ndef run(text):\n    subprocess.run(text, shell=True)\n    return eval(text)\n"
    )
    planted, _ = findings(tmp_path)
    assert {rule for _, rule, _ in planted} == {"B602", "B307"}
    figure(
        f"0 unexplained findings of bandit in {lines:,} lines",
        control=f"with a planted eval and a shell: {len(planted)} found",
    )


def test_python_code_is_read_by_bandit_in_the_syntax_that_it_has(tmp_path):
    (tmp_path / "generic.py").write_text("def first[T](rows: list[T]) -> T:\n    return eval('rows[0]')\n")

    found, _ = findings(tmp_path)

    assert [rule for _, rule, _ in found] == ["B307"]


def not_listed(components, packages):
    """Dependencies of the portal that a bill of materials lacks, or has in another version than the lock."""
    listed = {each["name"].lower().replace("_", "-"): each["version"] for each in components}
    needed = [each["name"] for each in packages["client-portal"]["dependencies"]]
    assert len(needed) > 20
    return [name for name in needed if listed.get(name) != packages[name]["version"]]


@pytest.mark.promise("P16")
def test_the_bill_of_materials_lists_every_dependency_in_the_version_that_is_locked(figure):
    packages = {each["name"]: each for each in locked_packages()}
    components = bill_of_materials(sys.prefix)["components"]
    assert not_listed(components, packages) == []

    without_django = [each for each in components if each["name"].lower() != "django"]
    assert not_listed(without_django, packages) == ["django"]
    figure(
        f"a valid bill of {len(components)} packages that lacks no dependency",
        control="with Django taken out of it, Django is missed",
    )
