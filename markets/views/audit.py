from django.http import HttpResponseBase

from config.ui.tables import table_page
from markets.models import Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page
from markets.workspaces.audit import name_subjects
from markets.workspaces.filters import AuditFilter
from markets.workspaces.tables import AuditTable


@workspace_page(Role.MANAGER)
def audit_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponseBase:
    events = workspace.audit_events.select_related("user")
    return table_page(
        request,
        "audit/list.html",
        table_class=AuditTable,
        filterset=AuditFilter(request.GET, events, workspace=workspace),
        complete_page=lambda rows: name_subjects(workspace, rows),
        context={"section": "audit"},
        workspace=workspace,
    )
