"""The files of deploy/, Dockerfile and compose.yaml are valid and refer to what exists. Images are not built here."""

import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.management import get_commands

from config.environment import environment
from tests.source_code import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
TIMERS = [unit for unit in UNITS if unit.suffix == ".timer"]
OF_PROCESSES = {
    "PROMETHEUS_MULTIPROC_DIR",
    "PORTAL_BIND",
    "PORTAL_THREADS",
    "WEB_CONCURRENCY",
    "TASKS_EVERY_SECONDS",
}
"""Read by deploy/gunicorn.conf.py and the scripts, not by the settings of the portal."""
COMMANDS = set(get_commands())


def name(path):
    return path.name


def run(*words):
    return subprocess.run(list(map(str, words)), cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603


def is_setting(name):
    declared = environment.settings.get(name.removesuffix("_FILE"))
    return name in OF_PROCESSES or bool(declared and (declared.is_secret or not name.endswith("_FILE")))


def compose():
    return yaml.safe_load((ROOT / "compose.yaml").read_text())


def commands_in(text):
    """The management commands that a file runs."""
    return set(re.findall(r"(?:manage\.py|portal-task@)[ ,]*(?!%i)([a-z_]+)", text))


def test_the_dockerfile_has_no_finding_of_hadolint():
    hadolint = run(shutil.which("hadolint", path=f"{sys.prefix}/bin"), "Dockerfile")

    assert (hadolint.returncode, hadolint.stdout) == (0, "")


def test_a_careless_dockerfile_is_seen(tmp_path):
    (tmp_path / "Dockerfile").write_text("FROM debian:latest\nRUN apt-get install curl\n")

    assert run(shutil.which("hadolint", path=f"{sys.prefix}/bin"), tmp_path / "Dockerfile").returncode == 1


def test_the_image_has_what_a_server_needs_and_no_secret_history_or_test():
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    wanted = [line[1:] for line in lines if line.startswith("!")]

    assert lines[0] == "*"
    assert [each for each in wanted if not (ROOT / each).exists()] == []
    assert set(wanted) & {".", ".git", "tests", "secrets", ".venv", ".secret_key", "db.sqlite3"} == set()
    assert "USER 10001:10001" in (ROOT / "Dockerfile").read_text()


def test_services_of_compose_run_commands_and_name_settings_that_exist():
    services = compose()["services"]
    ours = {key: each for key, each in services.items() if each.get("image", "").startswith("client-portal")}

    assert set(ours) == {"migrate", "web", "worker", "tasks", "backup"}
    for each in ours.values():
        assert [key for key in each["environment"] if not is_setting(key)] == []
        words = each.get("command", [])
        assert words[:2] != ["python", "manage.py"] or words[2] in COMMANDS
        assert words[:1] != ["sh"] or (ROOT / words[1]).exists()
        assert each["read_only"] is True
        assert each["cap_drop"] == ["ALL"]


def test_a_setting_that_does_not_exist_is_seen():
    assert not is_setting("SECRET_KEYS")
    assert not is_setting("ALLOWED_HOSTS_FILE")
    assert is_setting("SECRET_KEY_FILE")


def test_services_of_compose_name_volumes_secrets_and_services_that_exist():
    file = compose()
    for each in file["services"].values():
        mounted = [volume.split(":")[0] for volume in each.get("volumes", []) if not volume.startswith((".", "$"))]
        assert set(mounted) <= set(file["volumes"])
        assert set(each.get("secrets", [])) <= set(file["secrets"])
        assert set(each.get("depends_on", [])) <= set(file["services"])


@pytest.mark.parametrize("script", ["portal", "tasks.sh", "backups.sh"])
def test_scripts_are_valid_and_run_commands_that_exist(script):
    file = DEPLOY / script

    assert run("sh", "-n", file).returncode == 0
    assert file.stat().st_mode & 0o111
    assert commands_in(file.read_text()) - COMMANDS == set()


def test_the_example_of_settings_names_settings_that_exist():
    lines = (DEPLOY / "portal.env.example").read_text().splitlines()
    names = [line.partition("=")[0] for line in lines if line and not line.startswith("#")]

    assert "SECRET_KEY" in names
    assert [each for each in names if not is_setting(each)] == []


@pytest.mark.parametrize("unit", SERVICES, ids=name)
def test_services_run_what_exists_and_can_change_little(unit):
    text = unit.read_text()

    assert commands_in(text) - COMMANDS == set()
    for line in (
        "User=portal",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "PrivateTmp=yes",
        "CapabilityBoundingSet=",
    ):
        assert f"\n{line}\n" in text


@pytest.mark.parametrize("unit", TIMERS, ids=name)
def test_timers_start_commands_that_exist(unit):
    task = re.search(r"Unit=portal-task@(\w+)\.service", unit.read_text())

    assert task[1] in COMMANDS


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_finds_nothing_to_say_about_the_units(tmp_path):
    for unit in UNITS:
        (tmp_path / unit.name).write_text(re.sub(r"/srv/portal/\.venv/bin/\w+", "/bin/true", unit.read_text()))

    verified = run("systemd-analyze", "verify", *tmp_path.iterdir())
    ours = [line for line in (verified.stderr + verified.stdout).splitlines() if "portal" in line]

    assert ours == []


@pytest.fixture
def certificate(tmp_path):
    """Signed by itself."""
    key, at = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "portal.example")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(at).not_valid_after(at + timedelta(days=1))
    signed = builder.sign(key, hashes.SHA256())
    (tmp_path / "fullchain.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    pem = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "privkey.pem").write_bytes(key.private_bytes(*pem))
    return tmp_path


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed")
def test_nginx_accepts_the_example(certificate):
    example = (DEPLOY / "nginx" / "portal.conf").read_text()
    example = example.replace("/etc/ssl/portal", str(certificate)).replace("/var/log/nginx", str(certificate))
    (certificate / "nginx.conf").write_text(f"pid {certificate}/pid;\nevents {{}}\nhttp {{\n{example}\n}}\n")

    tested = run("nginx", "-t", "-e", "stderr", "-c", certificate / "nginx.conf")

    assert tested.returncode == 0, tested.stderr
    assert "[warn]" not in tested.stderr


def test_proxies_pass_on_what_the_portal_needs_and_keep_what_clients_claim():
    nginx = (DEPLOY / "nginx" / "portal.conf").read_text()
    for header in (
        "Host $host",
        "X-Forwarded-For $remote_addr",
        "X-Forwarded-Proto $scheme",
        "X-Request-Id $request_id",
    ):
        assert f"proxy_set_header {header};" in nginx
    assert "$request " not in nginx, "its log would have what people search for"


def test_gunicorn_accepts_its_configuration(monkeypatch, tmp_path):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    monkeypatch.setenv("LOCAL", "1")

    checked = run(sys.executable, "-m", "gunicorn", "--check-config", "-c", "deploy/gunicorn.conf.py", "config.wsgi")

    assert checked.returncode == 0, checked.stderr
