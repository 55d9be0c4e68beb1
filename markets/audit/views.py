from django.http import HttpResponseBase

from config.ui.lists.tables import table_page
from markets.audit.filters import AuditFilter
from markets.audit.mentions import name_events
from markets.audit.tables import AuditTable
from markets.models import Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page


@workspace_page(Role.MANAGER)
def audit_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponseBase:
    events = workspace.audit_events.select_related("user")
    return table_page(
        request,
        "audit/list.html",
        table_class=AuditTable,
        filterset=AuditFilter(request.GET, events, workspace=workspace),
        complete_page=lambda rows: name_events(workspace, rows),
        context={"section": "audit"},
        workspace=workspace,
    )
