"""Saved audiences, and the editor of rules."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.audience import Rule, RuleInvalid
from campaigns.audience.filters import AudienceListFilter
from campaigns.audience.links import decode_rule
from campaigns.audience.tables import AudienceTable
from campaigns.forms.rules.audiences import AudienceForm
from campaigns.forms.rules.drafts import Condition, Group
from campaigns.forms.rules.editor import RuleEditor
from campaigns.models import Audience
from campaigns.views.people_scope import PeopleScope
from config.ui.forms import as_id, save_or_add_error
from config.ui.lists.tables import table_page
from config.ui.optimistic_locking import save_edit
from markets.models import AuditAction, Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page
from markets.workspaces.audit import record_event


@workspace_page(Role.VIEWER)
def audience_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponseBase:
    audiences = workspace.audiences.select_related("created_by")
    return table_page(
        request,
        "audiences/list.html",
        table_class=AudienceTable,
        filterset=AudienceListFilter(request.GET, audiences, workspace=workspace),
        context={"section": "audiences"},
        workspace=workspace,
        can_manage=request.access.can_manage,
    )


@workspace_page(Role.VIEWER, "GET POST")
def audience_explore(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """Finds people by a rule that is not saved. `?rule=` or `?audience=` is what to start from."""
    scope = PeopleScope.of_request(request, workspace)
    editor, notices = editor_of_request(request, workspace)
    if request.POST.get("do") == "show" and (url := scope.url_of(editor)) and not editor.obstacles:
        return redirect(url)
    return _page(request, workspace, editor, scope, notices=notices)


@workspace_page(Role.VIEWER, "POST")
def rule_draft(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """The editor with what was changed, for htmx: all of it, or what the rule says and finds."""
    scope = PeopleScope.of_request(request, workspace)
    editor = RuleEditor.from_post(request.POST, workspace)
    is_whole = request.htmx and request.htmx.target == "rule-editor"
    template = "audiences/editor.html" if is_whole else "audiences/result.html"
    return render(request, template, editor_context(workspace, editor, scope))


@workspace_page(Role.MANAGER, "GET POST")
def audience_create(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """`?in_campaign=` goes back to choosing its people, by the new audience."""
    scope = PeopleScope.of_request(request, workspace)
    editor, notices = editor_of_request(request, workspace)
    is_saving = request.POST.get("do") == "save"
    form = AudienceForm(request.POST if is_saving else None, workspace=workspace, editor=editor)
    form.instance.created_by = request.user
    if is_saving and form.is_valid() and save_or_add_error(form):
        messages.success(request, _("Audience %(instance)s saved.") % {"instance": form.instance})
        if scope.campaign:
            return redirect(f"{scope.list_url}?audience={form.instance.pk}")
        return redirect("audiences:list", workspace.slug)
    return _page(request, workspace, editor, scope, form=form, notices=notices)


@workspace_page(Role.MANAGER, "GET POST")
def audience_edit(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    audience = get_object_or_404(workspace.audiences, pk=pk)
    scope = PeopleScope.of_request(request, workspace)
    notices: list[str] = []
    if request.method == "POST":
        editor = RuleEditor.from_post(request.POST, workspace)
    else:
        editor, notices = RuleEditor.from_json(audience.rule, workspace), problems_of(audience.rule, workspace)
    is_saving = request.POST.get("do") == "save"
    form = AudienceForm(request.POST if is_saving else None, workspace=workspace, editor=editor, instance=audience)
    if is_saving and save_edit(request, form):
        if form.has_changed():
            record_event(
                workspace=workspace,
                user=request.user,
                action=AuditAction.AUDIENCE_CHANGED,
                subject=audience,
                summary="Changed an audience",
            )
        messages.success(request, _("Audience %(audience)s saved.") % {"audience": audience})
        return redirect("audiences:list", workspace.slug)
    return _page(request, workspace, editor, scope, form=form, audience=audience, notices=notices)


@workspace_page(Role.MANAGER, "POST")
def audience_delete(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    audience = get_object_or_404(workspace.audiences, pk=pk)
    record_event(
        workspace=workspace,
        user=request.user,
        action=AuditAction.AUDIENCE_DELETED,
        subject=audience,
        summary="Deleted an audience",
        details={"conditions": len(audience.rule.get("conditions", []))},
    )
    audience.delete()
    messages.success(
        request, _("Audience %(audience)s deleted. Campaigns made from it keep their people.") % {"audience": audience}
    )
    return redirect("audiences:list", workspace.slug)


@workspace_page(Role.VIEWER)
def audience_count(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """How many people an audience has now, as a link to them."""
    audience = get_object_or_404(workspace.audiences, pk=pk)
    url = f"{reverse('contacts:list', args=[workspace.slug])}?audience={audience.pk}"
    try:
        count = Rule.parse(audience.rule, workspace).count(workspace)
    except RuleInvalid:
        count = None
    return render(request, "audiences/count.html", {"audience": audience, "count": count, "people_url": url})


def editor_of_request(
    request: WorkspaceRequest, workspace: Workspace, *, first_row: bool = True
) -> tuple[RuleEditor, list[str]]:
    """The editor as posted, or of `?rule=` or `?audience=`, or a blank one; and what is wrong with the query.

    `first_row`: a blank one has a row to begin with.
    """
    blank = RuleEditor(Group(children=[Condition()] if first_row else []), workspace)
    if request.method == "POST":
        return RuleEditor.from_post(request.POST, workspace), []
    if text := request.GET.get("rule"):
        try:
            rule = decode_rule(text)
            return RuleEditor.from_json(rule, workspace), problems_of(rule, workspace)
        except RuleInvalid as invalid:
            return blank, invalid.sentences
    if chosen := request.GET.get("audience"):
        audience = workspace.audiences.filter(pk=as_id(chosen) or 0).first()
        if audience is None:
            return blank, [_("There is no audience “%(chosen)s”. It may have been deleted.") % {"chosen": chosen[:40]}]
        return RuleEditor.from_json(audience.rule, workspace), problems_of(audience.rule, workspace)
    return blank, []


def problems_of(rule: object, workspace: Workspace) -> list[str]:
    """What is wrong with a rule, in sentences: something that it names may be gone."""
    try:
        Rule.parse(rule, workspace)
    except RuleInvalid as invalid:
        return invalid.sentences
    return []


def editor_context(
    workspace: Workspace, editor: RuleEditor, scope: PeopleScope, *, counts: bool = True
) -> dict[str, object]:
    """What the editor's template needs. `counts`: whether to count the people, which a list of them does as well."""
    draft_url = reverse("audiences:draft", args=[workspace.slug])
    return {
        "editor": editor,
        "scope": scope,
        "count": scope.count(editor) if counts else None,
        "people_url": scope.url_of(editor),
        "draft_url": f"{draft_url}?{scope.query}" if scope.query else draft_url,
    }


def _page(
    request: WorkspaceRequest,
    workspace: Workspace,
    editor: RuleEditor,
    scope: PeopleScope,
    *,
    form: AudienceForm | None = None,
    audience: Audience | None = None,
    notices: list[str] | None = None,
) -> HttpResponse:
    context = {"section": "audiences", "form": form, "audience": audience, "notices": notices or []}
    status = form.status_code if form else 200
    return render(request, "audiences/form.html", context | editor_context(workspace, editor, scope), status=status)
