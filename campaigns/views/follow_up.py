from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.audience.filters import filter_by
from campaigns.follow_up import FollowUpPlan, LeftOut, NobodyFits, same_draft
from campaigns.follow_up.plan import ALWAYS
from campaigns.forms.follow_up import FollowUpForm, PlanForm, suggested_values
from campaigns.models import Campaign
from config.ui.formats import number
from config.ui.forms import as_id, posted_text, save_or_add_error
from markets.models import Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page


@workspace_page(Role.MANAGER, "GET POST")
def follow_up(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Who fits a follow-up, and who is left out and why. POST creates the Draft; with `preview` it only counts."""
    campaign = get_object_or_404(workspace.campaigns.select_related("market", "workspace"), pk=pk)
    if campaign.is_draft:
        messages.error(
            request,
            _("%(campaign)s is a Draft: nobody was called for it yet, so there is no one to follow up.")
            % {"campaign": campaign},
        )
        return redirect("campaigns:detail", workspace.slug, pk)
    sent = request.POST or request.GET
    plan_form = PlanForm(sent if "days" in sent else None, campaign=campaign)
    if not plan_form.is_bound:
        plan_form = plan_form.suggested()
    plan = plan_form.plan if plan_form.is_valid() else None
    is_sent = request.method == "POST" and "preview" not in request.POST
    values = request.POST.dict() if "preview" in request.POST else suggested_values(campaign)
    form = FollowUpForm(
        request.POST if is_sent else None, campaign=campaign, by=request.user, plan=plan, initial=values
    )
    if is_sent and plan and (response := _create(request, form, plan)):
        return response
    context = {"section": "campaigns", "campaign": campaign, "plan_form": plan_form, "form": form}
    context |= {"preview": _preview(workspace, plan_form)}
    fragment = "#preview" if request.htmx and request.htmx.target == "preview" else ""
    response = render(request, "campaigns/follow_up.html" + fragment, context)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def _create(request: WorkspaceRequest, form: FollowUpForm, plan: FollowUpPlan) -> HttpResponse | None:
    """Creates the Draft and returns the way to it. None if the form has errors. A form that is sent twice leads to the
    same Draft."""
    slug = request.access.workspace.slug
    try:
        is_created = form.is_valid() and save_or_add_error(form)
    except NobodyFits as problem:
        form.add_error(None, str(problem))
        return None
    if is_created:
        messages.success(request, _created(form.instance, form.count, as_id(request.POST.get("seen", ""))))
        return redirect("campaigns:detail", slug, form.instance.pk)
    draft = same_draft(plan, " ".join(posted_text(request.POST, "name").split()), request.user)
    if draft is None:
        return None
    messages.info(request, _("%(draft)s was created a moment ago. This is it.") % {"draft": draft})
    return redirect("campaigns:detail", slug, draft.pk)


def _created(campaign: Campaign, count: int, seen: int | None) -> str:
    words = ngettext(
        "%(campaign)s is a Draft with %(count)s person.", "%(campaign)s is a Draft with %(count)s people.", count
    )
    sentence = words % {"campaign": campaign, "count": number(count)}
    if seen is None or seen == count:
        return sentence
    return sentence + " " + _("%(seen)s fit when you looked.") % {"seen": number(seen)}


def _preview(workspace: Workspace, form: PlanForm) -> dict[str, object]:
    """The counts of a plan, each with the list of its people. Without counts if the choices are invalid."""
    plan, counts = (form.plan, form.counts) if form.is_valid() else (None, None)
    sent = form["leave_out"].value() or []
    reasons = [
        {
            "reason": reason,
            "label": plan.label(reason) if plan else reason.label,
            "is_fixed": reason in ALWAYS,
            "is_on": reason in ALWAYS or reason in sent,
            "count": counts.left_out.get(reason) if counts else None,
            "url": _people_url(workspace, plan.left_out_by(reason)) if plan and reason in plan.reasons else "",
        }
        for reason in LeftOut
    ]
    preview: dict[str, object] = {"reasons": reasons, "left_out": [each for each in reasons if each["count"]]}
    if plan and counts:
        preview |= {
            "fit": counts.fit,
            "fit_url": _people_url(workspace, plan.fitting),
            "total": counts.total,
            "total_url": _people_url(workspace, plan.everybody),
            "sources": ", ".join(map(str, plan.sources)),
            "running": [source for source in plan.sources if not source.is_completed],
        }
    return preview


def _people_url(workspace: Workspace, rule: dict[str, object]) -> str:
    return f"{reverse('contacts:list', args=[workspace.slug])}?{urlencode(filter_by(rule))}"
