from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.timezone import now
from django.utils.translation import gettext as _

from calls.forms import CallForm
from calls.log.recent import describe_recent, newest_recent, recorded_meanwhile
from calls.log.validation import CallRefused
from calls.metrics.day_of_caller import day_of_caller
from calls.models import Call
from calls.queue import leases, ranking
from calls.queue.calling_hours import local_time, zone_of
from calls.queue.explanations import explain_rank, waiting_groups
from campaigns.callers.eligible import is_handed_people, who_calls_in, why_not_theirs
from campaigns.models import Campaign, CampaignContact
from config.ui.dates import weekday_and_time
from config.ui.forms import add_conflict, as_id, focus_first_error
from config.ui.requests import is_visit
from markets.audit.reading import record_view
from markets.models import Role, User, Workspace
from markets.off_limits.services import DO_NOT_CALL, OFF_LIMITS
from markets.workspaces.access import WorkspaceRequest, workspace_page
from signals.capture.services import record_with_signals
from signals.market_page.page import current_signals_of, history_of
from signals.suggestions.services import suggest, suggestions_of_latest_call

MAX_CALLS = 10
"""The earlier calls shown beside the form. The contact's own page shows all."""
MAX_RENEWALS = 12
"""The form renews its lease every five minutes, so one that was left open releases its contact after an hour."""


