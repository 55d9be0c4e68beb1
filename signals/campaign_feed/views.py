from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from campaigns.tasks.views import tasks_context
from config.ui.lists.tables import PER_PAGE, page_of
from markets.models import Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page
from signals.campaign_feed.feed import KINDS, CampaignFeed

MOST_IN_PANEL = 6


@workspace_page(Role.VIEWER)
def campaign_feed(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Everything that happened to a campaign. htmx gets a page of it or, for the campaign's page, the newest events."""
    campaign = get_object_or_404(workspace.campaigns.select_related("market"), pk=pk)
    target = request.htmx.target if request.htmx else ""
    context: dict[str, object] = {"section": "campaigns", "campaign": campaign}
    if target == "activity":
        context |= tasks_context(campaign) | {"events": CampaignFeed(campaign)[:MOST_IN_PANEL]}
        response = render(request, "feed/activity.html", context)
    else:
        template = "feed/events.html" if target == "feed" else "feed/page.html"
        response = render(request, template, context | _page(request, campaign))
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def _page(request: WorkspaceRequest, campaign: Any) -> dict[str, object]:
    """The requested page of the feed, with notices about invalid query parameters."""
    kind = request.GET.get("kind", "")
    is_valid = kind in ("", *KINDS)
    feed: Any = CampaignFeed(campaign, kind) if is_valid else []
    events, notices = page_of(Paginator(feed, PER_PAGE), request.GET.get("page", ""))
    if not is_valid:
        given = {"kind": kind[:40], "kinds": ", ".join(KINDS)}
        notices = [_("There is no kind of event “%(kind)s”; use one of %(kinds)s.") % given, *notices]
    return {"events": events, "kind": kind if is_valid else "", "kinds": KINDS, "notices": notices}
