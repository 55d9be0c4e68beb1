"""What a campaign is set up with: its goals, a copy of it, and a template made from it."""

from datetime import date

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from calls.metrics.goals import Plan, plans_of
from campaigns.forms import CopyForm, GoalsForm, TemplateNameForm
from campaigns.lifecycle.readiness import readiness
from campaigns.lifecycle.transitions import StatusConflict
from campaigns.models import Campaign
from campaigns.planning import copy_campaign, save_as_template
from config.ui.forms import add_conflict
from markets.models import Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page


def plan_of(workspace: Workspace, campaign: Campaign, as_of: date | None) -> Plan | None:
    """The goals and the pace of a campaign. None as of a past day, for a plan is about what comes from now on."""
    return None if as_of else plans_of(workspace, [campaign])[0]


def plan_context(plan: Plan) -> dict[str, object]:
    """The plan of a campaign and, for a Draft, what it lacks."""
    campaign, facts = plan.campaign, plan.pace.facts
    lacks = campaign.is_draft and readiness(
        campaign,
        people=facts.members,
        callable_people=facts.uncalled,
        callers=campaign.callers.count(),
        goals=len(facts.goals),
    )
    return {"plan": plan, "readiness": lacks}


@workspace_page(Role.MANAGER, "GET POST")
def campaign_goals(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    campaign = get_object_or_404(workspace.campaigns.select_related("workspace"), pk=pk)
    with transaction.atomic():
        form = GoalsForm(request.POST or None, campaign=campaign)
        if form.is_valid():
            try:
                form.save(by=request.user)
            except StatusConflict as conflict:
                form.add_error(None, str(conflict))
            else:
                form.report_merge(request)
                messages.success(request, _("Goals of %(campaign)s saved.") % {"campaign": campaign})
                return redirect("campaigns:detail", workspace.slug, campaign.pk)
    context = {"section": "campaigns", "form": form, "campaign": campaign}
    return render(request, "campaigns/goals.html", context, status=form.status_code)


@workspace_page(Role.MANAGER, "GET POST")
def campaign_copy(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    campaign = get_object_or_404(workspace.campaigns.select_related("market", "owner"), pk=pk)
    form = CopyForm(request.POST or None, campaign=campaign)
    if form.is_valid():
        try:
            with transaction.atomic():
                copy = copy_campaign(campaign=campaign, by=request.user, **form.cleaned_data)
        except IntegrityError:
            add_conflict(form)
        else:
            messages.success(request, _("%(copy)s created as a draft. Next: set its dates.") % {"copy": copy})
            return redirect("campaigns:detail", workspace.slug, copy.pk)
    context = {"section": "campaigns", "form": form, "campaign": campaign}
    return render(request, "campaigns/copy.html", context)


@workspace_page(Role.MANAGER, "GET POST")
def campaign_template(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Saves a campaign as a template."""
    campaign = get_object_or_404(workspace.campaigns.select_related("workspace"), pk=pk)
    form = TemplateNameForm(request.POST or None, campaign=campaign, initial={"name": campaign.name})
    if form.is_valid():
        try:
            with transaction.atomic():
                template = save_as_template(campaign=campaign, by=request.user, **form.cleaned_data)
        except IntegrityError:
            add_conflict(form)
        else:
            messages.success(request, _("Template “%(template)s” saved.") % {"template": template})
            return redirect("campaigns:templates", workspace.slug)
    context = {"section": "campaigns", "form": form, "campaign": campaign}
    return render(request, "campaigns/save_template.html", context)
