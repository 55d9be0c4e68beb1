"""The dashboard, the rules and the documentation name metrics that the portal has, and every one of them."""

import json
import re
from pathlib import Path

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from config.monitoring.metrics import MAILS, count_request
from markets.models import Heartbeat, OperatorTask
from markets.operations.task_runs import recorded_run

ROOT = Path(__file__).resolve().parent.parent
DASHBOARD, ALERTS = ROOT / "deploy/grafana-dashboard.json", ROOT / "deploy/alerts.yml"
NAME = re.compile(r"\bportal_[a-z_]+")


@pytest.fixture
def served(settings, db):
    """The names that /metrics gives, once everything has happened."""
    settings.METRICS_TOKEN = "token"
    Heartbeat.objects.create(process="import_worker", machine="here", pid=1, rows={"people": 1})
    with recorded_run(OperatorTask.BACKUP):
        pass
    count_request(route="home", method="GET", status=200, seconds=0.1, statements=1, statement_seconds=0.1)
    MAILS.labels("sent").inc()
    text = Client().get("/metrics", headers={"Authorization": "Bearer token"}).content.decode()
    return {
        sample.name
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith("portal_") and not sample.name.endswith("_created")
    }


def named(text):
    return set(NAME.findall(text))


def test_the_dashboard_and_the_rules_name_metrics_that_exist(served):
    used = named(DASHBOARD.read_text()) | named(ALERTS.read_text())

    assert used - served == set()
    assert named("portal_gone_total") - served == {"portal_gone_total"}


def test_the_dashboard_shows_every_metric(served):
    parts = {name.removesuffix(end) for name in served for end in ("_bucket", "_sum", "_count") if name.endswith(end)}
    shown = {name.removesuffix(end) for name in named(DASHBOARD.read_text()) for end in ("_bucket", "_count")}

    assert {name for name in served if not name.endswith(("_bucket", "_sum", "_count"))} | parts <= shown


def test_the_documentation_explains_every_metric(served):
    explained = named((ROOT / "docs/operations/monitoring.md").read_text())
    parts = ("_bucket", "_sum", "_count")

    assert {name for name in served if not name.endswith(parts)} - explained == set()


def test_the_dashboard_is_one_that_grafana_reads():
    dashboard = json.loads(DASHBOARD.read_text())

    assert dashboard["title"] == "Client Portal"
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(set(ids)) == len(ids) > 10
    assert all(target["expr"] for panel in dashboard["panels"] for target in panel["targets"])
    for panel in dashboard["panels"]:
        assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24
