from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from calls.filters import OpenRepairFilter, RepairFilter
from calls.log.wrong_numbers import contacts_to_repair, wrong_number_calls
from calls.tables import NumberForms, OpenRepairTable, RepairTable
from config.ui.forms import save_or_add_error
from config.ui.lists.filters import WorkspaceFilterSet
from config.ui.lists.tables import table_page
from markets.forms import PhoneForm
from markets.models import Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page


@workspace_page(Role.VIEWER)
def repair_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponseBase:
    """The contacts whose number is not valid or wrong, or the history of wrong ones. Callers can save a new number in
    the row."""
    filterset: WorkspaceFilterSet
    table_class: type[NumberForms]
    if request.GET.get("state") in ("repaired", "all"):
        calls = wrong_number_calls(workspace).select_related("contact", "campaign", "caller").newest_first()
        filterset, table_class = RepairFilter(request.GET, calls, workspace=workspace), RepairTable
    else:
        contacts = contacts_to_repair(workspace).order_by(F("found_at").desc(nulls_last=True), "full_name", "pk")
        filterset, table_class = OpenRepairFilter(request.GET, contacts, workspace=workspace), OpenRepairTable
    return table_page(
        request,
        "repairs/list.html",
        table_class=table_class,
        filterset=filterset,
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
        text = _("%(person)s can be reached at %(phone)s from now on, in every campaign.")
        messages.success(request, text % {"person": contact, "phone": contact.phone})
    else:
        sentences = " ".join(str(sentence) for errors in form.errors.values() for sentence in errors)
        messages.error(request, f"{contact}: {sentences}")
    query = request.GET.urlencode()
    return redirect(reverse("repairs:list", args=[workspace.slug]) + (f"?{query}" if query else ""))
