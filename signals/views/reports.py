from datetime import date, datetime

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from calls.metrics.presentation import METRICS, Scope
from campaigns.models import Campaign
from config.ui.lists.exports import workbook_response
from config.ui.periods import Period
from markets.models import AuditAction, Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page
from markets.workspaces.audit import try_to_record_event
from signals.report.build import build
from signals.report.differences import differences
from signals.report.freeze import NotCompleted, freeze_again
from signals.report.languages import in_language
from signals.report.shape import SECTIONS, Document
from signals.report.workbook import sheets


@workspace_page(Role.VIEWER)
def campaign_report(
    request: WorkspaceRequest, workspace: Workspace, pk: int, version: int | None = None
) -> HttpResponseBase:
    """A frozen report, by default the newest; before there is one, a preview of what would be frozen now."""
    campaign = get_object_or_404(workspace.campaigns.select_related("workspace", "market", "owner", "follows"), pk=pk)
    versions = list(campaign.reports.select_related("made_by").defer("document").order_by("-version"))
    report = next((each for each in versions if version in (None, each.version)), None)
    if version is not None and report is None:
        raise Http404
    document: Document = report.document if report else build(campaign)
    if request.GET.get("_export") == "xlsx":
        return _workbook(request, workspace, campaign, document)
    context = {
        "section": "campaigns",
        "campaign": campaign,
        "report": report,
        "versions": versions,
        "document": in_language(document),
        "sections": list(SECTIONS),
        "links": _links(request, workspace, campaign, document),
        "differences": differences(campaign, document) if report else None,
    }
    return render(request, "reports/detail.html", context)


@workspace_page(Role.MANAGER, "POST")
def report_freeze(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    campaign = get_object_or_404(workspace.campaigns, pk=pk)
    try:
        report = freeze_again(campaign=campaign, by=request.user)
    except NotCompleted as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Version %(version)s of the report is frozen.") % {"version": report.version})
    return redirect("campaigns:report", workspace.slug, campaign.pk)


def _workbook(
    request: WorkspaceRequest, workspace: Workspace, campaign: Campaign, document: Document
) -> HttpResponseBase:
    try_to_record_event(
        workspace=workspace,
        user=request.user,
        action=AuditAction.REPORT_EXPORTED,
        subject=campaign,
        summary="Exported the report as XLSX",
    )
    name = slugify(f"report {document['about']['name']} {document['as_of'][:10]}")
    return workbook_response(sheets(document), name)


def _links(
    request: WorkspaceRequest, workspace: Workspace, campaign: Campaign, document: Document
) -> dict[str, object]:
    """Where the numbers, people and next steps of a report lead. Numbers lead to their rows as of its day."""
    day = workspace.day_of(datetime.fromisoformat(document["as_of"]))
    scope = Scope(workspace, Period(as_of=_past(workspace, day)), campaign=campaign)
    return {
        "slug": workspace.slug,
        "metrics": {name: scope.list_url(name) for name in METRICS},
        "steps": _steps(workspace, campaign, is_manager=request.access.can_manage),
    }


def _past(workspace: Workspace, day: date) -> date | None:
    return day if day < workspace.today() else None


def _steps(workspace: Workspace, campaign: Campaign, *, is_manager: bool) -> dict[str, dict[str, str]]:
    members = reverse("campaigns:members", args=[workspace.slug, campaign.pk])
    steps = {
        "callbacks": (f"{reverse('callbacks:list', args=[workspace.slug])}?campaign={campaign.pk}", _("See callbacks")),
        "meetings": (f"{reverse('meetings:list', args=[workspace.slug])}?campaign={campaign.pk}", _("See meetings")),
        "repairs": (reverse("repairs:list", args=[workspace.slug]), _("Repair numbers")),
        "uncalled": (f"{members}?state=uncalled", _("See people")),
        "members": (members, _("See people")),
    }
    if is_manager and (follow_up := _follow_up(workspace, campaign)):
        steps["follow_up"] = (follow_up, pgettext("verb", "Follow up"))
    return {action: {"href": href, "label": label} for action, (href, label) in steps.items()}


def _follow_up(workspace: Workspace, campaign: Campaign) -> str:
    try:
        return reverse("campaigns:follow_up", args=[workspace.slug, campaign.pk])
    except NoReverseMatch:
        return ""
