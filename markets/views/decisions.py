"""Rows of imports whose external ID another person has: the list, and a manager's decision on each."""

from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from campaigns.decisions import Decision, DecisionRefused, decide, waiting_rows
from config.ui.lists.tables import PER_PAGE, page_of
from markets.models import ImportRejection, Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page


@workspace_page(Role.VIEWER)
def decision_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    undecided = workspace.import_rejections.undecided().select_related("job").order_by("-job", "line")
    page, notices = page_of(Paginator(undecided, PER_PAGE), request.GET.get("page", ""))
    rows = waiting_rows(workspace, cast("list[ImportRejection]", list(page)))
    context = {"section": "imports", "page": page, "rows": rows, "notices": notices}
    return render(request, "imports/decisions.html", context)


@workspace_page(Role.MANAGER, "POST")
def decision_save(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    rejection = get_object_or_404(workspace.import_rejections, pk=pk)
    decision = request.POST.get("decision", "")
    try:
        if decision not in list(Decision):
            raise DecisionRefused(_("Choose whom the row means: the same person, another person, or leave it out."))
        contact = decide(rejection=rejection, decision=Decision(decision), by=request.user)
        messages.success(
            request, _("The row is in: %(contact)s.") % {"contact": contact} if contact else _("Row skipped.")
        )
    except DecisionRefused as refused:
        messages.error(request, str(refused))
    return redirect("imports:decisions", workspace.slug)
