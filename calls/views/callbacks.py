from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render

from calls.filters import CallbackFilter
from calls.metrics import callbacks
from calls.tables import CallbackTable
from config.ui.periods import Period, choose_period
from config.ui.tables import table_page
from markets.models import Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page


@workspace_page(Role.VIEWER)
def callback_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponseBase:
    """Every promise by what it came to; a summary by state stands over the rows."""
    promised = callbacks.with_why_not(callbacks.with_state(workspace)).select_related("contact", "campaign", "caller")
    filterset = CallbackFilter(request.GET, promised, workspace=workspace)
    return table_page(
        request,
        "callbacks/list.html",
        table_class=CallbackTable,
        filterset=filterset,
        context={"section": "callbacks", "bulk": "callbacks/summary.html", "summary": _summary(filterset)},
        workspace=workspace,
        can_call=request.access.can_call,
    )


def _summary(filterset: CallbackFilter) -> list[tuple[str, str, str, int, str]]:
    """Name, words, meaning, count and query of each state, over what the other filters leave."""
    promised = filterset.of_any_state
    to_call = callbacks.to_call_now(promised).order_by().count()
    counts = {"to_call": to_call, **callbacks.count_by_state(promised)}
    words = {"to_call": ("To call now", "Due or missed, of people who may be called."), **callbacks.STATE_DESCRIPTIONS}
    return [
        (name, *words[name], count, urlencode(filterset.others | {"state": name})) for name, count in counts.items()
    ]


@workspace_page(Role.VIEWER)
def callback_tallies(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """How promises are kept, by campaign and by caller, over a period of promised times."""
    choice = choose_period(request.GET, workspace.today())
    within = workspace.in_days("callback_at", choice.period.first, choice.period.last)
    promised = callbacks.with_state(workspace).filter(within)
    context = {
        "section": "callbacks",
        "choice": choice,
        "states": callbacks.CallbackState.choices,
        "tables": [
            ("Campaign", [_row(tally, choice.period) for tally in callbacks.by_campaign(promised)]),
            ("Caller", [_row(tally, choice.period) for tally in callbacks.by_caller(promised)]),
        ],
    }
    return render(request, "callbacks/tallies.html", context)


def _row(tally: callbacks.CallbackCounts, period: Period) -> dict[str, object]:
    """A tally with the query that opens the rows of each of its numbers."""
    found = tally.query | period.parameters()
    links = [
        (state, words, tally.counts[state], urlencode(found | {"state": state}))
        for state, words in callbacks.CallbackState.choices
    ]
    return {"tally": tally, "links": links}
