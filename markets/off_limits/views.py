from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.ui.formats import number
from config.ui.forms import as_id, posted_text
from config.ui.lists.tables import table_page
from markets.models import Role, Workspace
from markets.off_limits.filters import OffLimitsFilter
from markets.off_limits.forms import OffLimitsForm
from markets.off_limits.services import lift_off_limits, set_covered_counts
from markets.off_limits.tables import OffLimitsTable
from markets.workspaces.access import WorkspaceRequest, workspace_page


@workspace_page(Role.VIEWER)
def off_limits_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponseBase:
    entries = workspace.off_limits.select_related("workspace", "contact", "created_by", "lifted_by")
    return table_page(
        request,
        "off_limits/list.html",
        table_class=OffLimitsTable,
        filterset=OffLimitsFilter(request.GET, entries, workspace=workspace),
        complete_page=set_covered_counts,
        context={"section": "off_limits"},
        workspace=workspace,
        can_lift=request.access.can_manage,
    )


@workspace_page(Role.CALLER, "GET POST")
def off_limits_create(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """`?contact=` is the person to put off-limits, alone or with their firm; without one it takes a firm's name."""
    contact_id = request.GET.get("contact", "")
    contact = get_object_or_404(workspace.contacts, pk=as_id(contact_id)) if contact_id else None
    form = OffLimitsForm(request.POST or None, workspace=workspace, contact=contact)
    if form.is_valid() and (entry := form.save(by=request.user)):
        set_covered_counts([entry])
        sentence = ngettext(
            "%(whom)s is off-limits. %(count)s person left out of every queue.",
            "%(whom)s is off-limits. %(count)s people left out of every queue.",
            entry.covered_count,
        )
        messages.success(request, sentence % {"whom": entry.whom, "count": number(entry.covered_count)})
        return (
            redirect("contacts:detail", workspace.slug, contact.pk)
            if contact
            else redirect("off_limits:list", workspace.slug)
        )
    return render(request, "off_limits/form.html", {"section": "off_limits", "form": form, "contact": contact})


@workspace_page(Role.MANAGER, "POST")
def off_limits_lift(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    entry = get_object_or_404(workspace.off_limits.select_related("contact"), pk=pk)
    try:
        lift_off_limits(entry=entry, by=request.user, reason=posted_text(request.POST, "reason"))
        messages.success(request, _("%(whom)s is no longer off-limits and may be called again.") % {"whom": entry.whom})
    except ValidationError as error:
        messages.error(request, error.message)
    return redirect("off_limits:list", workspace.slug)
