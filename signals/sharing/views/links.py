from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Max, OuterRef, Subquery
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.models import CampaignReport
from config.db.expressions import RowCount
from config.ui.lists.tables import table_page
from markets.models import Market, Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page
from signals.sharing.filters import SharedLinkFilter
from signals.sharing.forms import ShareForm
from signals.sharing.links import revoke
from signals.sharing.tables import SharedLinkTable


@workspace_page(Role.MANAGER)
def link_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponseBase:
    visits = workspace.audit_events.filter(action="link_visited", subject_kind="sharedlink", subject_id=OuterRef("pk"))
    last = visits.order_by().values("subject_id").annotate(last=Max("happened_at")).values("last")
    links = workspace.shared_links.select_related("market", "report__campaign", "created_by").defer(
        "document", "report__document"
    )
    return table_page(
        request,
        "shared/list.html",
        table_class=SharedLinkTable,
        filterset=SharedLinkFilter(
            request.GET, links.annotate(visit_count=RowCount(visits), last_visit_at=Subquery(last)), workspace=workspace
        ),
        context={"section": "shared"},
        workspace=workspace,
    )


@workspace_page(Role.MANAGER, "GET POST")
def market_share(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    return _share(request, get_object_or_404(workspace.markets, pk=pk))


@workspace_page(Role.MANAGER, "GET POST")
def report_share(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    return _share(request, get_object_or_404(workspace.campaign_reports.select_related("campaign__market"), pk=pk))


def _share(request: WorkspaceRequest, thing: CampaignReport | Market) -> HttpResponse:
    """The form. POST shows the link, which cannot be shown again, instead of redirecting."""
    chosen = {"period": request.GET["period"]} if request.GET.get("period") else {}
    form = ShareForm(request.POST or None, thing=thing, initial=chosen)
    shared = form.save(request.user) if form.is_bound else None
    context: dict[str, object] = {"section": "shared", "form": form, "thing": thing}
    if shared is None:
        return render(request, "shared/form.html", context)
    link, token = shared
    url = request.build_absolute_uri(reverse("shared_page", args=[token]))
    return render(request, "shared/created.html", {"section": "shared", "link": link, "url": url})


@workspace_page(Role.MANAGER, "POST")
def link_revoke(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    link = get_object_or_404(workspace.shared_links.select_related("workspace"), pk=pk)
    try:
        revoke(link=link, by=request.user)
        messages.success(request, _("Link for %(link)s revoked. It no longer opens.") % {"link": link})
    except ValidationError as refused:
        messages.error(request, refused.message)
    return redirect("shared:list", workspace.slug)
