from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _

from calls.metrics.presentation import Scope
from campaigns.tables import campaign_rows
from markets.models import AuditAction, Membership, Role, User, Workspace
from markets.workspaces.access import WorkspaceRequest, is_ops, record_visit, workspace_page
from markets.workspaces.audit import record_event
from markets.workspaces.page_period import page_period
from signals.workspace_page.dashboard import dashboard_context, review_context
from signals.workspace_page.first_steps import guide


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The user's workspaces, and the archived ones that they manage; redirects if there is only one."""
    user = cast(User, request.user)
    workspaces = Workspace.objects.active() if is_ops(user) else Workspace.objects.for_user(user)
    archived = Workspace.objects.archived()
    if not is_ops(user):
        archived = archived.filter(memberships__user=user, memberships__role=Role.MANAGER)
    if len(workspaces) == 1 and not archived:
        return redirect("dashboard", workspaces[0].slug)
    return render(request, "markets/home.html", {"workspaces": workspaces, "archived": archived})


@workspace_page(Role.VIEWER, writes_on_get=True)
def dashboard(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    membership = request.access.membership
    if membership:
        record_visit(request, membership)
    choice = page_period(request, workspace)
    scope = Scope(workspace, choice.period)
    since = membership.previous_visit_at if membership else None
    page = dashboard_context(workspace, choice.period, since, request.access.role)
    context = {
        "section": "dashboard",
        "choice": choice,
        "scope": scope,
        "membership": membership,
        "table": campaign_rows(request, page["campaigns"], scope, exclude=["coverage"]),
        **page,
        **guide(workspace, can_manage=request.access.can_manage),
    }
    return render(request, "markets/dashboard.html", context)


@workspace_page(Role.MANAGER, "POST")
def first_steps_hide(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """Hides the first steps from all managers, or shows them again."""
    hides = request.POST.get("show") != "yes"
    with transaction.atomic():
        Workspace.objects.filter(pk=workspace.pk).update(first_steps_hidden_at=now() if hides else None)
        summary = "Hid the first steps" if hides else "Showed the first steps again"
        record_event(
            workspace=workspace,
            user=request.user,
            action=AuditAction.SETTING_CHANGED,
            summary=summary,
            subject=workspace,
        )
    if hides:
        messages.success(request, _("First steps hidden. Show them again under Settings."))
    return redirect("dashboard", workspace.slug)


@workspace_page(Role.VIEWER)
def review(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """The review of a period on one page for print."""
    choice = page_period(request, workspace)
    context = {
        "section": "dashboard",
        "choice": choice,
        "scope": Scope(workspace, choice.period),
        "membership": request.access.membership,
        **review_context(workspace, choice.period),
    }
    return render(request, "markets/review.html", context)


@workspace_page(Role.VIEWER, "POST")
def weekly_mail(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """Subscribes the current member to the weekly mail or unsubscribes them."""
    membership: Membership | None = request.access.membership
    wanted = request.POST.get("weekly_mail", "")
    if membership is None:
        messages.error(
            request,
            _("You aren’t a member of %(workspace)s. Only members get its weekly email.") % {"workspace": workspace},
        )
    elif wanted not in ("yes", "no"):
        messages.error(
            request,
            _("“%(wanted)s” does not say whether you want the weekly mail; choose yes or no.")
            % {"wanted": wanted[:40]},
        )
    else:
        membership.wants_weekly_mail = wanted == "yes"
        membership.save(update_fields=["wants_weekly_mail"])
        words = (
            _("You are subscribed to the weekly email.")
            if wanted == "yes"
            else _("You are unsubscribed from the weekly email.")
        )
        messages.success(request, words)
    return redirect("review", workspace.slug)
