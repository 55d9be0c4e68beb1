"""Selecting on a list, the page of each bulk action, and their history with undo."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from campaigns.bulk.filters import NOT_SELECTED_BY, BulkActionFilter, found_by
from campaigns.bulk.records import ActionRefused, can_undo
from campaigns.bulk.selection import MOST_QUERIES, PeopleList, Selection, TooManyQueries
from campaigns.bulk.sentences import undone
from campaigns.bulk.tables import BulkActionTable
from campaigns.bulk.undo import may_undo, undo
from campaigns.bulk.views.bar import scope_query
from campaigns.bulk.views.kinds import KINDS, ActionKind
from campaigns.bulk.views.notices import report
from campaigns.callers.assignment import AssignmentRefused
from campaigns.membership import CampaignClosed
from campaigns.models import BulkAction
from campaigns.viewing.services import stored_query
from config.db.timeouts.statements import without_statement_timeout
from config.ui.forms import as_id, posted_text
from config.ui.lists.addresses import address_of
from config.ui.lists.chosen_columns import COLUMNS
from config.ui.lists.tables import table_page
from markets.models import Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page

MOST_SHOWN = 1_000


@workspace_page(Role.CALLER, "POST")
def selection_change(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """Keeps what is ticked; the button that was pressed says what else happens. htmx gets how many are selected."""
    people = _people_of(request, workspace)
    selection = Selection(people, request.user, found_by)
    selection.keep(shown=_ids(request, "shown"), ticked=_ids(request, "contact"))
    button = request.POST.get("do", "")
    if not button and request.htmx:
        return render(request, "selection/bar_count.html", {"selected_count": selection.count()})
    back = _back(request, people)
    if button == "page":
        selection.keep(shown=[], ticked=_ids(request, "shown"))
    elif button == "clear":
        selection.clear()
    elif button == "all":
        _select_all(request, selection)
    elif button == "export":
        return HttpResponseRedirect(_export_url(request, people))
    elif button in KINDS:
        url = f"{reverse(KINDS[button].url_name, args=[workspace.slug])}?{scope_query(people)}".rstrip("?")
        return redirect(url)
    elif "to" in request.POST:
        return redirect(address_of(back.url.partition("?")[0], QueryDict(posted_text(request.POST, "to").lstrip("?"))))
    return back


def _select_all(request: WorkspaceRequest, selection: Selection) -> None:
    query = QueryDict(mutable=True)
    query.update(QueryDict(posted_text(request.POST, "query")[:20_000]))
    for name in NOT_SELECTED_BY:
        query.pop(name, None)
    try:
        selection.add_all(stored_query(query))
    except TooManyQueries:
        words = _("At most %(most)s filters can be selected together. Clear the selection first.")
        messages.error(request, words % {"most": MOST_QUERIES})


@workspace_page(Role.MANAGER, "GET POST")
def manager_action(request: WorkspaceRequest, workspace: Workspace, kind: str) -> HttpResponse:
    return _act(request, workspace, KINDS[kind])


@workspace_page(Role.CALLER, "GET POST")
def caller_action(request: WorkspaceRequest, workspace: Workspace, kind: str) -> HttpResponse:
    return _act(request, workspace, KINDS[kind])


def _act(request: WorkspaceRequest, workspace: Workspace, kind: ActionKind) -> HttpResponse:
    """Asks for what the action needs and says what it does; POST does it to everybody selected at that moment."""
    people = _people_of(request, workspace)
    selection = Selection(people, request.user, found_by)
    form = kind.form(request.POST or None, people=people)
    is_offered = kind.is_offered(request.access, people)
    if is_offered and form.is_valid() and (answer := _do(request, selection, form)):
        return answer
    context = {
        "section": "campaigns" if people.campaign else "markets" if people.market else "contacts",
        "kind": kind,
        "people": people,
        "form": form,
        "count": selection.count() if is_offered else 0,
        "list_url": _list_url(people),
    }
    return render(request, "selection/act.html", context, status=400 if form.errors else 200)


def _do(request: WorkspaceRequest, selection: Selection, form: Any) -> HttpResponse | None:
    contacts = selection.ids()
    if not contacts:
        form.add_error(None, _("Nobody is selected."))
        return None
    try:
        with without_statement_timeout():
            action = form.save(contacts, request.user)
    except (AssignmentRefused, CampaignClosed) as refused:
        form.add_error(None, str(refused))
        return None
    except ValidationError as error:
        form.add_error(None, error.messages)
        return None
    report(request, action)
    if action.people_count:
        selection.clear()
    return redirect(_list_url(selection.people))


@workspace_page(Role.CALLER)
def action_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponseBase:
    actions = workspace.bulk_actions.select_related("campaign", "tag", "done_by", "undone_by")

    def complete(rows: list[BulkAction]) -> None:
        for row in rows:
            row.offers_undo = can_undo(row) and may_undo(row, request.user, request.access.role)  # type: ignore[attr-defined]

    return table_page(
        request,
        "selection/actions.html",
        table_class=BulkActionTable,
        filterset=BulkActionFilter(request.GET, actions, workspace=workspace),
        context={"section": "contacts"},
        complete_page=complete,
        workspace=workspace,
    )


@workspace_page(Role.CALLER, "POST")
def action_undo(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    action = get_object_or_404(workspace.bulk_actions.select_related("campaign__workspace", "tag"), pk=pk)
    if not may_undo(action, request.user, request.access.role):
        words = _("Only managers can undo this. Ask a manager of %(workspace)s.")
        raise PermissionDenied(words % {"workspace": workspace})
    try:
        with without_statement_timeout():
            messages.success(request, undone(undo(action=action, by=request.user)))
    except (ActionRefused, CampaignClosed) as refused:
        messages.error(request, str(refused))
    if action.campaign_id:
        return redirect("campaigns:members", workspace.slug, action.campaign_id)
    return redirect("selection:actions", workspace.slug)


def _people_of(request: WorkspaceRequest, workspace: Workspace) -> PeopleList:
    """The list that `in_market` or `in_campaign` names; those of other workspaces do not exist."""
    sent = request.GET if {"in_campaign", "in_market"} & request.GET.keys() else request.POST
    if campaign := sent.get("in_campaign"):
        found = get_object_or_404(workspace.campaigns.select_related("market", "workspace"), pk=as_id(campaign))
        return PeopleList(workspace, campaign=found)
    if market := sent.get("in_market"):
        return PeopleList(workspace, market=get_object_or_404(workspace.markets, pk=as_id(market)))
    return PeopleList(workspace)


def _list_url(people: PeopleList) -> str:
    slug = people.workspace.slug
    if people.campaign:
        return reverse("campaigns:members", args=[slug, people.campaign.pk])
    if people.market:
        return reverse("markets:landscape", args=[slug, people.market.pk])
    return reverse("contacts:list", args=[slug])


def _back(request: WorkspaceRequest, people: PeopleList) -> HttpResponseRedirect:
    """To the list as it was shown."""
    target, home = posted_text(request.POST, "next"), _list_url(people)
    is_list = target.partition("?")[0] == home and url_has_allowed_host_and_scheme(target, None)
    return HttpResponseRedirect(target if is_list and target.isprintable() else home)


def _export_url(request: WorkspaceRequest, people: PeopleList) -> str:
    """The list of those selected as CSV, with the columns and the order that it shows."""
    shown = QueryDict(posted_text(request.POST, "next").partition("?")[2][:20_000])
    query = QueryDict(mutable=True)
    for name in (COLUMNS, "sort"):
        if values := shown.getlist(name):
            query.setlist(name, values)
    query["selected"], query["_export"] = "yes", "csv"
    return f"{_list_url(people)}?{query.urlencode()}"


def _ids(request: WorkspaceRequest, name: str) -> list[int]:
    ids = (as_id(text) for text in request.POST.getlist(name)[:MOST_SHOWN])
    return [pk for pk in ids if pk is not None]
