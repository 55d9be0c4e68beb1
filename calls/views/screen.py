from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from calls.forms import CallForm
from calls.recording import CallRefused
from markets.access import workspace_page
from markets.models import Role, Workspace
from signals.capturing import record_with_signals
from signals.intelligence import history_of


@workspace_page(Role.CALLER, "GET POST")
def call_create(request: HttpRequest, workspace: Workspace, pk: int, contact: int) -> HttpResponse:
    """The form for one call to one member of a campaign."""
    campaign = get_object_or_404(workspace.campaigns.select_related("market"), pk=pk)
    member = get_object_or_404(campaign.members.select_related("contact__workspace"), contact=contact)
    form = CallForm(request.POST or None)
    if form.is_valid():
        try:
            new = form.call(member.contact, request.user)
            call = record_with_signals(campaign=campaign, new=new, heard=form.heard())
            messages.success(request, f"Recorded: {call.get_disposition_display()}, {call.contact}.")
            return redirect("campaigns:members", workspace.slug, campaign.pk)
        except CallRefused as refused:
            form.add_error(refused.code if refused.code in form.fields else None, str(refused))
    context = {"section": "campaigns", "campaign": campaign, "member": member, "form": form}
    return render(request, "calls/form.html", context | history_of(member.contact))
