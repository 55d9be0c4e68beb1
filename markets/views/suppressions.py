from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from config.ui.forms import save_or_add_error
from config.ui.lists.tables import table_page
from markets.filters import SuppressionFilter
from markets.forms import ReasonForm, SuppressionForm
from markets.models import Role, Workspace
from markets.models.suppressions import set_covered_counts
from markets.suppressions.services import lift
from markets.tables import SuppressionTable
from markets.workspaces.access import WorkspaceRequest, workspace_page


@workspace_page(Role.VIEWER)
def suppression_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponseBase:
    rows = workspace.suppressions.select_related("contact", "created_by", "lifted_by")
    is_ordered_by_covered = request.GET.get("sort", "").removeprefix("-") == "covered_count"
    if needs_all := is_ordered_by_covered or "_export" in request.GET:
        rows = rows.with_covered()
    return table_page(
        request,
        "suppressions/list.html",
        table_class=SuppressionTable,
        filterset=SuppressionFilter(request.GET, rows, workspace=workspace),
        complete_page=None if needs_all else set_covered_counts,
        context={"section": "suppressions"},
        workspace=workspace,
        can_lift=request.access.can_manage,
    )


@workspace_page(Role.CALLER, "GET POST")
def suppression_create(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    form = SuppressionForm(request.POST or None, workspace=workspace)
    form.instance.created_by = request.user
    if form.is_valid() and save_or_add_error(form):
        messages.success(request, form.confirmation)
        return redirect("suppressions:list", workspace.slug)
    return render(request, "suppressions/form.html", {"section": "suppressions", "form": form})


@workspace_page(Role.MANAGER, "POST")
def suppression_lift(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    suppression = get_object_or_404(workspace.suppressions, pk=pk)
    form = ReasonForm(request.POST)
    try:
        if form.is_valid():
            lift(suppression=suppression, by=request.user, reason=form.cleaned_data["reason"])
            messages.success(request, _("The suppression is lifted; who it was for may be called again."))
        else:
            messages.error(request, _("Say why the suppression is lifted, in at most 500 characters."))
    except ValidationError as error:
        messages.error(request, error.message)
    return redirect("suppressions:list", workspace.slug)
