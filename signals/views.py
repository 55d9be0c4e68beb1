from django.http import HttpRequest, HttpResponse

from config.ui.tables import table_page
from markets.access import workspace_page
from markets.models import Role, Workspace
from signals.filters import SignalFilter
from signals.tables import SignalTable


@workspace_page(Role.VIEWER)
def signal_list(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    signals = workspace.signals.select_related("contact", "call__campaign")
    return table_page(
        request,
        "signals/list.html",
        table_class=SignalTable,
        filterset=SignalFilter(request.GET, signals, workspace=workspace),
        context={"section": "signals"},
        workspace=workspace,
    )
