from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation

from markets.models import Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page
from signals.subject_export.document import export_person


@workspace_page(Role.MANAGER)
def contact_export(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """All that is known of one person, to read and print, or as JSON, which is the same in each language."""
    contact = get_object_or_404(workspace.contacts, pk=pk)
    is_json = request.GET.get("as") == "json"
    with translation.override("en" if is_json else translation.get_language()):
        export = export_person(contact, by=request.user)
    if is_json:
        response = HttpResponse(export.as_json(), content_type="application/json")
        response["Content-Disposition"] = f'attachment; filename="contact-{contact.pk}.json"'
        return response
    return render(request, "contacts/export.html", {"section": "contacts", "contact": contact, "export": export})
