"""The steps of campaigns' lives: what a step will do, and taking it, for one campaign or for many."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.callbacks.foresight import Sum, foresee
from calls.callbacks.status_steps import take_step
from campaigns.filters import CampaignFilter
from campaigns.forms.status import StatusForm
from campaigns.lifecycle.transitions import TRANSITIONS, StatusConflict, TransitionIncomplete, explain_refusal
from campaigns.models import Campaign, Status, StatusChange
from campaigns.views.campaigns import campaign_context
from config.ui.forms import as_id
from markets.models import Role, User, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page

MAX_AT_ONCE = 200
VERBS = {Status.ACTIVE: _("Activate"), Status.PAUSED: _("Pause"), Status.COMPLETED: _("Complete")}
INCOMPLETE = _("Say which status the campaign is to have, and a reason of at most 500 characters.")


@workspace_page(Role.MANAGER, "GET POST")
def campaign_status(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """GET shows what the step to `?to=` will do. POST takes it, and returns the reason and 409 for a conflict, 400 if
    something is missing."""
    campaign = get_object_or_404(workspace.campaigns.select_related("market", "workspace"), pk=pk)
    if request.method != "POST":
        return _foresight(request, campaign, request.GET.get("to", ""))
    form = StatusForm(request.POST, workspace=workspace, to=request.POST.get("status", ""))
    status, problem = 200, ""
    try:
        change = _take_step(campaign, form, request.user)
    except StatusConflict as conflict:
        status, problem = 409, str(conflict)
    except TransitionIncomplete as missing:
        status, problem = 400, str(missing)
    else:
        messages.success(request, _notice(campaign, change))
        return redirect("campaigns:detail", workspace.slug, campaign.pk)
    campaign.refresh_from_db(fields=["status", "starts_on"])
    if status == 400 and "foreseen" in request.POST:
        return _foresight(request, campaign, request.POST.get("status", ""), form=form, problem=problem, status=400)
    context = campaign_context(request, workspace, campaign) | {"problem": problem}
    return render(request, "campaigns/detail.html", context, status=status)


def _take_step(campaign: Campaign, form: StatusForm, by: User) -> StatusChange:
    if not form.is_valid():
        errors = [str(error) for name in ("callbacks", "callbacks_to") for error in form.errors.get(name, [])]
        raise TransitionIncomplete(" ".join(errors) or INCOMPLETE)
    data = form.cleaned_data
    return take_step(
        campaign=campaign,
        to=data["status"],
        by=by,
        reason=data["reason"],
        seen=data["seen"],
        callbacks=data["callbacks"],
        callbacks_to=data.get("callbacks_to"),
    )


def _notice(campaign: Campaign, change: StatusChange) -> str:
    status = change.get_to_status_display().lower()
    words = gettext("%(campaign)s is %(status)s now.") % {"campaign": campaign, "status": status}
    if change.to_status == Status.ACTIVE:
        return gettext("%(words)s Next: call its people.") % {"words": words}
    return words


def _foresight(
    request: WorkspaceRequest,
    campaign: Campaign,
    to: str,
    *,
    form: StatusForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    if to not in VERBS:
        problem, status = problem or gettext("Choose what the campaign is to become."), 400 if to else 200
        steps = TRANSITIONS[campaign.status]
        context = {
            "section": "campaigns",
            "campaign": campaign,
            "verb": gettext("Status of"),
            "problem": problem,
            "steps": steps,
        }
        return render(request, "campaigns/status.html", context, status=status)
    (foresight,) = foresee(campaign.workspace, [campaign], Status(to), now())
    if foresight.step is None and not problem:
        status, problem = 409, explain_refusal(campaign, to)
    context = {
        "section": "campaigns",
        "campaign": campaign,
        "row": foresight,
        "verb": foresight.step.verb if foresight.step else VERBS[Status(to)],
        "form": form or StatusForm(workspace=campaign.workspace, to=to),
        "problem": problem or foresight.why_not,
    }
    return render(request, "campaigns/status.html", context, status=status)


@dataclass(frozen=True)
class Answer:
    """What became of one campaign."""

    campaign: Campaign
    is_done: bool
    sentence: str


@workspace_page(Role.MANAGER, "GET POST")
def status_of_many(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """The same step for several campaigns. Each is taken, or refused, in a transaction of its own."""
    data = request.POST if request.method == "POST" else request.GET
    to, campaigns = data.get("to", ""), _chosen(request, workspace)
    if to not in VERBS or not campaigns:
        nothing, status = {"section": "campaigns"}, 400 if data.get("to") else 200
        return render(request, "campaigns/status_of_many.html", nothing, status=status)
    answers: list[Answer] = []
    form = StatusForm(request.POST if request.method == "POST" else None, workspace=workspace, to=to)
    if request.method == "POST" and form.is_valid():
        seen = dict(each.partition(":")[::2] for each in request.POST.getlist("seen_status"))
        answers = [_step(request, campaign, form, seen.get(str(campaign.pk), "")) for campaign in campaigns]
        form = StatusForm(workspace=workspace, to=to)
    rows = foresee(workspace, campaigns, Status(to), now()) if not answers else []
    context = {
        "section": "campaigns",
        "to": Status(to),
        "verb": gettext("Activate or resume") if to == Status.ACTIVE else VERBS[Status(to)],
        "rows": rows,
        "sum": Sum.of(rows),
        "form": form,
        "answers": answers,
        "done": sum(answer.is_done for answer in answers),
    }
    return render(request, "campaigns/status_of_many.html", context, status=400 if form.errors else 200)


def _step(request: WorkspaceRequest, campaign: Campaign, form: StatusForm, seen: str) -> Answer:
    data = form.cleaned_data
    try:
        change = take_step(
            campaign=campaign,
            to=data["status"],
            by=request.user,
            reason=data["reason"],
            seen=seen,
            callbacks=data["callbacks"],
            callbacks_to=data.get("callbacks_to"),
        )
    except (StatusConflict, TransitionIncomplete) as refused:
        campaign.refresh_from_db(fields=["status", "starts_on"])
        return Answer(campaign, False, str(refused))
    return Answer(campaign, True, gettext("%(status)s now.") % {"status": change.get_to_status_display()})


def _chosen(request: WorkspaceRequest, workspace: Workspace) -> list[Campaign]:
    """The ticked campaigns, or with `everybody` all of the list's filter that the step is possible for."""
    data = request.POST if request.method == "POST" else request.GET
    campaigns = workspace.campaigns.select_related("market", "workspace").order_by_status()
    if request.method != "POST" and "everybody" in data:
        filterset = CampaignFilter(QueryDict(data.get("list", "")), campaigns, workspace=workspace)
        possible = [status for status, steps in TRANSITIONS.items() if any(step.to == data.get("to") for step in steps)]
        return list(filterset.qs.filter(status__in=possible)[:MAX_AT_ONCE]) if filterset.is_valid() else []
    ids = {pk for text in data.getlist("campaign")[:MAX_AT_ONCE] if (pk := as_id(text)) is not None}
    return list(campaigns.filter(pk__in=ids))
