"""What load balancers and Prometheus are told, by whatever name and protocol they ask."""

import json
import secrets
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils.timezone import now
from prometheus_client.parser import text_string_to_metric_families

from config.db.session import LIMITS
from markets.models import Heartbeat, ImportState, OperatorTask, TaskRun
from markets.operations import health
from markets.operations.task_runs import recorded_run
from tests.config.monitoring.log_watch import watched_logs
from tests.factories import import_draft

TOKEN = "a-token-of-the-operator"


@pytest.fixture
def prober(settings):
    """Asks by the address of the machine, in production."""
    settings.ALLOWED_HOSTS, settings.IS_LOCAL = ["testserver"], False
    settings.METRICS_TOKEN, settings.DISK_MIN_MB = TOKEN, 0
    return Client(headers={"Host": "10.1.2.3"})


@pytest.fixture
def worker(db, settings):
    settings.WORKER_REQUIRED = True
    return Heartbeat.objects.create(process=health.WORKER, machine="here", pid=7)


def ready(prober, query="", token=TOKEN):
    answer = prober.get(f"/readyz{query}", headers={"Authorization": f"Bearer {token}"})
    return answer.status_code, answer.json()["checks"]


def samples(prober):
    """The values of the metrics by name, and by name and label."""
    text = prober.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    return {
        (each.name, *each.labels.values()): each.value
        for family in text_string_to_metric_families(text)
        for each in family.samples
    }


def test_a_process_that_answers_is_live_without_a_database(prober, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert prober.get("/").status_code == 400
    answer = prober.get("/livez")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("worker")
def test_a_portal_with_everything_is_ready(prober):
    status, checks = ready(prober)

    assert status == 200, checks
    assert list(checks) == ["database", "migrations", "limits", "cache", "worker", "disk"]
    assert {each["status"] for each in checks.values()} == {"ok"}


def test_a_dead_worker_makes_it_not_ready_unless_it_is_left_out(prober, worker):
    Heartbeat.objects.update(beat_at=now() - timedelta(seconds=90))

    status, checks = ready(prober)
    assert status == 503
    assert checks["worker"] == {"status": "failed", "reason": "no heartbeat for 90 s"}
    assert ready(prober, "?exclude=worker")[0] == 200

    worker.delete()
    assert ready(prober)[1]["worker"]["reason"] == "no worker runs"


def test_a_portal_without_imports_needs_no_worker(prober, db, settings):
    settings.WORKER_REQUIRED = False

    assert ready(prober)[0] == 200


@pytest.mark.usefixtures("worker")
def test_strangers_learn_which_check_failed_but_not_why(prober, settings):
    settings.DISK_MIN_MB = 10**9

    assert ready(prober, token="x")[1]["disk"] == {"status": "failed"}
    assert "MB are free for uploads" in ready(prober)[1]["disk"]["reason"]


@pytest.mark.usefixtures("worker")
def test_migrations_that_are_missing_are_counted(prober, monkeypatch):
    monkeypatch.setattr(health, "known_migrations", lambda: frozenset({("markets", "9999_later")}))

    status, checks = ready(prober)
    assert (status, checks["migrations"]["reason"]) == (503, "1 not applied")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL keeps these limits")
@pytest.mark.usefixtures("worker")
def test_pages_whose_limits_are_not_in_force_are_not_ready(prober, settings):
    settings.SERVES_PAGES = True

    status, checks = ready(prober)
    assert status == 503
    assert checks["limits"]["reason"] == (
        "not in force: idle_in_transaction_session_timeout, lock_timeout, statement_timeout"
    )

    with connection.cursor() as cursor:
        for name, limit in LIMITS.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [name, limit])
    assert ready(prober)[0] == 200


