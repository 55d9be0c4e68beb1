from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect

from campaigns.filters import MemberFilter
from campaigns.forms import RemovalForm
from campaigns.forms.callers import AssignForm
from campaigns.membership import CampaignClosed, remove
from campaigns.models import SavedView
from campaigns.tables import MemberTable
from campaigns.viewing.menu import view_menu
from config.ui.forms import as_id
from config.ui.lists.tables import NextStep, table_page
from markets.models import Role, Workspace
from markets.off_limits.services import mark_contacts
from markets.workspaces.access import WorkspaceRequest, workspace_page

MAX_SELECTED = 10_000


@workspace_page(Role.VIEWER)
def campaign_members(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponseBase:
    campaign = get_object_or_404(workspace.campaigns.select_related("market"), pk=pk)
    views = view_menu(request, workspace, SavedView.List.MEMBERS)
    if views.redirect:
        return redirect(views.redirect)
    members = campaign.members.select_related("contact", "assigned_to").order_by("contact__full_name", "pk")
    return table_page(
        request,
        "campaigns/members.html",
        table_class=MemberTable,
        next_steps=[]
        if campaign.is_completed
        else [NextStep("Choose people", "campaigns:choose", "can_manage", args=(campaign.pk,))],
        filterset=MemberFilter(request.GET, members, workspace=workspace),
        context={
            "section": "campaigns",
            "campaign": campaign,
            "assign": AssignForm(workspace=workspace),
            "views": views,
        },
        complete_page=lambda members: mark_contacts([member.contact for member in members]),
        workspace=workspace,
        can_call=request.access.can_call and campaign.is_active,
        can_manage=request.access.can_manage and not campaign.is_completed,
    )


@workspace_page(Role.MANAGER, "POST")
def members_remove(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    campaign = get_object_or_404(workspace.campaigns, pk=pk)
    form = RemovalForm(request.POST)
    try:
        if form.is_valid():
            count = remove(
                campaign=campaign, contacts=selected_ids(request), by=request.user, reason=form.cleaned_data["reason"]
            )
            messages.success(request, f"{count:,} removed from {campaign}; their calls stay counted.")
        else:
            messages.error(request, "Say why they are removed, in at most 500 characters. Nobody was removed.")
    except CampaignClosed as closed:
        messages.error(request, str(closed))
    return redirect("campaigns:members", workspace.slug, campaign.pk)


def selected_ids(request: WorkspaceRequest, name: str = "contact") -> list[int]:
    """The ids of the ticked contacts. Invalid ids are ignored."""
    ids = (as_id(text) for text in request.POST.getlist(name)[:MAX_SELECTED])
    return [pk for pk in ids if pk is not None]
