from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from calls.figures import Scope, figures
from calls.metrics import totals
from campaigns.tables import campaign_rows
from config.ui.periods import choose_period
from markets.access import is_ops, note_visit, workspace_page
from markets.models import Role, Workspace
from signals.intelligence import dashboard_of


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The user's workspaces; straight on when there is one."""
    workspaces = Workspace.objects.open() if is_ops(request.user) else Workspace.objects.of(request.user)
    if len(workspaces) == 1:
        return redirect("dashboard", workspaces[0].slug)
    return render(request, "markets/home.html", {"workspaces": workspaces})


@workspace_page(Role.VIEWER)
def dashboard(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    membership = request.access.membership
    if membership:
        note_visit(membership)
    choice = choose_period(request.GET, workspace.today())
    scope = Scope(workspace, choice.period)
    campaigns, before = workspace.campaigns.all(), choice.period.before()
    since = membership.previous_visit_at if membership else None
    page = dashboard_of(workspace, choice.period, since)
    context = {
        "section": "dashboard",
        "choice": choice,
        "scope": scope,
        "figures": figures(
            totals(workspace, campaigns, choice.period),
            scope,
            before=totals(workspace, campaigns, before) if before else None,
        ),
        "table": campaign_rows(request, page["campaigns"], scope),
        **page,
    }
    return render(request, "markets/dashboard.html", context)
