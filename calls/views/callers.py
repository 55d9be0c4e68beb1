from typing import cast

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from calls.filters import CallerFilter
from calls.metrics.by_caller import CallerRow, all_callers, by_caller
from calls.metrics.presentation import Scope, TotalRow
from calls.models.calls import CallQuerySet
from calls.tables import CallerTable
from config.ui.lists.tables import table_page
from markets.models import Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page
from markets.workspaces.page_period import page_period


@workspace_page(Role.VIEWER)
def caller_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponseBase:
    """The metrics of each caller for a period, over all campaigns or the filtered ones."""
    choice = page_period(request, workspace)
    within = workspace.in_days("started_at", choice.period.first, choice.period.last)
    calls = workspace.calls.as_of(workspace, choice.period.as_of).filter(within)
    filterset = CallerFilter(request.GET, calls, workspace=workspace)
    chosen = filterset.form.cleaned_data if filterset.is_valid() else {}
    scope = Scope(workspace, choice.period, market=chosen.get("market"), campaign=chosen.get("campaign"))

    rows: list[CallerRow] = []

    def rows_of(calls: CallQuerySet) -> list[CallerRow]:
        rows[:] = by_caller(calls)
        return rows

    def total() -> TotalRow:
        return TotalRow(_("All callers"), scope, all_callers(cast(CallQuerySet, filterset.qs), rows).metrics)

    return table_page(
        request,
        "calls/callers.html",
        table_class=CallerTable,
        filterset=filterset,
        total=total if filterset.is_valid() else None,
        context={"section": "calls", "choice": choice},
        rows_of=rows_of,
        workspace=workspace,
        scope=scope,
    )
