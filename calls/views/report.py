from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import now

from calls.figures import Scope, figures
from calls.metrics import callable_people, called_in, totals
from calls.reports import outcomes
from calls.returns import attempts_chart, by_attempt, by_time, times_chart
from calls.waiting import waits
from config.ui.periods import choose_period
from markets.access import workspace_page
from markets.models import Role, Workspace


@workspace_page(Role.VIEWER)
def campaign_report(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """What a campaign came to, to print or hand on: figures, outcomes, returns, times, its life, and what is left."""
    campaign = get_object_or_404(workspace.campaigns.select_related("workspace", "market", "owner"), pk=pk)
    this = workspace.campaigns.filter(pk=pk)
    choice = choose_period(request.GET, workspace.today())
    scope = Scope(workspace, choice.period, campaign=campaign)
    counts = totals(workspace, this, choice.period) | {"callable": callable_people(this)}
    context = {
        "section": "campaigns",
        "campaign": campaign,
        "choice": choice,
        "scope": scope,
        "moment": now(),
        "figures": figures(counts, scope),
        "further": figures(counts, scope, ("coverage", "reach", "callable")),
        "outcomes": outcomes(scope),
        "attempts": attempts_chart(by_attempt(workspace, this, choice.period)),
        "times": times_chart(by_time(workspace, this, choice.period)),
        "changes": campaign.status_changes.select_related("changed_by").order_by("changed_at", "id"),
        "uncalled": campaign.members.current().filter(~called_in(workspace)).count(),
        "waits": waits(campaign, now()),
    }
    return render(request, "campaigns/report.html", context)
