from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from campaigns.audience import RuleInvalid
from campaigns.forms.rules.drafts import Condition, Group
from campaigns.forms.rules.editor import RuleEditor
from campaigns.living import CannotLive, propose, set_living
from campaigns.living.services import explain_unable, version_of
from campaigns.models import Campaign
from campaigns.views.audiences import editor_context, problems_of
from campaigns.views.people_scope import PeopleScope
from markets.models import Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page


@workspace_page(Role.MANAGER, "GET POST")
def audience_edit(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """The rule of a living audience in the editor. Saving it turns the living audience on."""
    campaign = get_object_or_404(workspace.campaigns.select_related("market", "workspace"), pk=pk)
    if problem := explain_unable(campaign):
        messages.error(request, problem)
        return redirect("campaigns:audience", workspace.slug, pk)
    notices: list[str] = []
    if request.method == "POST":
        editor = RuleEditor.from_post(request.POST, workspace)
        notices = _save(request, campaign, editor) if request.POST.get("do") == "save" else []
        if request.POST.get("do") == "save" and not notices:
            messages.success(
                request,
                _("The living audience of %(campaign)s is on. Nobody joins or leaves by itself.")
                % {"campaign": campaign},
            )
            return redirect("campaigns:audience", workspace.slug, pk)
    elif campaign.rule is None:
        editor = RuleEditor(Group(children=[Condition()]), workspace)
    else:
        editor, notices = RuleEditor.from_json(campaign.rule, workspace), problems_of(campaign.rule, workspace)
    context = {"section": "campaigns", "campaign": campaign, "notices": notices, "seen": version_of(campaign)}
    context |= editor_context(workspace, editor, PeopleScope(workspace, campaign=campaign))
    status = 400 if notices and request.method == "POST" else 200
    return render(request, "campaigns/audience_edit.html", context, status=status)


def _save(request: WorkspaceRequest, campaign: Campaign, editor: RuleEditor) -> list[str]:
    """Applies the rule of the editor. Returns what prevents that, in sentences."""
    if editor.obstacles:
        return editor.obstacles
    if editor.rule is None:
        return [_("Add at least one condition.")]
    seen = request.POST.get("seen", "")
    try:
        set_living(campaign=campaign, rule=editor.rule.as_json(), by=request.user, seen=seen)
        propose(campaign)
    except CannotLive as problem:
        campaign.refresh_from_db()
        return [str(problem)]
    except RuleInvalid as problem:
        return problem.sentences
    return []
