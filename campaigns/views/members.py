from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect

from campaigns.filters import EnrollFilter, MemberFilter
from campaigns.forms import RemovalForm
from campaigns.membership import CampaignClosed, enroll, landscape_of, remove
from campaigns.tables import MemberTable
from config.ui.forms import as_id
from config.ui.tables import table_page
from markets.models import Role, Workspace
from markets.off_limits.services import mark_contacts
from markets.tables import EnrollTable
from markets.workspaces.access import WorkspaceRequest, workspace_page

MAX_SELECTED = 10_000


@workspace_page(Role.VIEWER)
def campaign_members(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponseBase:
    campaign = get_object_or_404(workspace.campaigns.select_related("market"), pk=pk)
    members = campaign.members.select_related("contact").order_by("contact__full_name", "pk")
    return table_page(
        request,
        "campaigns/members.html",
        table_class=MemberTable,
        filterset=MemberFilter(request.GET, members, workspace=workspace),
        context={"section": "campaigns", "campaign": campaign},
        complete_page=lambda members: mark_contacts([member.contact for member in members]),
        workspace=workspace,
        can_call=request.access.can_call and campaign.is_active,
        can_manage=request.access.can_manage and not campaign.is_completed,
    )


@workspace_page(Role.MANAGER, "GET POST")
def members_choose(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponseBase:
    """The landscape, filtered. POST enrolls the ticked contacts, or all contacts of the filter."""
    campaign = get_object_or_404(workspace.campaigns.select_related("market"), pk=pk)
    filterset = EnrollFilter(request.GET, landscape_of(campaign), workspace=workspace, campaign=campaign)
    if request.method == "POST":
        all_filtered = "everybody" in request.POST and filterset.is_valid()
        contacts = filterset.qs.values_list("pk", flat=True) if all_filtered else selected_ids(request)
        try:
            count = len(enroll(campaign=campaign, contacts=contacts, by=request.user))
            messages.success(request, f"{count:,} {'person is' if count == 1 else 'people are'} new in {campaign}.")
        except CampaignClosed as closed:
            messages.error(request, str(closed))
        return redirect("campaigns:detail", workspace.slug, campaign.pk)
    return table_page(
        request,
        "campaigns/choose.html",
        table_class=EnrollTable,
        filterset=filterset,
        context={"section": "campaigns", "campaign": campaign},
        workspace=workspace,
        complete_page=mark_contacts,
        per_page=50,
        extra_columns=filterset.custom_columns,
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


def selected_ids(request: WorkspaceRequest) -> list[int]:
    """The ids of the ticked contacts. Invalid ids are ignored."""
    ids = (as_id(text) for text in request.POST.getlist("contact")[:MAX_SELECTED])
    return [pk for pk in ids if pk is not None]
