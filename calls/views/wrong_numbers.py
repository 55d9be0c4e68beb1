from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from calls.filters import RepairFilter
from calls.log.wrong_numbers import wrong_number_calls
from calls.tables import RepairTable
from config.ui.forms import save_or_add_error
from config.ui.tables import table_page
from markets.forms import PhoneForm
from markets.models import Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page


@workspace_page(Role.VIEWER)
def repair_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponseBase:
    """The contacts whose number is wrong. Callers can save a new one in the row."""
    calls = wrong_number_calls(workspace).select_related("contact", "campaign", "caller").newest_first()
    return table_page(
        request,
        "repairs/list.html",
        table_class=RepairTable,
        filterset=RepairFilter(request.GET, calls, workspace=workspace),
        context={"section": "repairs"},
        workspace=workspace,
        can_call=request.access.can_call,
    )


@workspace_page(Role.CALLER, "POST")
def repair_save(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Saves a new number and returns to the list with its filters."""
    contact = get_object_or_404(workspace.contacts.select_related("workspace"), pk=pk)
    form = PhoneForm(request.POST, contact=contact, by=request.user)
    if form.is_valid() and save_or_add_error(form):
        messages.success(request, f"{contact} can be reached at {contact.phone} from now on, in every campaign.")
    else:
        sentences = " ".join(str(sentence) for errors in form.errors.values() for sentence in errors)
        messages.error(request, f"{contact}: {sentences}")
    query = request.GET.urlencode()
    return redirect(reverse("repairs:list", args=[workspace.slug]) + (f"?{query}" if query else ""))
