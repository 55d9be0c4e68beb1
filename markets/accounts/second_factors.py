"""Who has a second factor, and what a workspace that requires one shows to a member without."""

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from markets.models import AuditAction, Membership, User, Workspace
from markets.workspaces.audit import record_event

CONTINUE_TO = "continue_to"
"""In the session: `url` and `label` of the page that a user was led away from to set up a second factor."""


def has_second_factor(user: User) -> bool:
    return is_mfa_enabled(user)


def lead_back(request: HttpRequest, label: str) -> None:
    """After the second factor is set up, its page offers to go on where the user was."""
    request.session[CONTINUE_TO] = {"url": request.get_full_path(), "label": label}


def ask_for_second_factor(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """403 with what to do. A fragment has its page loaded anew, which then says so."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=403, headers={"HX-Refresh": "true"})
    if request.method == "GET":
        lead_back(request, str(workspace))
    return render(request, "account/second_factor_required.html", {"required_by": workspace}, status=403)


def members_without(workspace: Workspace) -> list[User]:
    """Active members who have no second factor yet."""
    holders = Authenticator.objects.values("user")
    memberships: list[Membership] = list(
        workspace.memberships.filter(user__is_active=True).exclude(user__in=holders).select_related("user")
    )
    return [each.user for each in memberships]


def require_second_factor(*, workspace: Workspace, required: bool, by: User) -> bool:
    """Returns whether anything changed. Raises ValidationError if `by` would lock themselves out."""
    if workspace.requires_second_factor == required:
        return False
    if required and not has_second_factor(by):
        raise ValidationError(_("Set up a second factor of your own first: without one you would lock yourself out."))
    changed = Workspace.objects.filter(pk=workspace.pk, requires_second_factor=not required)
    if not changed.update(requires_second_factor=required):
        return False
    workspace.requires_second_factor = required
    summary = "Required a second factor of all members" if required else "No longer required a second factor"
    record_event(workspace=workspace, user=by, action=AuditAction.SETTING_CHANGED, summary=summary)
    return True