@workspace_page(Role.CALLER, writes_on_get=True)
def campaign_next(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """The next contact to call, leased to the user, or the reasons why there is none.

    GET writes the lease. That is safe: repeating it returns the same contact, and leases expire (docs/decisions).
    """
    if not is_visit(request):
        return HttpResponse(status=204)
    campaign = get_object_or_404(workspace.campaigns.select_related("market", "workspace"), pk=pk)
    member = leases.lease_next(campaign=campaign, by=request.user)
    if member is None:
        suggestions = suggestions_of_latest_call(workspace=workspace, by=request.user)
        context = {
            "section": "queue",
            "campaign": campaign,
            "waits": waiting_groups(campaign, now(), request.user),
            "not_a_caller": "" if is_handed_people(campaign, request.user) else who_calls_in(campaign),
            "suggestions": suggestions,
        }
        return render(request, "calls/nobody.html", context)
    return _render_form(request, campaign, member, CallForm(member=member, campaign=campaign))


@workspace_page(Role.CALLER, "GET POST", writes_on_get=True)
def call_create(request: WorkspaceRequest, workspace: Workspace, pk: int, contact: int) -> HttpResponse:
    """The form for a call to a member of a campaign. After saving, it shows the next contact."""
    campaign = get_object_or_404(workspace.campaigns.select_related("market", "workspace"), pk=pk)
    members = campaign.members.select_related("contact__workspace", "leased_by", "assigned_to", "campaign")
    member = get_object_or_404(members, contact=contact)
    if not is_visit(request):
        return HttpResponse(status=204)
    if request.method != "POST":
        if campaign.is_active and not workspace.archived_at:
            leases.lease(member=member, by=request.user)
        undone = _undone_call(request, campaign, member)
        return _render_form(request, campaign, member, CallForm(member=member, campaign=campaign, undone=undone))
    form = CallForm(request.POST, member=member, campaign=campaign)
    try:
        call = _save(form, campaign, member, request.user)
    except CallRefused as refused:
        form.add_error(refused.code if refused.code in form.fields else None, str(refused))
        call = None
    if not call:
        focus_first_error(form)
        return _render_form(request, campaign, member, form)
    recorded = {"call": call, "workspace": workspace, "suggests": bool(suggest(call))}
    messages.success(request, render_to_string("calls/recorded.html", recorded))
    if not workspace.calls.exclude(pk=call.pk).exists():
        messages.success(request, render_to_string("calls/first.html", recorded))
    if other := recorded_meanwhile(call, call.recorded_at):
        twice = describe_recent(other, call.contact, request.user)
        messages.warning(request, " ".join([twice, _("Undo yours if both are the same call.")]))
    stops = request.POST.get("then") == "stop"
    return redirect("campaigns:queue" if stops else "campaigns:next", workspace.slug, campaign.pk)


@workspace_page(Role.CALLER, "POST")
def member_skip(request: WorkspaceRequest, workspace: Workspace, pk: int, contact: int) -> HttpResponse:
    """Skips a contact for an hour and shows the next one."""
    campaign = get_object_or_404(workspace.campaigns, pk=pk)
    members = campaign.members.select_related("contact", "leased_by", "assigned_to", "campaign")
    member = get_object_or_404(members, contact=contact)
    if leases.skip(member=member, by=request.user):
        messages.success(request, _("%(person)s skipped for an hour.") % {"person": member.contact})
    elif leases.is_leased_to_another(member, request.user):
        text = _("%(person)s is with %(user)s now and was not skipped.")
        messages.error(request, text % {"person": member.contact, "user": member.leased_by})
    else:
        skipped = _("%(person)s was not skipped.") % {"person": member.contact}
        messages.error(request, f"{why_not_theirs(member, request.user)} {skipped}")
    return redirect("campaigns:next", workspace.slug, campaign.pk)


@workspace_page(Role.CALLER, "POST")
def member_hold(request: WorkspaceRequest, workspace: Workspace, pk: int, contact: int) -> HttpResponse:
    """Renews the lease during a long call. The response renews it again, for an hour at most."""
    campaign = get_object_or_404(workspace.campaigns.active(), pk=pk)
    members = campaign.members.select_related("contact", "leased_by", "assigned_to", "campaign")
    member = get_object_or_404(members, contact=contact)
    leases.lease(member=member, by=request.user)
    text = request.POST.get("renewals", "")
    renewals = 1 + int(text) if text.isascii() and text.isdigit() and len(text) < 3 else MAX_RENEWALS
    return render(request, "calls/hold.html", _lease_context(campaign, member, request.user, renewals))


def _undone_call(request: WorkspaceRequest, campaign: Campaign, member: CampaignContact) -> Call | None:
    """The call that the user has just undone, whose values the form begins with: `?undone=`."""
    if (pk := as_id(request.GET.get("undone", ""))) is None:
        return None
    own = campaign.workspace.calls.voided().filter(campaign=campaign, contact=member.contact_id, caller=request.user)
    return own.prefetch_related("signals").filter(pk=pk).first()


def _lease_context(campaign: Campaign, member: Any, user: User, renewals: int = 0) -> dict[str, Any]:
    """The context of the lease. If several users have the same contact open, only the lease's owner renews it."""
    is_another_users = leases.is_leased_to_another(member, user)
    is_queued = hasattr(member, "rank")
    not_yours = "" if is_queued else why_not_theirs(member, user)
    return {
        "campaign": campaign,
        "member": member,
        "lease": {
            "is_another_users": is_another_users,
            "not_yours": not_yours,
            "renewals": renewals,
            "renews": renewals < MAX_RENEWALS and campaign.is_active and not (is_another_users or not_yours),
        },
    }


def _save(form: CallForm, campaign: Campaign, member: CampaignContact, by: User) -> Call | None:
    """Records the call, releases the lease and returns the call; None if the form is invalid.

    The request key makes this idempotent: for a repeated post, as after a lost response, it returns the call recorded
    before, whatever the form contains now.
    """
    is_valid, key = form.is_valid(), form.cleaned_data.get("request_key")
    if key and (recorded := campaign.workspace.calls.select_related("contact").filter(request_key=key).first()):
        return recorded
    if not is_valid:
        return None
    try:
        with transaction.atomic():
            call = record_with_signals(campaign=campaign, new=form.new_call(by), signals=form.new_signals())
            if form.repair:
                form.repair.by = by
                form.repair.save()
            leases.release(member=member, by=by)
            return call
    except IntegrityError:  # e.g. a concurrent write gave the new number to a contact of the same name
        add_conflict(form)
        return None


def _render_form(request: WorkspaceRequest, campaign: Campaign, member: Any, form: CallForm) -> HttpResponse:
    record_view(request, member.contact)
    moment = now()
    queued = ranking.as_queued(member, campaign, request.user, moment)
    history = history_of(member.contact)
    calls = list(history.pop("calls")[: MAX_CALLS + 1])
    recent = newest_recent(calls, moment)
    context = {
        "section": "queue",
        "form": form,
        "recorded_just_now": describe_recent(recent, member.contact, request.user) if recent else "",
        "why": explain_rank(queued, moment) if queued else "",
        "there": weekday_and_time(local_time(member.contact, moment)),
        "zone": zone_of(member.contact).key,
        "barred": str(DO_NOT_CALL) if history["suppressions"] else str(OFF_LIMITS) if history["off_limits"] else "",
        **_lease_context(campaign, member, request.user),
        "current_signals": current_signals_of(member.contact),
        "calls": calls[:MAX_CALLS],
        "has_more_calls": len(calls) > MAX_CALLS,
        "suggestions": suggestions_of_latest_call(
            workspace=campaign.workspace, by=request.user, contact=member.contact
        ),
        "day": day_of_caller(campaign, request.user),
    }
    return render(request, "calls/form.html", history | context)
