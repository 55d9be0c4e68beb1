from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from calls.filters import CallFilter
from calls.log.correction_display import field_changes
from calls.log.services import void
from calls.log.validation import CallRefused
from calls.models import Call
from calls.tables import CallTable
from config.ui.lists.tables import table_page
from markets.forms import ReasonForm
from markets.models import Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page
from signals.suggestions.services import suggest

UNDONE = gettext_noop("Undone right after it was recorded")


@workspace_page(Role.VIEWER)
def call_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponseBase:
    calls = workspace.calls.select_related("contact", "campaign", "caller")
    return table_page(
        request,
        "calls/list.html",
        table_class=CallTable,
        filterset=CallFilter(request.GET, calls, workspace=workspace),
        context={"section": "calls"},
        workspace=workspace,
    )


@workspace_page(Role.VIEWER)
def call_detail(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    calls = workspace.calls.select_related("contact", "campaign__market", "caller", "voided_by", "meeting")
    call = get_object_or_404(calls.prefetch_related("signals"), pk=pk)
    corrections = call.corrections.select_related("corrected_by").order_by("-corrected_at", "-id")
    context = {
        "section": "calls",
        "call": call,
        "may_void": may_void(request, call),
        "suggestions": suggest(call) if request.access.can_call else [],
        "decided": getattr(request.htmx, "target", "") == "suggestions",
        "corrections": [(each, list(field_changes(each))) for each in corrections],
    }
    return render(request, "calls/detail.html", context)


@workspace_page(Role.CALLER, "POST")
def call_void(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    call = get_object_or_404(workspace.calls.select_related("campaign"), pk=pk)
    if not may_void(request, call):
        raise PermissionDenied(_("A caller may void their own calls of the same day; ask a manager for this one."))
    form = ReasonForm(request.POST)
    try:
        if form.is_valid():
            void(call=call, by=request.user, reason=form.cleaned_data["reason"])
            messages.success(request, _("The call is voided; everything that followed from it is taken back."))
        else:
            messages.error(request, _("Say why the call is voided, in at most 500 characters."))
    except CallRefused as refused:
        messages.error(request, str(refused))
    return redirect("calls:detail", workspace.slug, pk)


@workspace_page(Role.CALLER, "POST")
def call_undo(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Voids a call that was just recorded, and shows its form again with the same values."""
    call = get_object_or_404(workspace.calls.select_related("campaign", "contact"), pk=pk)
    if not may_void(request, call):
        raise PermissionDenied(_("You can undo your own calls of the same day. Ask a manager to void this one."))
    try:
        void(call=call, by=request.user, reason=UNDONE)
    except CallRefused as refused:
        messages.error(request, str(refused))
        return redirect("calls:detail", workspace.slug, pk)
    text = _("Undone: %(outcome)s, %(person)s. It can be recorded again.")
    messages.success(request, text % {"outcome": call.get_disposition_display(), "person": call.contact})
    form = reverse("campaigns:call", args=[workspace.slug, call.campaign_id, call.contact_id])
    return redirect(f"{form}?undone={call.pk}")


def may_void(request: WorkspaceRequest, call: Call) -> bool:
    """Managers may void any call; callers may void their own on the same day."""
    workspace = request.access.workspace
    if request.access.can_manage:
        return True
    is_own = request.access.can_call and call.caller_id == request.user.pk
    return is_own and workspace.day_of(call.started_at) == workspace.today()