@pytest.mark.usefixtures("worker")
def test_a_cache_that_keeps_nothing_fails(prober, settings):
    settings.CACHES = {**settings.CACHES, "default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

    status, checks = ready(prober)
    assert (status, checks["cache"]["reason"]) == (503, "does not keep what is written")


@pytest.mark.usefixtures("worker")
def test_a_folder_that_cannot_be_written_to_fails(prober, settings, tmp_path, monkeypatch):
    settings.IMPORTS_ROOT = tmp_path
    monkeypatch.setattr("os.access", lambda *_: False)  # root may write everywhere

    assert ready(prober)[1]["disk"]["reason"] == "the folder of uploads cannot be written to"


@pytest.mark.usefixtures("worker")
def test_probes_are_not_logged_but_a_change_is_once(prober):
    with watched_logs() as watch:
        ready(prober)
        Heartbeat.objects.update(beat_at=now() - timedelta(seconds=90))
        ready(prober)
        ready(prober)
        prober.get("/livez")

    lines = [each["message"] for each in map(json.loads, watch.written) if "django" not in each["logger"]]
    assert lines == ["Not ready: worker: no heartbeat for 90 s"]


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics"])
@pytest.mark.usefixtures("db")
def test_probes_only_read(prober, path):
    assert prober.post(path).status_code == 405
    assert prober.head(path).status_code in (200, 401)


@pytest.mark.usefixtures("db")
def test_metrics_need_the_token_and_are_not_there_without_one(prober, settings):
    for given in ("", "Bearer", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer \u00e9"):
        assert prober.get("/metrics", headers={"Authorization": given}).status_code == 401

    settings.METRICS_TOKEN = ""
    assert Client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_a_request_counts_under_the_name_of_its_route(client, prober, as_viewer, workspace):
    before = samples(prober)
    as_viewer.get("/w/acme/contacts/?search=Ann")
    after = samples(prober)

    counted = ("portal_requests_total", "GET", "contacts:list", "200")
    found = {key: after[key] - before.get(key, 0) for key in after if set(counted) == set(key)}
    assert list(found.values()) == [1]
    assert after[("portal_request_seconds_count", "contacts:list")] >= 1
    assert after[("portal_statements_total", "contacts:list")] > before.get(
        ("portal_statements_total", "contacts:list"), 0
    )
    assert not any("Ann" in part or "acme" in part for key in after for part in key)


@pytest.mark.usefixtures("worker")
def test_addresses_nobody_has_and_invented_methods_are_one_label(client, prober):
    before = len(samples(prober))
    for number in range(50):
        client.generic(f"METHOD{number}", f"/nothing-{number}/")

    assert len(samples(prober)) - before < 20


def test_a_refused_sign_in_is_counted(client, prober, db):
    before = samples(prober).get(("portal_sign_in_failures_total",), 0)
    client.post("/accounts/login/", {"login": "nobody@firm.example", "password": secrets.token_hex()})

    assert samples(prober)[("portal_sign_in_failures_total",)] == before + 1


def test_imports_in_the_queue_and_the_longest_wait(prober, workspace):
    for minutes, state in ((5, ImportState.WAITING), (1, ImportState.CHECKING), (9, ImportState.RUNNING)):
        job = import_draft(workspace, "Email", "a@f.example", name=f"{state}.csv", by=None)
        job.state, job.queued_at = state, now() - timedelta(minutes=minutes)
        job.save()

    found = samples(prober)
    assert [found[("portal_imports", state)] for state in ("waiting", "checking", "running")] == [1, 1, 1]
    assert found[("portal_imports_lapsed",)] == 1
    assert found[("portal_import_wait_seconds",)] == pytest.approx(300, abs=10)


def test_a_worker_tells_its_age_and_rows(prober, worker):
    worker.rows = {"people": 1200}
    worker.save()

    found = samples(prober)
    assert found[("portal_heartbeat_age_seconds", "here:7")] < 5
    assert found[("portal_import_rows_total", "people", "here:7")] == 1200


def test_tasks_tell_when_they_last_worked(prober, db):
    with recorded_run(OperatorTask.BACKUP):
        pass
    TaskRun.objects.update(ended_at=now() - timedelta(hours=2))
    with pytest.raises(OSError, match="full"), recorded_run(OperatorTask.BACKUP):
        raise OSError("The disk is full")

    found = samples(prober)
    assert found[("portal_task_success_age_seconds", "backup")] == pytest.approx(7200, abs=10)
    assert found[("portal_task_failed", "backup")] == 1
    assert found[("portal_database_bytes",)] > 10_000


def test_a_scrape_asks_the_database_a_few_times_only(prober, worker, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        samples(prober)
