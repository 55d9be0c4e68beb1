"""What the operations page shows: what is wrong and what to do about it, and the workspaces by size."""

import platform
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import django
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils.text import capfirst
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from config.monitoring.metrics import process_registry
from config.ui.dates import month
from config.ui.stored_sentences import StoredSentences
from markets.models import Heartbeat, ImportJob, ImportState, OperatorTask, TaskRun, Workspace
from markets.models.imports import WORKER_STATES
from markets.operations.gauges import QUEUED, last_runs
from markets.operations.health import DATABASE, health

COUNTED_AGAIN_AFTER = timedelta(minutes=10)
"""People are counted row by row, which takes a moment for hundreds of thousands."""
WAITS_TOO_LONG = timedelta(minutes=5)
MOST_ROWS = 50

CHECK_ADVICE = {
    "database": gettext_noop("Start PostgreSQL, then look at its log and its number of connections."),
    "migrations": gettext_noop("Apply the migrations on the server, or deploy the older version again."),
    "limits": gettext_noop("Give the database role of the pages its time limits: docs/operations/poolers.md."),
    "cache": gettext_noop(
        "Look at the cache that CACHE_URL names; the one in the database fails only with the database."
    ),
    "worker": gettext_noop("Start the import worker on the server. It resumes interrupted imports by itself."),
    "disk": gettext_noop("Make room, or allow the portal to write to the folder."),
}
CHECK_NAMES = [
    *(gettext_noop("database"), gettext_noop("migrations"), gettext_noop("limits"), gettext_noop("cache")),
    *(gettext_noop("worker"), gettext_noop("disk")),
]
"""For the catalogue."""
FAILURES = StoredSentences(
    gettext_noop("the database does not answer"),
    gettext_noop("%(count)s not applied"),
    gettext_noop("not in force: %(names)s"),
    gettext_noop("does not keep what is written"),
    gettext_noop("no worker runs"),
    gettext_noop("no heartbeat for %(seconds)s s"),
    gettext_noop("the folder of %(what)s cannot be written to"),
    gettext_noop("%(count)s MB are free for %(what)s"),
)
TASK_EVERY = {
    OperatorTask.RESTORE_DRILL: timedelta(days=35),
    OperatorTask.WEEKLY_MAIL: timedelta(days=7, hours=12),
}
DAILY = timedelta(days=1, hours=2)
"""A task that last worked longer ago is late: the times of the timers in deploy/, and some hours. Others run daily."""


@dataclass(frozen=True)
class Line:
    """Something that is well or not. `advice` says what to do if it is not."""

    name: str
    is_ok: bool
    found: str
    advice: str = ""


@dataclass(frozen=True)
class Overview:
    lines: list[Line]
    stuck: list[ImportJob] = field(default_factory=list)
    heartbeats: list[Heartbeat] = field(default_factory=list)
    queue: dict[str, int] = field(default_factory=dict)
    workspaces: list["WorkspaceSize"] = field(default_factory=list)
    failures: list[TaskRun] = field(default_factory=list)
    counted: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class WorkspaceSize:
    workspace: Workspace
    people: int
    calls: int
    imports: int
    imported_rows: int
    seen_at: datetime | None


def overview() -> Overview:
    failures = health.failures()
    lines = [
        Line(capfirst(_(name)), not reason, capfirst(FAILURES.in_language(reason)) or _("Works"), _(CHECK_ADVICE[name]))
        for name, reason in failures.items()
    ]
    if failures[DATABASE]:
        return Overview(lines)
    stuck = list(stuck_imports()[:MOST_ROWS])
    return Overview(
        lines=[*lines, _imports_line(stuck), *task_lines()],
        stuck=stuck,
        heartbeats=list(Heartbeat.objects.all()[:MOST_ROWS]),
        queue=queue_depths(),
        workspaces=workspace_sizes(),
        failures=list(TaskRun.objects.exclude(failure="")[:10]),
        counted=counted_by_server(),
    )


