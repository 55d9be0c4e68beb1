"""The presets of a workspace: how files with the same headers are read. They can be edited, and shared as files."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from config.ui.lists.tables import table_page
from config.ui.uploads import receives_file
from markets.filters import ImportPresetFilter
from markets.forms import ImportPresetForm, PresetFileForm
from markets.imports.presets.exchange import preset_from_json, preset_to_json
from markets.imports.presets.shipped import shipped_presets
from markets.imports.readers import FileRefused
from markets.models import Role, Workspace
from markets.tables import ImportPresetTable
from markets.workspaces.access import WorkspaceRequest, workspace_page

MAX_UPLOAD = 2_000_000
"""Bytes of a request that are read at all. The form refuses a preset long before, with a sentence."""


@workspace_page(Role.MANAGER)
def preset_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponseBase:
    presets = workspace.import_presets.select_related("updated_by").annotate(job_count=Count("jobs"))
    shipped = sorted(preset.title for preset in shipped_presets().values())
    return table_page(
        request,
        "imports/presets.html",
        table_class=ImportPresetTable,
        filterset=ImportPresetFilter(request.GET, presets, workspace=workspace),
        context={"section": "imports", "shipped": shipped},
        workspace=workspace,
    )


@workspace_page(Role.MANAGER, "GET POST")
def preset_edit(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    preset = get_object_or_404(workspace.import_presets, pk=pk)
    form = ImportPresetForm(request.POST or None, preset=preset)
    if form.is_valid():
        form.save(by=request.user)
        messages.success(request, _("The next file of “%(preset)s” will be read like this.") % {"preset": preset})
        return redirect("imports:presets", workspace.slug)
    return render(request, "imports/preset.html", {"section": "imports", "preset": preset, "form": form})


def preset_too_large(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    form = PresetFileForm()
    context = {"section": "imports", "form": form, "too_large": MAX_UPLOAD // 1000}
    return render(request, "imports/preset_upload.html", context, status=413)


@workspace_page(Role.MANAGER, "GET POST")
@receives_file(max_bytes=MAX_UPLOAD, too_large=preset_too_large)
def preset_upload(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    form = PresetFileForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            preset = preset_from_json(workspace=workspace, text=form.cleaned_data["text"], by=request.user)
        except FileRefused as refused:
            form.add_error("file", str(refused))
        else:
            messages.success(
                request, _("“%(preset)s” is here now, for the next file with its columns.") % {"preset": preset}
            )
            return redirect("imports:preset", workspace.slug, preset.pk)
    return render(request, "imports/preset_upload.html", {"section": "imports", "form": form})


@workspace_page(Role.MANAGER)
def preset_download(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    preset = get_object_or_404(workspace.import_presets, pk=pk)
    response = HttpResponse(preset_to_json(preset), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{preset}.preset.json")
    return response
