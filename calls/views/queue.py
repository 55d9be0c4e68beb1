from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import now

from calls.queue.explanations import waiting_groups
from calls.queue.ranking import queue, ready_counts
from campaigns.filters import QueueFilter
from campaigns.tables import QueueTable
from config.ui.lists.tables import table_page
from markets.models import Role, User, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page


@workspace_page(Role.VIEWER)
def queue_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """The Active campaigns with the number of contacts who are ready in each."""
    campaigns = list(workspace.campaigns.active().select_related("market").order_by("name", "pk"))
    ready = ready_counts(workspace, campaigns, now(), by=_caller(request))
    context = {"section": "queue", "rows": [(campaign, ready.get(campaign.pk, 0)) for campaign in campaigns]}
    return render(request, "calls/queues.html", context)


@workspace_page(Role.VIEWER)
def campaign_queue(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponseBase:
    """The queue of a campaign with the reason of each rank; filtered by state, the contacts who wait and why."""
    campaign = get_object_or_404(workspace.campaigns.select_related("market", "workspace"), pk=pk)
    moment = now()
    by = _caller(request)
    members = queue(workspace, [campaign], moment, by=by)
    return table_page(
        request,
        "campaigns/queue.html",
        table_class=QueueTable,
        filterset=QueueFilter(
            request.GET,
            members.select_related("contact__workspace", "leased_by", "assigned_to"),
            workspace=workspace,
        ),
        context={"section": "queue", "campaign": campaign, "waits": waiting_groups(campaign, moment, by)},
        workspace=workspace,
        moment=moment,
        can_call=request.access.can_call and campaign.is_active,
    )


def _caller(request: WorkspaceRequest) -> User | None:
    """The user, if they may call: the queue is shown as it will be handed to them."""
    return request.user if request.access.can_call else None
