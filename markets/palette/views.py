from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from config.ui.lists.addresses import replace_while_typing
from markets.models import Role, Workspace
from markets.palette.finding import find
from markets.workspaces.access import WorkspaceRequest, workspace_page

MOST_ON_THE_PAGE = 10
MOST_IN_THE_PALETTE = 5
FRAGMENTS = {"palette-results": "search/options.html", "results": "search/page.html#results"}
"""By the id of what htmx fills."""


@workspace_page(Role.VIEWER)
def search(request: WorkspaceRequest, workspace: Workspace) -> HttpResponseBase:
    """What `?q=` finds: as a page, as its results alone, or as the options of the palette."""
    target = request.htmx.target if request.htmx else None
    most = MOST_IN_THE_PALETTE if target == "palette-results" else MOST_ON_THE_PAGE
    found = find(request.access, request.GET.get("q", ""), most=most)
    context = {"section": "search", "found": found}
    response = render(request, FRAGMENTS.get(target or "", "search/page.html"), context)
    replace_while_typing(request, response, {"q"})
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response
