"""An import after its draft: dry run, start, progress, result, stop and undo. drafts.py has the steps before."""

import csv
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRefresh

from calls.ingest import undo as undoing
from config.db.timeouts.statements import without_statement_timeout
from config.ui.forms import as_id
from config.ui.lists.exports import Echo
from config.ui.lists.tables import table_page
from markets.audit.reading import record_rejects
from markets.filters import ImportFilter, ImportNoteFilter
from markets.forms import field_label, result_lines
from markets.imports import jobs, notes
from markets.imports.files import uploads
from markets.imports.files.rejects import RejectedRows, Rejection
from markets.models import ImportJob, ImportState, Role, User, Workspace
from markets.off_limits.services import off_limits_of
from markets.tables import ImportNoteTable, ImportTable
from markets.workspaces.access import View, WorkspaceRequest, workspace_page

MAX_SHOWN = 20
WORKER_WAIT = 10
"""Seconds that a page waits for a worker before it explains how to start one."""


@workspace_page(Role.VIEWER)
def import_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponseBase:
    return table_page(
        request,
        "imports/list.html",
        table_class=ImportTable,
        filterset=ImportFilter(request.GET, workspace.imports.select_related("created_by"), workspace=workspace),
        context={"section": "imports", "waiting": workspace.import_rejections.undecided().count()},
        workspace=workspace,
    )


