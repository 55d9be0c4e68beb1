from collections.abc import Iterator

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from markets.models import Role, Workspace, WorkspaceExport
from markets.workspaces.access import WorkspaceRequest, workspace_page
from signals.portability.requests import record_download, request_export

MOST_SHOWN = 20


@workspace_page(Role.MANAGER, "GET POST")
def workspace_exports(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """What an export holds, and the newest ones. POST asks for another."""
    if request.method == "POST":
        try:
            request_export(workspace=workspace, by=request.user)
            messages.success(request, _("The export is on its way. You can leave this page and come back."))
        except ValidationError as refused:
            messages.error(request, refused.message)
        return redirect("workspace_exports", workspace.slug)
    exports = workspace.workspace_exports.select_related("requested_by")
    context = {
        "section": "settings",
        "exports": exports[:MOST_SHOWN],
        "days": settings.WORKSPACE_EXPORT_DAYS,
        "is_under_way": any(export.is_under_way for export in exports[:MOST_SHOWN]),
    }
    return render(request, "markets/exports.html", context)


@workspace_page(Role.MANAGER)
def workspace_export_file(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponseBase:
    export = get_object_or_404(workspace.workspace_exports, pk=pk)
    if not (export.is_ready and export.file.storage.exists(str(export.file.name))):
        messages.error(request, _("That file is not kept any more. Request another export."))
        return redirect("workspace_exports", workspace.slug)
    record_download(export, request.user)
    name = f"{workspace.slug}-{workspace.day_of(export.requested_at)}.zip"
    response = StreamingHttpResponse(_pieces(export), content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["Content-Length"] = export.size or 0
    return response


def _pieces(export: WorkspaceExport) -> Iterator[bytes]:
    with export.file.open("rb") as file:
        yield from file.chunks()
