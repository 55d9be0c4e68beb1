from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from campaigns.bulk.selection import PeopleList
from campaigns.bulk.views.bar import complete_with, selection_bar
from campaigns.filters import MemberFilter
from campaigns.models import SavedView
from campaigns.tables import MemberTable
from campaigns.viewing.menu import view_menu
from config.ui.forms import as_id
from config.ui.lists.tables import NextStep, table_page
from markets.models import Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page

MAX_SELECTED = 10_000


@workspace_page(Role.VIEWER)
def campaign_members(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponseBase:
    campaign = get_object_or_404(workspace.campaigns.select_related("market"), pk=pk)
    views = view_menu(request, workspace, SavedView.List.MEMBERS)
    if views.redirect:
        return redirect(views.redirect)
    members = campaign.members.select_related("contact", "assigned_to").order_by("contact__full_name", "pk")
    filterset = MemberFilter(request.GET, members, workspace=workspace)
    bar = selection_bar(request, PeopleList(workspace, campaign=campaign), filterset)
    return table_page(
        request,
        "campaigns/members.html",
        table_class=MemberTable,
        next_steps=[]
        if campaign.is_completed
        else [NextStep(_("Choose people"), "campaigns:choose", "can_manage", args=(campaign.pk,))],
        filterset=filterset,
        context={"section": "campaigns", "campaign": campaign, "views": views, "bar": bar},
        complete_page=complete_with(bar, lambda member: member.contact),
        workspace=workspace,
        can_call=request.access.can_call and campaign.is_active,
        can_manage=request.access.can_manage and not campaign.is_completed,
        can_select=bar is not None,
    )


def selected_ids(request: WorkspaceRequest, name: str = "contact") -> list[int]:
    """The ids of the ticked contacts. Invalid ids are ignored."""
    ids = (as_id(text) for text in request.POST.getlist(name)[:MAX_SELECTED])
    return [pk for pk in ids if pk is not None]
