"""The callers of a campaign, and whose people its members are."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.callbacks.handover import describe, remove_from_campaign, undecided
from calls.queue.priority import priority_problem
from campaigns.bulk.views.notices import report
from campaigns.callers.assignment import AssignmentRefused, shares_of, spread_people
from campaigns.callers.caller_list import caller_rows
from campaigns.callers.priority import set_priority
from campaigns.callers.services import CallerRefused, add_callers
from campaigns.forms.callers import CallersForm, PriorityForm, SpreadForm
from campaigns.membership import CampaignClosed
from campaigns.models import Campaign
from config.ui.formats import number
from markets.models import Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page


@workspace_page(Role.MANAGER, "GET POST")
def campaign_callers(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Who calls in the campaign, and how many people each has. POST adds callers."""
    campaign = get_object_or_404(workspace.campaigns.select_related("market", "workspace"), pk=pk)
    form = CallersForm(request.POST if request.method == "POST" else None, campaign=campaign)
    if form.is_valid():
        try:
            count = add_callers(campaign=campaign, users=list(form.cleaned_data["users"]), by=request.user)
            messages.success(
                request,
                ngettext("%(count)s caller added to %(campaign)s.", "%(count)s callers added to %(campaign)s.", count)
                % {"count": number(count), "campaign": campaign},
            )
            return redirect("campaigns:callers", workspace.slug, campaign.pk)
        except (CallerRefused, CampaignClosed) as refused:
            form.add_error(None, str(refused))
    return _render(request, campaign, form, SpreadForm(campaign=campaign), status=400 if form.errors else 200)


def _render(
    request: WorkspaceRequest, campaign: Campaign, form: CallersForm, spread_form: SpreadForm, status: int = 200
) -> HttpResponse:
    workspace = request.access.workspace
    context = {
        "section": "campaigns",
        "campaign": campaign,
        "form": form,
        "spread": spread_form,
        "rows": caller_rows(campaign, now()),
        "priority": PriorityForm(workspace=workspace, initial={"audience": _audience_of(campaign)}),
        "priority_problem": priority_problem(campaign, workspace),
        "undecided": undecided(workspace, campaign),
    }
    return render(request, "campaigns/callers.html", context, status=status)


def _audience_of(campaign: Campaign) -> int | None:
    """The saved audience with the campaign's priority rule."""
    if campaign.priority_rule is None:
        return None
    audiences = campaign.workspace.audiences.values_list("pk", "rule")
    return next((pk for pk, rule in audiences if rule == campaign.priority_rule), None)


@workspace_page(Role.MANAGER, "POST")
def caller_remove(request: WorkspaceRequest, workspace: Workspace, pk: int, user: int) -> HttpResponse:
    """Removes a caller. If they have open callbacks, the next page asks who makes them."""
    campaign = get_object_or_404(workspace.campaigns.select_related("workspace"), pk=pk)
    caller = get_object_or_404(campaign.callers.select_related("user"), user=user).user
    try:
        event = remove_from_campaign(campaign=campaign, user=caller, by=request.user)
    except CallerRefused as refused:
        messages.error(request, str(refused))
        return redirect("campaigns:callers", workspace.slug, campaign.pk)
    details = event.details
    said = describe(details["people"], details["holds"], len(details["callbacks"]))
    messages.success(
        request,
        _("%(caller)s no longer calls in %(campaign)s. %(said)s")
        % {"caller": caller, "campaign": campaign, "said": said},
    )
    if details["callbacks"]:
        return redirect("callbacks:hand_over", workspace.slug, event.pk)
    return redirect("campaigns:callers", workspace.slug, campaign.pk)


@workspace_page(Role.MANAGER, "POST")
def members_spread(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Shares the campaign's people among callers, evenly or by firm."""
    campaign = get_object_or_404(workspace.campaigns.select_related("market", "workspace"), pk=pk)
    form = SpreadForm(request.POST, campaign=campaign)
    if form.is_valid():
        chosen = form.cleaned_data
        try:
            action = spread_people(
                campaign=campaign,
                among=list(chosen["among"]),
                by_firm=chosen["how"] == "by_firm",
                only_unassigned=chosen["which"] == "unassigned",
                by=request.user,
            )
            counts = shares_of(action)
            shares = ", ".join(f"{user} {number(counts.get(user.pk, 0))}" for user in chosen["among"])
            report(request, action, sentence=_("Assigned: %(shares)s.") % {"shares": shares})
            return redirect("campaigns:callers", workspace.slug, campaign.pk)
        except (AssignmentRefused, CampaignClosed) as refused:
            form.add_error(None, str(refused))
    return _render(request, campaign, CallersForm(campaign=campaign), form, status=400)


@workspace_page(Role.MANAGER, "POST")
def campaign_priority(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Chooses the audience whose people the campaign calls first."""
    campaign = get_object_or_404(workspace.campaigns.select_related("workspace"), pk=pk)
    form = PriorityForm(request.POST, workspace=workspace)
    if form.is_valid():
        audience = form.cleaned_data["audience"]
        set_priority(campaign=campaign, audience=audience, by=request.user)
        said = (
            _("The people of “%(audience)s” are called first.") % {"audience": audience}
            if audience
            else _("Nobody is called first any more.")
        )
        messages.success(request, said)
    else:
        messages.error(request, _("Choose one of the saved audiences, or nobody."))
    return redirect("campaigns:callers", workspace.slug, campaign.pk)