@workspace_page(Role.VIEWER)
def import_detail(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """An import in any state. While it runs, htmx polls its progress and reloads the page when the state changes."""
    job = get_object_or_404(workspace.imports.select_related("created_by", "undone_by"), pk=pk)
    waited = min(as_id(request.GET.get("waited", "")) or 0, 3600)
    context = {
        "section": "imports",
        "job": job,
        "waited": waited,
        "is_unattended": waited >= WORKER_WAIT and uploads.is_unattended(job),
    }
    if not request.htmx:
        return render(request, "imports/detail.html", context | import_context(job))
    if request.GET.get("seen") != job.state:
        return HttpResponseClientRefresh()
    return render(request, "imports/detail.html#progress", context)


def import_context(job: ImportJob) -> dict[str, object]:
    """The mapping and the target of an import, and its result or, for a Draft, that of the dry run."""
    workspace, mapping = job.workspace, job.option("map", {})
    context = {
        "read": [(name, field_label(field)) for name, field in mapping.items() if field],
        "unread": [name for name, field in mapping.items() if not field],
        "results": result_lines(job.option("results", {})),
        "market": workspace.markets.filter(pk=job.option("market")).first(),
        "campaign": workspace.campaigns.filter(pk=job.option("campaign")).first(),
        "earlier": earlier_imports(job),
        "can_be_undone": job.state in undoing.CAN_BE_UNDONE,
    }
    if job.state == ImportState.DRAFT:
        report = job.dry_run_report or {}
        counts, rejections, do_not_call = report, report.get("rejections", []), report.get("do_not_call_people", [])
        suppressed_by_file = report.get("suppressed_by_file", 0)
        disagreed = report.get("disagreeing_values", [])
        off_limits = report.get("off_limits", 0), report.get("off_limits_people", [])
        left_out, warnings = report.get("left_out_values", []), report.get("warnings", [])
        waiting = 0
    else:
        waiting = job.rejections.undecided().count()
        counts, rejections = job.counts, job.rejections.order_by("line")
        suppressed = job.people.filter(is_do_not_call=True).select_related("contact").order_by("line")
        do_not_call = [person.contact for person in suppressed[:MAX_SHOWN]]
        suppressed_by_file = job.suppressions.count() if job.do_not_call else 0
        off_limits = off_limits_of(job, MAX_SHOWN)
        disagreed = notes.disagreements(job, MAX_SHOWN) if job.disagreements else []
        left_out, warnings = notes.left_out_values(job, MAX_SHOWN), notes.warnings(job, MAX_SHOWN)
    return context | {
        "counts": counts,
        "waiting": waiting,
        "rejections": rejections[:MAX_SHOWN],
        "disagreements": disagreed[:MAX_SHOWN],
        "left_out": left_out[:MAX_SHOWN],
        "warnings": warnings[:MAX_SHOWN],
        "do_not_call": do_not_call[:MAX_SHOWN],
        "suppressed_by_file": suppressed_by_file,
        "off_limits": off_limits,
    }


def import_action(act: Callable[..., str]) -> View:
    """Makes a view from a function that changes an import. It redirects to the import with a message or a refusal."""

    @workspace_page(Role.MANAGER, "POST")
    @wraps(act)
    def view(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
        job = get_object_or_404(workspace.imports, pk=pk)
        try:
            messages.success(request, act(job, request.user))
        except jobs.JobRefused as refused:
            messages.error(request, str(refused))
        return redirect_to_import(job)

    return view


@import_action
def import_start(job: ImportJob, by: User) -> str:
    uploads.start(job=job, by=by)
    return _("The import is on its way. You can leave this page and come back.")


@import_action
def import_stop(job: ImportJob, by: User) -> str:
    jobs.stop(job=job, by=by)
    return _("The import is stopped. What was in before stays until somebody undoes it.")


@import_action
def import_discard(job: ImportJob, by: User) -> str:
    uploads.discard(job=job, by=by)
    return _("%(job)s is discarded; nothing of it was imported.") % {"job": job}


@workspace_page(Role.MANAGER, "GET POST")
def import_undo(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """The preview of an undo. POST undoes the import."""
    job = get_object_or_404(workspace.imports, pk=pk)
    if request.method != "POST":
        undone = undoing.preview(job) if job.state in undoing.CAN_BE_UNDONE else None
        return render(request, "imports/undo.html", {"section": "imports", "job": job, "undone": undone})
    try:
        undoing.undo(job=job, by=request.user)
        messages.success(request, _("The import is undone."))
    except jobs.JobRefused as refused:
        messages.error(request, str(refused))
    return redirect_to_import(job)


@workspace_page(Role.VIEWER)
def import_notes(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponseBase:
    """What an import says about the rows that are in."""
    job = get_object_or_404(workspace.imports, pk=pk)
    return table_page(
        request,
        "imports/notes.html",
        table_class=ImportNoteTable,
        filterset=ImportNoteFilter(request.GET, job.notes.select_related("contact"), workspace=workspace),
        context={"section": "imports", "job": job},
        workspace=workspace,
    )


@workspace_page(Role.VIEWER)
def import_rejects(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponseBase:
    """The rejected rows as a CSV file to correct and import again."""
    job = get_object_or_404(workspace.imports, pk=pk)
    record_rejects(request.user, job)
    response = StreamingHttpResponse(rejects_lines(job), content_type="text/csv; charset=utf-8")
    name = f"{Path(job.file_name).stem}.rejects.csv"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response


def rejects_lines(job: ImportJob) -> Iterator[str]:
    """The lines of the file, with its original columns. A BOM tells spreadsheets that the file is UTF-8."""
    rejected = RejectedRows(job.header)
    writer = csv.writer(Echo())
    yield "\ufeff" + writer.writerow(rejected.header)
    with without_statement_timeout():
        for rejection in job.rejections.iterator(chunk_size=1000):
            row = Rejection(rejection.line, rejection.code, rejection.message, rejection.cells)
            yield writer.writerow(rejected.row(row))


def earlier_imports(job: ImportJob) -> QuerySet[ImportJob]:
    """Completed imports of an identical file."""
    same = job.workspace.imports.filter(sha256=job.sha256, kind=job.kind).exclude(pk=job.pk)
    return same.filter(state=ImportState.COMPLETED)[:3]


def redirect_to_import(job: ImportJob) -> HttpResponse:
    """Redirects to the import, or to the list if it was discarded."""
    if job.pk is None:
        return redirect("imports:list", job.workspace.slug)
    return redirect("imports:detail", job.workspace.slug, job.pk)
