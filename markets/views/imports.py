"""The steps of an import: upload, mapping, dry run, start, progress, stop and undo."""

import csv
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django_htmx.http import HttpResponseClientRefresh

from calls.ingest import undo as undoing
from config.ui.exports import Echo
from config.ui.forms import as_id
from config.ui.tables import table_page
from config.ui.uploads import receives_file
from markets.filters import ImportFilter
from markets.forms import CsvFormatForm, ImportFileForm, ImportOptionsForm, field_label, result_lines
from markets.imports import jobs, notes, uploads
from markets.imports.readers import FileRefused, Row
from markets.imports.rejects import RejectedRows, Rejection
from markets.imports.uploads import UPLOAD_LIMITS
from markets.models import ImportJob, ImportKind, ImportState, Role, User, Workspace
from markets.tables import ImportTable
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


def file_too_large(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """The response to an upload that exceeds the limit; its body is not read to the end."""
    context = {"section": "imports", "form": ImportFileForm(), "too_large": UPLOAD_LIMITS.bytes // 1024**2}
    return render(request, "imports/form.html", context, status=413)


@workspace_page(Role.MANAGER, "GET POST")
@receives_file(max_bytes=UPLOAD_LIMITS.bytes, too_large=file_too_large)
def import_create(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """`?kind=`, `?market=` and `?campaign=` preselect choices, the last two on the page of the mapping."""
    kind = request.GET.get("kind")
    initial = {"kind": kind} if kind in ImportKind.values else {}
    form = ImportFileForm(request.POST or None, request.FILES or None, initial=initial)
    if form.is_valid():
        try:
            job = uploads.receive(
                workspace=workspace,
                kind=form.cleaned_data["kind"],
                uploaded=form.cleaned_data["file"],
                by=request.user,
            )
        except FileRefused as refused:
            form.add_error("file", str(refused))
        else:
            query = {name: request.GET[name] for name in ("market", "campaign") if name in request.GET}
            return redirect(reverse("imports:map", args=[workspace.slug, job.pk], query=query))
    return render(request, "imports/form.html", {"section": "imports", "form": form})


@workspace_page(Role.MANAGER, "GET POST")
def import_map(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """The preview of a Draft's file and the form for its options. POST saves them and requests the dry run."""
    job = get_object_or_404(workspace.imports, pk=pk)
    form = ImportOptionsForm(request.POST or None, job=job, initial=initial_target(request, workspace))
    try:
        if form.is_valid():
            uploads.save_options(job=job, options=form.options, by=request.user)
            jobs.request_dry_run(job=job)
            return redirect_to_import(job)
        uploads.check_draft(job.state)
        rows = uploads.preview(job)
    except (jobs.JobRefused, FileRefused) as refused:
        messages.error(request, str(refused))
        return redirect_to_import(job)
    context = {
        "section": "imports",
        "job": job,
        "form": form,
        "csv_format": CsvFormatForm(initial=job.options),
        "columns": list(zip(form.header, form.columns, sample_values(rows, len(form.header)), strict=True)),
        "preview": rows,
        "unknown": form.unknown_results(rows),
        "earlier": earlier_imports(job),
    }
    return render(request, "imports/map.html", context)


def initial_target(request: WorkspaceRequest, workspace: Workspace) -> dict[str, object]:
    """The market and the campaign in the query string. A campaign determines the market."""
    ids = {name: as_id(request.GET.get(name, "")) for name in ("market", "campaign")}
    campaign = workspace.campaigns.filter(pk=ids["campaign"]).first() if ids["campaign"] else None
    return {"market": campaign.market_id if campaign else ids["market"], "campaign": campaign and campaign.pk}


def sample_values(rows: list[Row], columns: int) -> list[list[str]]:
    """The first three distinct values of each column."""
    by_column = [[cells[index] for _, cells in rows if index < len(cells)] for index in range(columns)]
    return [list(dict.fromkeys(filter(str.strip, values)))[:3] for values in by_column]


@workspace_page(Role.MANAGER, "POST")
def import_reread(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Reads a Draft's file again with another encoding or delimiter."""
    job = get_object_or_404(workspace.imports, pk=pk)
    form = CsvFormatForm(request.POST)
    try:
        if not form.is_valid():
            raise FileRefused("Choose an encoding and a delimiter of the lists.")
        uploads.reread(job=job, **form.cleaned_data)
    except (FileRefused, jobs.JobRefused) as refused:
        messages.error(request, f"The file is read as before. {refused}")
    return redirect(reverse("imports:map", args=[workspace.slug, job.pk]))


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
        waiting = 0
    else:
        waiting = job.rejections.undecided().count()
        counts, rejections = job.counts, job.rejections.order_by("line")
        suppressed = job.people.filter(is_do_not_call=True).select_related("contact").order_by("line")
        do_not_call = [person.contact for person in suppressed[:MAX_SHOWN]]
        suppressed_by_file = job.suppressions.count() if job.do_not_call else 0
        disagreed = notes.disagreements(job, MAX_SHOWN) if job.disagreements else []
    return context | {
        "counts": counts,
        "waiting": waiting,
        "rejections": rejections[:MAX_SHOWN],
        "disagreements": disagreed[:MAX_SHOWN],
        "do_not_call": do_not_call[:MAX_SHOWN],
        "suppressed_by_file": suppressed_by_file,
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
    return "The import is on its way. You can leave this page and come back."


@import_action
def import_stop(job: ImportJob, by: User) -> str:
    jobs.stop(job=job, by=by)
    return "The import is stopped. What was in before stays until somebody undoes it."


@import_action
def import_discard(job: ImportJob, by: User) -> str:
    uploads.discard(job=job)
    return f"{job} is discarded; nothing of it was imported."


@workspace_page(Role.MANAGER, "GET POST")
def import_undo(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """The preview of an undo. POST undoes the import."""
    job = get_object_or_404(workspace.imports, pk=pk)
    if request.method != "POST":
        undone = undoing.preview(job) if job.state in undoing.CAN_BE_UNDONE else None
        return render(request, "imports/undo.html", {"section": "imports", "job": job, "undone": undone})
    try:
        undoing.undo(job=job, by=request.user)
        messages.success(request, "The import is undone.")
    except jobs.JobRefused as refused:
        messages.error(request, str(refused))
    return redirect_to_import(job)


@workspace_page(Role.VIEWER)
def import_rejects(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponseBase:
    """The rejected rows as a CSV file to correct and import again."""
    job = get_object_or_404(workspace.imports, pk=pk)
    response = StreamingHttpResponse(rejects_lines(job), content_type="text/csv; charset=utf-8")
    name = f"{Path(job.file_name).stem}.rejects.csv"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response


def rejects_lines(job: ImportJob) -> Iterator[str]:
    """The lines of the file, with its original columns. A BOM tells spreadsheets that the file is UTF-8."""
    rejected = RejectedRows(job.header)
    writer = csv.writer(Echo())
    yield "\ufeff" + writer.writerow(rejected.header)
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
