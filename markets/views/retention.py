from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from config.ui.optimistic_locking import save_edit
from markets.forms.retention import RetentionForm
from markets.models import AuditAction, Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page
from markets.workspaces.audit import record_event
from signals.retention.rules import Months, preview


@workspace_page(Role.MANAGER, "GET POST")
def retention(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """How long the workspace keeps notes and people who were never called."""
    form = RetentionForm(request.POST or None, instance=workspace)
    if save_edit(request, form):
        record_event(
            workspace=workspace,
            user=request.user,
            action=AuditAction.SETTING_CHANGED,
            summary="Changed how long notes and people who were never called are kept",
            details={name: form.cleaned_data[name] for name in form.Meta.fields},
        )
        messages.success(request, _("Retention saved. It applies from tonight."))
        return redirect("retention", workspace.slug)
    context = {
        "section": "settings",
        "form": form,
        "tonight": None if form.is_bound else preview(workspace, Months.of_workspace(workspace)),
        "draft_days": settings.DRAFT_DAYS,
        "reject_days": settings.REJECT_DAYS,
    }
    return render(request, "markets/retention.html", context, status=form.status_code)
