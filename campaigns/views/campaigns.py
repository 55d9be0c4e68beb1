from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.metrics.definitions import TABLE_CONTACT_METRICS, day_counts, totals
from calls.metrics.presentation import METRICS, SECONDARY_METRICS, Scope, TotalRow, build_figures
from calls.metrics.row_metrics import set_metrics, with_metrics
from campaigns.filters import CampaignFilter
from campaigns.forms import CampaignForm
from campaigns.lifecycle.transitions import TRANSITIONS, StatusConflict, delete_draft
from campaigns.living import waiting_in
from campaigns.membership import enroll
from campaigns.models import Campaign
from campaigns.tables import ChosenCampaignTable
from campaigns.tags.views import chips_context
from campaigns.views.planning import plan_context, plan_of
from config.ui.formats import number
from config.ui.forms import as_id, focus_first_empty, save_or_add_error
from config.ui.lists.tables import table_page
from config.ui.optimistic_locking import save_edit
from config.ui.periods import Period
from markets.models import ImportJob, Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page
from markets.workspaces.page_period import page_period
from signals.market_page.weekly_chart import weeks


@workspace_page(Role.VIEWER)
def campaign_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponseBase:
    choice = page_period(request, workspace)
    known = workspace.campaigns.as_of(workspace, choice.period.as_of).select_related("market")
    is_ordered_by_metric = request.GET.get("sort", "").removeprefix("-") in METRICS
    if needs_all := is_ordered_by_metric or "_export" in request.GET:
        known = with_metrics(known, workspace, choice.period, TABLE_CONTACT_METRICS)
    filterset = CampaignFilter(request.GET, known.order_by_status(), workspace=workspace)
    return table_page(
        request,
        "campaigns/list.html",
        table_class=ChosenCampaignTable,
        filterset=filterset,
        complete_page=None
        if needs_all
        else lambda campaigns: set_metrics(campaigns, workspace, choice.period, TABLE_CONTACT_METRICS),
        total=lambda: _total(workspace, choice.period, filterset),
        context={"section": "campaigns", "choice": choice, "bulk": "campaigns/panels/bulk_status.html"},
        workspace=workspace,
        period=choice.period,
    )


def _total(workspace: Workspace, period: Period, filterset: CampaignFilter) -> TotalRow | None:
    """The total of the whole list or of one market. Narrower lists have none, because no list shows its rows."""
    if not filterset.chosen <= {"market"}:
        return None
    market = filterset.form.cleaned_data["market"] if filterset.chosen else None
    label, scope = _("Market") if market else _("Workspace"), Scope(workspace, period, market=market)
    counts = totals(workspace, market and market.campaigns.all(), period, TABLE_CONTACT_METRICS)
    return TotalRow(label, scope, counts)


@workspace_page(Role.MANAGER, "GET POST")
def campaign_create(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    template = workspace.campaign_templates.filter(pk=as_id(request.GET.get("template", "")) or 0).first()
    initial = {"market": request.GET.get("market")}
    form = CampaignForm(request.POST or None, workspace=workspace, template=template, initial=initial)
    form.instance.created_by = form.by = request.user
    imported = _imported_people(request, workspace)
    if form.is_valid() and save_or_add_error(form):
        return _after_creation(request, form.instance, imported)
    focus_first_empty(form)
    templates = workspace.campaign_templates.all()
    context = {"section": "campaigns", "form": form, "templates": templates, "template": template, "imported": imported}
    return render(request, "campaigns/form.html", context)


def _imported_people(request: WorkspaceRequest, workspace: Workspace) -> ImportJob | None:
    """The import that `?import=` names: its people are the first of the new campaign."""
    job = workspace.imports.filter(pk=as_id(request.GET.get("import", "")) or 0).first()
    return job if job and job.has_new_people else None


def _after_creation(request: WorkspaceRequest, campaign: Campaign, imported: ImportJob | None) -> HttpResponse:
    people = imported.people.values_list("contact_id", flat=True) if imported else []
    if added := len(enroll(campaign=campaign, contacts=people, by=request.user)):
        words = ngettext(
            "%(campaign)s created as a draft with %(count)s person. Next: activate it.",
            "%(campaign)s created as a draft with %(count)s people. Next: activate it.",
            added,
        )
        messages.success(request, words % {"campaign": campaign, "count": number(added)})
        return redirect("campaigns:detail", campaign.workspace.slug, campaign.pk)
    messages.success(request, _("%(campaign)s created as a draft. Next: choose its people.") % {"campaign": campaign})
    return redirect("campaigns:choose", campaign.workspace.slug, campaign.pk)


@workspace_page(Role.MANAGER, "GET POST")
def campaign_edit(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    campaign = get_object_or_404(workspace.campaigns, pk=pk)
    form = CampaignForm(request.POST or None, instance=campaign, workspace=workspace)
    form.by = request.user
    if save_edit(request, form):
        return redirect("campaigns:detail", workspace.slug, campaign.pk)
    context = {"section": "campaigns", "form": form, "campaign": campaign}
    return render(request, "campaigns/form.html", context, status=form.status_code)


@workspace_page(Role.VIEWER)
def campaign_detail(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    campaign = get_object_or_404(workspace.campaigns.select_related("market", "owner", "follows"), pk=pk)
    return render(request, "campaigns/detail.html", campaign_context(request, workspace, campaign))


def campaign_context(request: WorkspaceRequest, workspace: Workspace, campaign: Campaign) -> dict[str, object]:
    choice = page_period(request, workspace, default="all", since=workspace.day_of(campaign.created_at))
    scope = Scope(workspace, choice.period, campaign=campaign)
    queryset = workspace.campaigns.filter(pk=campaign.pk)
    before, as_of = choice.period.before(), choice.period.as_of
    campaign.status = campaign.status_on(as_of)
    counts = totals(workspace, queryset, choice.period, with_outcomes=True)
    earlier = totals(workspace, queryset, before) if before else None
    changes = campaign.status_changes.filter(workspace.in_days("changed_at", None, as_of))
    calls = campaign.calls.as_of(workspace, as_of).hide_later_values("voided_at").select_related("contact", "caller")
    days = day_counts(workspace, choice.period).filter(campaign=campaign)
    plan = plan_of(workspace, campaign, as_of)
    callable_now = {"callable": plan.pace.facts.callable} if plan else {}
    return {
        "section": "campaigns",
        "campaign": campaign,
        **chips_context(request, campaign),
        "choice": choice,
        "scope": scope,
        "figures": build_figures(counts, scope, before=earlier),
        "further": build_figures(counts | callable_now, scope, SECONDARY_METRICS),
        "steps": [] if as_of else TRANSITIONS[campaign.status],
        "changes": changes.select_related("changed_by").order_by("-changed_at", "-id"),
        "newest_calls": calls.newest_first()[:8],
        "weeks": weeks(scope, counts["last_day"], days),
        "living": waiting_in(workspace, campaign) if campaign.is_living and not as_of else None,
        **(plan_context(plan) if plan else {}),
    }


@workspace_page(Role.MANAGER, "POST")
def campaign_delete(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    campaign = get_object_or_404(workspace.campaigns.select_related("market"), pk=pk)
    try:
        delete_draft(campaign=campaign, by=request.user)
    except StatusConflict as conflict:
        context = campaign_context(request, workspace, campaign) | {"problem": str(conflict)}
        return render(request, "campaigns/detail.html", context, status=409)
    messages.success(request, _("The Draft %(campaign)s is gone.") % {"campaign": campaign})
    return redirect("campaigns:list", workspace.slug)
