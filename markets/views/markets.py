from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from calls.metrics.definitions import TABLE_CONTACT_METRICS, totals
from calls.metrics.presentation import Scope, TotalRow
from calls.metrics.row_metrics import with_metrics
from campaigns.bulk.selection import PeopleList
from campaigns.bulk.views.bar import complete_with, selection_bar
from campaigns.models import SavedView
from campaigns.tables import campaign_rows
from campaigns.viewing.menu import view_menu
from config.ui.forms import focus_first_empty, save_or_add_error
from config.ui.lists.tables import NextStep, table_page
from config.ui.optimistic_locking import save_edit
from config.ui.periods import choose_period
from markets.filters import LandscapeFilter, MarketFilter
from markets.forms import MarketForm
from markets.models import Role, Workspace
from markets.tables import ContactTable, MarketTable
from markets.workspaces.access import WorkspaceRequest, workspace_page
from markets.workspaces.page_period import page_period
from signals.findings.facts import NO_COUNTS, call_counts
from signals.findings.page import market_findings
from signals.market_page.page import market_intelligence
from signals.market_page.trends import signal_trends


@workspace_page(Role.VIEWER)
def market_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponseBase:
    choice = page_period(request, workspace)
    existing = workspace.markets.as_of(workspace, choice.period.as_of)
    markets = with_metrics(existing.with_landscape(), workspace, choice.period, TABLE_CONTACT_METRICS)
    filterset = MarketFilter(request.GET, markets, workspace=workspace)

    def total() -> TotalRow:
        counts = totals(workspace, None, choice.period, TABLE_CONTACT_METRICS)
        return TotalRow(_("Workspace"), Scope(workspace, choice.period), counts)

    return table_page(
        request,
        "markets/list.html",
        table_class=MarketTable,
        filterset=filterset,
        total=None if filterset.chosen else total,
        context={"section": "markets", "choice": choice},
        workspace=workspace,
        period=choice.period,
    )


@workspace_page(Role.MANAGER, "GET POST")
def market_create(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    form = MarketForm(request.POST or None, workspace=workspace)
    form.instance.created_by = form.by = request.user
    if form.is_valid() and save_or_add_error(form):
        market = form.instance
        messages.success(request, _("%(market)s created. Next: import people.") % {"market": market})
        return redirect("markets:detail", workspace.slug, market.pk)
    focus_first_empty(form)
    return render(request, "markets/form.html", {"section": "markets", "form": form})


@workspace_page(Role.MANAGER, "GET POST")
def market_edit(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    market = get_object_or_404(workspace.markets, pk=pk)
    form = MarketForm(request.POST or None, instance=market, workspace=workspace)
    form.by = request.user
    if save_edit(request, form):
        return redirect("markets:detail", workspace.slug, market.pk)
    context = {"section": "markets", "form": form, "market": market}
    return render(request, "markets/form.html", context, status=form.status_code)


@workspace_page(Role.VIEWER)
def market_detail(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    market = get_object_or_404(workspace.markets, pk=pk)
    choice = page_period(request, workspace, since=workspace.day_of(market.created_at))
    caller, before = request.user if request.access.can_call else None, choice.period.before()
    counts = call_counts(workspace, choice.period, before, market) if before else None
    earlier = counts.before.get(market.pk, NO_COUNTS) if counts else None
    page = market_intelligence(workspace, market, choice.period, request.GET.get("by", ""), caller, earlier)
    page["findings"] = market_findings(workspace, market, choice.period, counts, page, request.access.role)
    total = TotalRow(_("Market"), page["scope"], page["counts"]) if page["campaigns"] else None
    table = campaign_rows(request, page["campaigns"], page["scope"], total=total, exclude=["market"])
    context = {"section": "markets", "market": market, "choice": choice, "table": table, **page}
    return render(request, "markets/detail.html", context)


@workspace_page(Role.VIEWER)
def market_signals(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Each type of signal over time; of a year, whatever the period of the visit, as 30 days have no trend."""
    market = get_object_or_404(workspace.markets, pk=pk)
    choice = choose_period(request.GET, workspace.today(), "year", since=workspace.day_of(market.created_at))
    trends = signal_trends(Scope(workspace, choice.period, market=market))
    context = {"section": "markets", "market": market, "choice": choice, "trends": trends}
    return render(request, "markets/signals.html", context)


@workspace_page(Role.VIEWER)
def market_landscape(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponseBase:
    market = get_object_or_404(workspace.markets, pk=pk)
    views = view_menu(request, workspace, SavedView.List.LANDSCAPE)
    if views.redirect:
        return redirect(views.redirect)
    filterset = LandscapeFilter(request.GET, workspace.contacts.in_market(market), workspace=workspace)
    filterset.rule_scope = f"in_market={market.pk}"
    bar = selection_bar(request, PeopleList(workspace, market=market), filterset)
    return table_page(
        request,
        "markets/landscape.html",
        table_class=ContactTable,
        filterset=filterset,
        next_steps=[
            NextStep(_("Import people"), "imports:create", "can_manage", {"kind": "people", "market": market.pk}),
            NextStep(_("New contact"), "contacts:create", "can_manage", {"market": market.pk}),
        ],
        context={"section": "markets", "market": market, "views": views, "bar": bar},
        complete_page=complete_with(bar),
        workspace=workspace,
        can_edit=request.access.can_manage,
        can_select=bar is not None,
        extra_columns=filterset.custom_columns,
    )
