from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from calls.callbacks.handover import describe_event, undecided
from markets.forms import InvitationForm, RoleForm
from markets.models import AuditEvent, Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page
from markets.workspaces.invitations import change_role, invite, remove_member, revoke, send_invitation
from signals.workspace_page.first_steps import next_step


@workspace_page(Role.MANAGER, "GET POST")
def team(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """The members, their roles and the pending invitations. POST invites somebody."""
    form = InvitationForm(request.POST or None)
    if form.is_valid():
        try:
            invitation, path = invite(workspace=workspace, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            send_invitation(invitation, request.build_absolute_uri(path))
            sent = _("Invitation sent to %(email)s. It works for 14 days.") % {"email": invitation.email}
            messages.success(request, f"{sent}{next_step(workspace)}")
            return redirect("team", workspace.slug)
    context = {
        "section": "team",
        "form": form,
        "roles": Role.choices,
        "memberships": workspace.memberships.select_related("user").order_by("user__email"),
        "undecided": undecided(workspace),
        "invitations": workspace.invitations.pending().select_related("invited_by"),
    }
    return render(request, "team/list.html", context)


@workspace_page(Role.MANAGER, "POST")
def member_role(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    membership = get_object_or_404(workspace.memberships.select_related("user", "workspace"), pk=pk)
    form = RoleForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError(_("“%(value)s” is not a role.") % {"value": request.POST.get("role", "")[:40]})
        departures = change_role(membership=membership, role=form.cleaned_data["role"], by=request.user)
        messages.success(
            request,
            _("%(user)s is a %(role)s now.") % {"user": membership.user, "role": Role(form.cleaned_data["role"]).noun},
        )
    except ValidationError as error:
        messages.error(request, error.message)
        return redirect("team", workspace.slug)
    return _after_departure(request, workspace, departures)


@workspace_page(Role.MANAGER, "POST")
def member_remove(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    membership = get_object_or_404(workspace.memberships.select_related("user", "workspace"), pk=pk)
    try:
        departures = remove_member(membership=membership, by=request.user)
        messages.success(request, _("%(user)s is no longer a member.") % {"user": membership.user})
    except ValidationError as error:
        messages.error(request, error.message)
        return redirect("team", workspace.slug)
    if membership.user_id == request.user.pk:
        return redirect("home")
    return _after_departure(request, workspace, departures)


def _after_departure(request: WorkspaceRequest, workspace: Workspace, departures: list[AuditEvent]) -> HttpResponse:
    """Says what became of the people of somebody who may no longer call, and asks who makes their callbacks."""
    for event in departures:
        messages.info(request, describe_event(event))
        if event.details.get("callbacks"):
            return redirect("callbacks:hand_over", workspace.slug, event.pk)
    return redirect("team", workspace.slug)


@workspace_page(Role.MANAGER, "POST")
def invitation_revoke(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    invitation = get_object_or_404(workspace.invitations.pending(), pk=pk)
    try:
        revoke(invitation=invitation, by=request.user)
        messages.success(request, _("Invitation to %(email)s revoked.") % {"email": invitation.email})
    except ValidationError as error:
        messages.error(request, error.message)
    return redirect("team", workspace.slug)
