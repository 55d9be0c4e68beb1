from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import now

from calls.metrics.attempts_and_hours import attempts_chart, by_attempt, by_hour, hours_chart
from calls.metrics.definitions import call_totals, callable_contacts, current_members, hour_counts, totals, was_called
from calls.metrics.outcomes import count_outcomes
from calls.metrics.presentation import SECONDARY_METRICS, Scope, build_figures
from calls.queue.explanations import waiting_groups
from config.ui.periods import ALL_TIME
from markets.models import Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page
from markets.workspaces.page_period import page_period


@workspace_page(Role.VIEWER)
def campaign_performance(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """A campaign in numbers, live: figures, outcomes, attempts, times, status history and remaining contacts."""
    campaign = get_object_or_404(workspace.campaigns.select_related("workspace", "market", "owner"), pk=pk)
    queryset = workspace.campaigns.filter(pk=pk)
    choice = page_period(request, workspace, default="all", since=workspace.day_of(campaign.created_at))
    scope = Scope(workspace, choice.period, campaign=campaign)
    before = choice.period.before()
    earlier = call_totals(workspace, queryset, before) if before else None
    counts = totals(workspace, queryset, choice.period, with_outcomes=True) | callable_contacts(queryset, choice.period)
    hours, as_of = hour_counts(workspace, choice.period).filter(campaign=campaign), choice.period.as_of
    campaign.status = campaign.status_on(as_of)
    changes = campaign.status_changes.filter(workspace.in_days("changed_at", None, as_of))
    ever = ALL_TIME.with_as_of(as_of)
    context = {
        "section": "campaigns",
        "campaign": campaign,
        "choice": choice,
        "scope": scope,
        "moment": now(),
        "figures": build_figures(counts, scope, before=earlier),
        "further": build_figures(counts, scope, SECONDARY_METRICS),
        "outcomes": count_outcomes(scope, counts),
        "attempts": attempts_chart(by_attempt(workspace, queryset, choice.period), scope),
        "times": hours_chart(by_hour(hours), scope),
        "changes": changes.select_related("changed_by").order_by("changed_at", "id"),
        "uncalled": current_members(workspace, ever).filter(~was_called(workspace, ever), campaign=campaign).count(),
        "waits": [] if as_of else waiting_groups(campaign, now()),
    }
    return render(request, "campaigns/performance.html", context)
