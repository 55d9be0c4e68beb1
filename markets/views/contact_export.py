from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from markets.models import Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page
from signals.subject_export.document import export_person


@workspace_page(Role.MANAGER)
def contact_export(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """All that is known of one person, to read and print, or as JSON."""
    contact = get_object_or_404(workspace.contacts, pk=pk)
    export = export_person(contact, by=request.user)
    if request.GET.get("as") == "json":
        response = HttpResponse(export.as_json(), content_type="application/json")
        response["Content-Disposition"] = f'attachment; filename="contact-{contact.pk}.json"'
        return response
    return render(request, "contacts/export.html", {"section": "contacts", "contact": contact, "export": export})