def stuck_imports() -> QuerySet[ImportJob]:
    """Running without a worker, or in the queue for longer than a worker takes to look into it."""
    moment = now()
    is_free = Q(lease_until=None) | Q(lease_until__lt=moment)
    waits = Q(state__in=QUEUED, queued_at__lt=moment - WAITS_TOO_LONG)
    is_lapsed = Q(state=ImportState.RUNNING, lease_until__lt=moment) | Q(state=ImportState.RUNNING, lease_until=None)
    return ImportJob.objects.filter(is_lapsed | (waits & is_free)).select_related("workspace").order_by("id")


def _imports_line(stuck: list[ImportJob]) -> Line:
    found = _("%(count)s stuck") % {"count": len(stuck)} if stuck else _("None is stuck")
    advice = _("Start an import worker. If one runs, open the import and stop it; its file can be imported again.")
    return Line(_("Imports"), not stuck, found, advice)


def queue_depths() -> dict[str, int]:
    found = ImportJob.objects.filter(state__in=WORKER_STATES).order_by().values_list("state").annotate(Count("pk"))
    return {str(ImportState(state).label): 0 for state in WORKER_STATES} | {
        str(ImportState(state).label): count for state, count in found
    }


def task_lines() -> list[Line]:
    runs = last_runs()
    return [_task_line(task, runs.get(task, {"ran": None, "succeeded": None})) for task in OperatorTask]


def _task_line(task: OperatorTask, run: dict[str, datetime | None]) -> Line:
    ran, succeeded = run["ran"], run["succeeded"]
    if ran is None:
        return Line(str(task.label), False, _("Never ran"), _("Set up its timer: docs/operations/production.md."))
    is_late = succeeded is None or succeeded < now() - TASK_EVERY.get(task, DAILY)
    last = _("Last worked %(moment)s UTC") % {"moment": _moment(succeeded)} if succeeded else _("Never worked")
    failed = _("the run of %(moment)s UTC failed") % {"moment": _moment(ran)}
    found = last if ran == succeeded else f"{last}; {failed}"
    advice = _("Run it by hand and read what it says. If it works, look at its timer.")
    return Line(str(task.label), not is_late and ran == succeeded, found, advice)


def _moment(moment: datetime) -> str:
    return f"{moment:%d} {month(moment)} {moment:%H:%M}"


def workspace_sizes() -> list[WorkspaceSize]:
    """Calls are the sum of the stored counts by day, so that two million rows are not counted."""
    people = people_by_workspace()
    calls = dict(Workspace.objects.order_by().values_list("pk").annotate(Sum("campaign_days__call_count")))
    imports = {
        pk: (count, rows or 0)
        for pk, count, rows in ImportJob.objects.order_by()
        .values_list("workspace")
        .annotate(Count("pk"), Sum("checkpoint"))
    }
    seen = dict(Workspace.objects.order_by().values_list("pk").annotate(Max("memberships__last_seen_at")))
    sizes = [
        WorkspaceSize(
            each, people.get(each.pk, 0), calls.get(each.pk) or 0, *imports.get(each.pk, (0, 0)), seen.get(each.pk)
        )
        for each in Workspace.objects.active()
    ]
    return sorted(sizes, key=lambda size: -size.people)[:MOST_ROWS]


def people_by_workspace() -> dict[int, int]:
    """Counted at most once in ten minutes by each server process."""

    def count() -> dict[int, int]:
        return dict(Workspace.objects.order_by().values_list("pk").annotate(Count("contacts")))

    seconds = int(COUNTED_AGAIN_AFTER.total_seconds())
    return cast(dict[int, int], caches["computed"].get_or_set("people-by-workspace", count, seconds))


def counted_by_server() -> dict[str, int]:
    """Since the web server started, over its processes."""
    names = {
        ("portal_sign_in_failures_total", ""): _("Refused sign-ins"),
        ("portal_mails_total", "sent"): _("Mails sent"),
        ("portal_mails_total", "failed"): _("Mails not sent"),
    }
    found = dict.fromkeys(names.values(), 0)
    for family in process_registry().collect():
        for sample in family.samples:
            name = names.get((sample.name, sample.labels.get("result", "")))
            if name:
                found[name] += int(sample.value)
    return found


def running_versions() -> dict[str, Any]:
    numbers = connection.get_database_version()
    return {
        "version": settings.VERSION,
        "python": platform.python_version(),
        "django": django.get_version(),
        "database": f"{connection.display_name} {'.'.join(map(str, numbers))}",
    }
