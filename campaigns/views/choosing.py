"""Choosing people for a campaign: by hand, by filters and by rules. What is ticked is kept until people are added."""

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.audience.filters import filter_by
from campaigns.audience.selection import Selection, enroll_by_rules
from campaigns.bulk.views.notices import report
from campaigns.filters import EnrollFilter
from campaigns.forms.rules.editor import RuleEditor
from campaigns.membership import CampaignClosed, landscape_of
from campaigns.models import Campaign
from campaigns.views.audiences import editor_context, editor_of_request
from campaigns.views.members import selected_ids
from campaigns.views.people_scope import PeopleScope
from config.ui.lists.tables import NextStep, table_page
from markets.models import Contact, Role, Workspace
from markets.off_limits.services import mark_contacts
from markets.tables import EnrollTable
from markets.workspaces.access import WorkspaceRequest, workspace_page

RULES = {"audience", "rule"}


@workspace_page(Role.MANAGER, "GET POST")
def members_choose(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponseBase:
    """The landscape, filtered. Each POST keeps what is ticked; the button that was pressed says what else it does."""
    campaign = get_object_or_404(workspace.campaigns.select_related("market", "workspace"), pk=pk)
    filterset = EnrollFilter(request.GET, landscape_of(campaign), workspace=workspace, campaign=campaign)
    selection = Selection(campaign, request.user)
    is_fragment = bool(request.htmx) and request.htmx.target == "table"
    editor: RuleEditor | None = None
    notices: list[str] = []
    if request.method == "POST" or not is_fragment:
        editor, notices = editor_of_request(request, workspace, first_row=False)
    if request.method == "POST":
        assert editor
        save_ticks(request, selection)
        if answer := _act(request, campaign, filterset, selection, editor):
            return answer
        notices = editor.obstacles if request.POST.get("do") in ("show", "save") else []
    context = {"section": "campaigns", "campaign": campaign, "selected_count": selection.count(), "problems": notices}
    if editor:
        scope = PeopleScope(workspace, campaign=campaign)
        lists_rule = request.method == "GET" and len(filterset.chosen) == 1 and filterset.chosen <= RULES
        context |= editor_context(workspace, editor, scope, counts=not lists_rule)
        context |= {"audiences": workspace.audiences.all(), "lists_rule": lists_rule}
    return table_page(
        request,
        "campaigns/choose.html",
        table_class=EnrollTable,
        next_steps=[
            NextStep(
                _("Import people"), "imports:create", "can_manage", {"kind": "people", "market": campaign.market_id}
            )
        ],
        filterset=filterset,
        context=context,
        workspace=workspace,
        per_page=50,
        complete_page=lambda people: _complete(people, selection),
        extra_columns=filterset.custom_columns,
    )


@workspace_page(Role.MANAGER, "POST")
def members_tick(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Keeps what is ticked, and answers with how many are, for htmx."""
    campaign = get_object_or_404(workspace.campaigns.select_related("market"), pk=pk)
    selection = Selection(campaign, request.user)
    save_ticks(request, selection)
    if not request.htmx:
        return redirect("campaigns:choose", workspace.slug, campaign.pk)
    return render(request, "campaigns/selected_count.html", {"selected_count": selection.count()})


def _act(
    request: WorkspaceRequest, campaign: Campaign, filterset: EnrollFilter, selection: Selection, editor: RuleEditor
) -> HttpResponse | None:
    """Does what the button says. None if it changes the rule only, or if the rule cannot be applied."""
    here = request.get_full_path()
    if "to" in request.POST:
        if request.POST["to"] == request.path:
            return redirect(request.path)
        return redirect(f"{request.path}?{QueryDict(request.POST['to'].lstrip('?')).urlencode()}")
    match request.POST.get("do", "add"):
        case "add":
            is_all = "everybody" in request.POST and filterset.is_valid()
            people = filterset.qs if is_all else selection.people
            return _add(request, campaign, filterset, people.order_by().values_list("pk", flat=True))
        case "start":
            return redirect(_url_of(request, filterset, {"audience": request.POST.get("start", "")}))
        case "show" | "save" as button:
            if editor.obstacles:
                return None
            rule = filter_by(editor.rule.as_json()) if editor.rule else {}
            if button == "save":
                return redirect(_save_url(campaign, rule))
            return redirect(_url_of(request, filterset, rule))
        case "page":
            selection.set(shown=[], ticked=selected_ids(request, "shown"))
        case "all":
            if filterset.is_valid():
                selection.add(list(filterset.qs.order_by().values_list("pk", flat=True)))
        case "clear":
            selection.clear()
        case _:
            return None
    return redirect(here)


def _add(
    request: WorkspaceRequest, campaign: Campaign, filterset: EnrollFilter, contacts: Iterable[int]
) -> HttpResponseRedirect:
    try:
        action = enroll_by_rules(campaign=campaign, contacts=list(contacts), by=request.user, rules=filterset.rules)
    except CampaignClosed as closed:
        messages.error(request, str(closed))
        return redirect("campaigns:detail", campaign.workspace.slug, campaign.pk)
    if not action.people_count:
        messages.error(request, _("Nobody was added. Tick people first, or add everyone who matches."))
        return redirect(request.get_full_path())
    report(request, action, _("Next: activate it.") if campaign.is_draft else "")
    return redirect("campaigns:detail", campaign.workspace.slug, campaign.pk)


def _url_of(request: WorkspaceRequest, filterset: EnrollFilter, rule: Mapping[str, str]) -> str:
    """The page with the filters that were posted and a rule or an audience."""
    query = QueryDict(mutable=True)
    for name in filterset.form.fields.keys() - RULES:
        if values := [value for value in request.POST.getlist(name) if value]:
            query.setlist(name, values)
    if sort := request.GET.get("sort"):
        query["sort"] = sort
    query.update({name: value for name, value in rule.items() if value})
    return f"{request.path}?{query.urlencode()}"


def _save_url(campaign: Campaign, rule: Mapping[str, str]) -> str:
    query = urlencode({**rule, "in_campaign": campaign.pk})
    return f"{reverse('audiences:create', args=[campaign.workspace.slug])}?{query}"


def _complete(people: Sequence[Contact], selection: Selection) -> None:
    """Adds to the people of a page whether they are ticked, and why they can't be called."""
    ticked = selection.among([person.pk for person in people])
    mark_contacts(people)
    for person in people:
        person.is_ticked = person.pk in ticked  # type: ignore[attr-defined]


def save_ticks(request: WorkspaceRequest, selection: Selection) -> None:
    selection.set(shown=selected_ids(request, "shown"), ticked=selected_ids(request))
