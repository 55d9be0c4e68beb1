from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from calls.callbacks.owed import count_each
from calls.filters import CallbackFilter
from calls.metrics import callbacks
from calls.tables import CallbackTable
from campaigns.forms.status import DECISIONS, DecisionForm
from config.ui.lists.tables import table_page
from config.ui.periods import Period
from markets.models import Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page
from markets.workspaces.page_period import page_period


@workspace_page(Role.VIEWER)
def callback_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponseBase:
    """All callbacks, with a summary by state above the rows."""
    promised = callbacks.with_why_not(callbacks.with_state(workspace))
    promised = promised.select_related("contact", "campaign__market", "caller")
    filterset = CallbackFilter(request.GET, promised, workspace=workspace)
    return table_page(
        request,
        "callbacks/list.html",
        table_class=CallbackTable,
        filterset=filterset,
        context={
            "section": "callbacks",
            "bulk": "callbacks/summary.html",
            "summary": _summary(filterset),
            "decision": _decision_form(request),
        },
        can_decide=request.access.can_manage and request.GET.get("state") == "owed",
        workspace=workspace,
        can_call=request.access.can_call,
    )


def _summary(filterset: CallbackFilter) -> list[tuple[str, str | Promise, str | Promise, int, str]]:
    """The name, label, description, count and query string of each state. The other filters apply."""
    descriptions: dict[str, tuple[str | Promise, str | Promise]] = {
        "to_call": (_("To call now"), _("Due or missed, of people who may be called.")),
        "owed": (
            pgettext("callbacks", "Owed"),
            _("Promised by campaigns that are Paused or Completed now. A manager decides about each."),
        ),
        **{state: (callbacks.CallbackState(state).label, text) for state, text in callbacks.STATE_MEANINGS.items()},
    }
    return [
        (name, *descriptions[name], count, urlencode(filterset.others | {"state": name}))
        for name, count in count_each(filterset.of_any_state).items()
    ]


def _decision_form(request: WorkspaceRequest) -> DecisionForm | None:
    """What a manager can decide about the callbacks that the list shows, if it shows those that are owed."""
    if not request.access.can_manage or request.GET.get("state") != "owed":
        return None
    return DecisionForm(workspace=request.access.workspace, choices=DECISIONS)


@workspace_page(Role.VIEWER)
def callback_counts(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """The outcomes of the callbacks promised for a period, by campaign and by caller."""
    choice = page_period(request, workspace, default="all")
    within = workspace.in_days("callback_at", choice.period.first, choice.period.last)
    promised = callbacks.with_state(workspace).filter(within)
    tables = [
        (_("Campaign"), _("By campaign"), callbacks.by_campaign(promised)),
        (_("Caller"), _("By caller"), callbacks.by_caller(promised)),
    ]
    states = callbacks.states_of([counts for *_names, rows in tables for counts in rows])
    context = {
        "section": "callbacks",
        "choice": choice,
        "states": states,
        "tables": [
            (name, title, [_row(counts, choice.period, states) for counts in rows]) for name, title, rows in tables
        ],
    }
    return render(request, "callbacks/counts.html", context)


def _row(counts: callbacks.CallbackCounts, period: Period, states: list[tuple[str, str]]) -> dict[str, object]:
    """The counts, and for each state the query string of its rows."""
    query = counts.query | period.parameters()
    links = [
        (state, label, counts.counts.get(state, 0), urlencode(query | {"state": state})) for state, label in states
    ]
    return {"counts": counts, "links": links}
