"""The steps before an import starts: upload, how the file is read, and which column is which."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from config.ui.forms import as_id
from config.ui.uploads import receives_file
from markets.forms import FileFormatForm, ImportFileForm, ImportOptionsForm
from markets.imports import jobs
from markets.imports.files import uploads
from markets.imports.files.uploads import UPLOAD_LIMITS
from markets.imports.presets.shipped import recognise
from markets.imports.readers import FileRefused, Row
from markets.models import ImportKind, Role, Workspace
from markets.views.imports.jobs import earlier_imports, redirect_to_import
from markets.workspaces.access import WorkspaceRequest, workspace_page


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
    try:
        uploads.check_draft(job.state)
        first = uploads.first_look(job)
        form = ImportOptionsForm(request.POST or None, job=job, initial=initial_target(request, workspace))
        if form.is_valid():
            uploads.save_options(job=job, options=form.options, by=request.user)
            jobs.request_dry_run(job=job)
            return redirect_to_import(job)
    except (jobs.JobRefused, FileRefused) as refused:
        messages.error(request, str(refused))
        return redirect_to_import(job)
    context = {
        "section": "imports",
        "job": job,
        "form": form,
        "file_format": FileFormatForm(sheets=first.sheets, initial=job.options),
        "columns": list(zip(form.header, form.columns, sample_values(first.rows, len(form.header)), strict=True)),
        "preview": first.rows,
        "recognised": recognise(job.kind, job.header),
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
    """Reads a Draft's file again in other formats, or from another place in it."""
    job = get_object_or_404(workspace.imports, pk=pk)
    try:
        uploads.check_draft(job.state)
        form = FileFormatForm(request.POST, sheets=uploads.first_look(job).sheets)
        if not form.is_valid():
            raise FileRefused(" ".join(f"{form[name].label}: {errors[0]}" for name, errors in form.errors.items()))
        uploads.reread(job=job, **form.formats)
    except (FileRefused, jobs.JobRefused) as refused:
        messages.error(request, gettext("The file is read as before. %(refused)s") % {"refused": refused})
    return redirect(reverse("imports:map", args=[workspace.slug, job.pk]))
