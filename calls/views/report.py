from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import now

from calls.metrics.attempts_and_hours import attempts_chart, by_attempt, by_time, times_chart
from calls.metrics.definitions import callable_people, called_in, hour_counts, members_of, totals
from calls.metrics.outcomes import outcomes
from calls.metrics.presentation import FURTHER, Scope, figures
from calls.queue.explanations import waiting_groups
from config.ui.periods import ALL_TIME, choose_period
from markets.models import Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page


@workspace_page(Role.VIEWER)
def campaign_report(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """What a campaign came to, to print or hand on: figures, outcomes, returns, times, its life, and what is left."""
    campaign = get_object_or_404(workspace.campaigns.select_related("workspace", "market", "owner"), pk=pk)
    this = workspace.campaigns.filter(pk=pk)
    choice = choose_period(request.GET, workspace.today(), since=workspace.day_of(campaign.created_at))
    scope = Scope(workspace, choice.period, campaign=campaign)
    counts = totals(workspace, this, choice.period, in_full=True) | callable_people(this, choice.period)
    hours, as_of = hour_counts(workspace, choice.period).filter(campaign=campaign), choice.period.as_of
    campaign.status = campaign.status_on(as_of)
    changes = campaign.status_changes.filter(workspace.in_days("changed_at", None, as_of))
    ever = ALL_TIME.known(as_of)
    context = {
        "section": "campaigns",
        "campaign": campaign,
        "choice": choice,
        "scope": scope,
        "moment": now(),
        "figures": figures(counts, scope),
        "further": figures(counts, scope, FURTHER),
        "outcomes": outcomes(scope, counts),
        "attempts": attempts_chart(by_attempt(workspace, this, choice.period), scope),
        "times": times_chart(by_time(hours), scope),
        "changes": changes.select_related("changed_by").order_by("changed_at", "id"),
        "uncalled": members_of(workspace, ever).filter(~called_in(workspace, ever), campaign=campaign).count(),
        "waits": [] if as_of else waiting_groups(campaign, now()),
    }
    return render(request, "campaigns/report.html", context)
