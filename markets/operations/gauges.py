"""What Prometheus learns from the database, in five statements: imports, workers, tasks and sizes."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Max, Min, Q
from django.utils.timezone import now
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from markets.models import Heartbeat, ImportJob, ImportState, OperatorTask, TaskRun
from markets.models.imports import WORKER_STATES
from markets.operations.health import CHECKS, DATABASE, health

QUEUED = (ImportState.CHECKING, ImportState.WAITING)


def state_registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(PortalState())
    return registry


class PortalState(Collector):
    """Asks only when Prometheus does. Without a database only the checks are given."""

    def collect(self) -> Iterator[Metric]:
        failures = health.failures()
        yield gauge(
            "portal_check_ok",
            "Whether a check of /readyz passes.",
            "check",
            {name: not failures[name] for name in CHECKS},
        )
        yield gauge("portal_info", "The portal's version.", "version", {settings.VERSION: 1})
        if not failures[DATABASE]:
            yield from imports()
            yield from heartbeats()
            yield from tasks()
            yield gauge("portal_database_bytes", "The size of the database.", "", {"": database_bytes()})


def gauge(name: str, text: str, label: str, values: dict[str, Any]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label] if label else [])
    for value, number in values.items():
        family.add_metric([value] if label else [], float(number))
    return family


def queue() -> dict[str, Any]:
    """Imports by state, those whose worker has died, and since when the first one waits."""
    moment = now()
    is_leased = Q(lease_until__gte=moment)
    return ImportJob.objects.filter(state__in=WORKER_STATES).aggregate(
        **{str(state): Count("pk", filter=Q(state=state)) for state in WORKER_STATES},
        lapsed=Count("pk", filter=Q(state=ImportState.RUNNING) & ~is_leased),
        waiting_since=Min("queued_at", filter=Q(state__in=QUEUED) & ~is_leased),
    )


def imports() -> Iterator[Metric]:
    found = queue()
    yield gauge(
        "portal_imports",
        "Imports that a worker has or is to have.",
        "state",
        {str(state): found[str(state)] for state in WORKER_STATES},
    )
    yield gauge("portal_imports_lapsed", "Running imports whose worker has died.", "", {"": found["lapsed"]})
    yield gauge(
        "portal_import_wait_seconds",
        "How long the first import in the queue has waited.",
        "",
        {"": seconds_since(found["waiting_since"])},
    )


def heartbeats() -> Iterator[Metric]:
    ages = GaugeMetricFamily("portal_heartbeat_age_seconds", "Since a worker's last sign of life.", labels=["worker"])
    rows = CounterMetricFamily("portal_import_rows_total", "Rows that a worker imported.", labels=["kind", "worker"])
    for each in Heartbeat.objects.all():
        worker = f"{each.machine}:{each.pid}"
        ages.add_metric([worker], seconds_since(each.beat_at))
        for kind, number in each.rows.items():
            rows.add_metric([kind, worker], number)
    yield ages
    yield rows


def last_runs() -> dict[str, dict[str, datetime | None]]:
    """When each task last ran and last succeeded."""
    found = (
        TaskRun.objects.order_by()
        .values("task")
        .annotate(ran=Max("ended_at"), succeeded=Max("ended_at", filter=Q(failure="")))
        .values_list("task", "ran", "succeeded")
    )
    return {task: {"ran": ran, "succeeded": succeeded} for task, ran, succeeded in found}


def tasks() -> Iterator[Metric]:
    """A task that never ran has no sample: an alert on its absence would fire before it is set up."""
    runs = last_runs()
    known = {str(task): runs[task] for task in OperatorTask.values if task in runs}
    yield gauge(
        "portal_task_success_age_seconds",
        "Since a task, such as the backup, last worked.",
        "task",
        {task: seconds_since(run["succeeded"]) for task, run in known.items() if run["succeeded"]},
    )
    yield gauge(
        "portal_task_failed",
        "Whether a task's last run failed.",
        "task",
        {task: run["ran"] != run["succeeded"] for task, run in known.items()},
    )


def seconds_since(moment: datetime | None) -> float:
    return max((now() - moment).total_seconds(), 0.0) if moment else 0.0


def database_bytes() -> int:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
        else:
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        return int(cursor.fetchone()[0])
