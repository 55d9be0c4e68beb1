from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from calls.metrics.comparison.page import MOST_COMPARED, compare
from campaigns.models import Campaign
from config.ui.forms import as_id
from markets.models import Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page
from markets.workspaces.page_period import page_period

PERIOD = ("period", "from", "to", "as_of")


@workspace_page(Role.VIEWER)
def campaign_compare(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """Up to five campaigns side by side: `?campaign=1&campaign=2`, or `?campaign=1,2`."""
    ids = [as_id(text) for each in request.GET.getlist("campaign") for text in each.split(",") if text]
    # The period control keeps one value of each parameter.
    query = {name: request.GET[name] for name in PERIOD if name in request.GET}
    query["campaign"] = ",".join(str(pk) for pk in dict.fromkeys(ids) if pk is not None)
    choice = page_period(request, workspace, query=query)
    known = workspace.campaigns.as_of(workspace, choice.period.as_of).select_related("market")
    offered = {campaign.pk: campaign for campaign in known.order_by("market__name", "name", "pk")}
    found = [offered[pk] for pk in dict.fromkeys(ids) if pk in offered]
    campaigns = found[:MOST_COMPARED]
    context = {
        "section": "campaigns",
        "choice": choice,
        "campaigns": campaigns,
        "offered": [campaign for campaign in offered.values() if campaign not in campaigns],
        "is_full": len(campaigns) == MOST_COMPARED,
        "comparison": compare(workspace, campaigns, choice.period) if len(campaigns) > 1 else None,
        "problem": _problem(found, set(ids)),
    }
    return render(request, "campaigns/compare.html", context)


def _problem(found: list[Campaign], asked: set[int | None]) -> str:
    if len(found) > MOST_COMPARED:
        return _("Up to %(most)s campaigns can be compared. These are the first %(most)s.") % {
            "most": MOST_COMPARED,
        }
    if len(found) < len(asked):
        return _("Some of the chosen campaigns aren't here.")
    return ""
