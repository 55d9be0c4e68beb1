from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from calls.forms import CorrectionForm
from calls.log.services import amend
from calls.log.validation import CallRefused
from calls.views.calls import may_void
from markets.models import Role, User, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page


@workspace_page(Role.CALLER, "GET POST")
def call_correct(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Corrects the fields of a call, with a reason."""
    calls = workspace.calls.select_related("contact", "campaign__workspace", "meeting")
    call = get_object_or_404(calls.exclude(disposition=""), pk=pk)
    if not may_void(request, call):
        raise PermissionDenied(_("A caller may correct their own calls of the same day; ask a manager for this one."))
    form = CorrectionForm(request.POST or None, call=call)
    if _save(form, by=request.user):
        messages.success(request, _("The call is corrected, and so is everything that follows from it."))
        form.report_merge(request)
        return redirect("calls:detail", workspace.slug, pk)
    context = {"section": "calls", "call": call, "form": form}
    return render(request, "calls/correct.html", context, status=form.status_code)


@transaction.atomic
def _save(form: CorrectionForm, *, by: User) -> bool:
    if not form.is_valid():
        return False
    try:
        amend(call=form.call, by=by, reason=form.cleaned_data["reason"], **form.changes())
    except CallRefused as refused:
        form.add_error(form.field_for(refused.code), str(refused))
        return False
    return True
