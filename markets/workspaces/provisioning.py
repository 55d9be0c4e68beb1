"""Provisions a client: the workspace and its first manager. Running it again changes nothing."""

from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from markets.contacts.normalization import clean_text, fold
from markets.models import Membership, Role, User, Workspace
from markets.workspaces.invitations import create_user, invite


@dataclass(frozen=True)
class ProvisioningResult:
    """The workspace, whether it was created, and messages for the operator."""

    workspace: Workspace
    is_new: bool
    messages: list[str]
    invitation_link: str = ""
    """The whole link of the manager's invitation, if one was created."""


@transaction.atomic
def provision_workspace(
    *, slug: str, name: str, timezone: str, phone_region: str, site: str, manager: str = "", password: str = ""
) -> ProvisioningResult:
    """Creates the workspace unless it exists, and makes the user with the email address `manager` its manager.

    An unknown user is created with `password` or, without one, invited. `site` is the base URL of links. Raises
    ValidationError, in which case nothing changes.
    """
    wanted = Workspace(slug=slug, name=clean_text(name), timezone=timezone, phone_region=phone_region)
    workspace = Workspace.objects.filter(slug=slug).first()
    if workspace:
        messages = _describe_existing(workspace, wanted)
    else:
        wanted.full_clean()
        wanted.save()
        messages = [f"The workspace {wanted} ({slug}) is there now: {site}{reverse('dashboard', args=[slug])}"]
    link = ""
    if manager:
        message, link = _add_manager(workspace or wanted, fold(manager), password, site)
        messages.append(message)
    return ProvisioningResult(workspace or wanted, workspace is None, messages, link)


def _describe_existing(workspace: Workspace, wanted: Workspace) -> list[str]:
    wanted.full_clean(validate_unique=False)
    messages = [f"The workspace {workspace} ({workspace.slug}) exists already."]
    for field, words in (("name", "name"), ("timezone", "time zone"), ("phone_region", "phone region")):
        if getattr(workspace, field) != getattr(wanted, field):
            messages.append(f"Its {words} is {getattr(workspace, field)} and is left alone.")
    if workspace.archived_at:
        messages.append("It is archived.")
    return messages


def _add_manager(workspace: Workspace, email: str, password: str, site: str) -> tuple[str, str]:
    """Returns a message, and the link of the invitation if one was created."""
    try:
        validate_email(email)
    except ValidationError:
        raise ValidationError({"manager": f"“{email}” is not an email address."}) from None
    membership = workspace.memberships.filter(user__email__iexact=email).first()
    if membership:
        return f"{email} is a member already, as {membership.get_role_display().lower()}.", ""
    user = User.objects.filter(email__iexact=email).first()
    if user is None and not password:
        return _invite(workspace, email, site)
    if user is None:
        validate_password(password, User(email=email))
        user = create_user(email=email, password=password)
    Membership.objects.create(workspace=workspace, user=user, role=Role.MANAGER)
    return f"{email} is its manager.", ""


def _invite(workspace: Workspace, email: str, site: str) -> tuple[str, str]:
    if workspace.invitations.pending().filter(email__iexact=email).exists():
        return f"{email} was invited already; that link still works and cannot be shown again.", ""
    try:
        _, path = invite(workspace=workspace, email=email, role=Role.MANAGER, by=None)
    except ValidationError as error:
        raise ValidationError({"manager": error.messages}) from None
    link = f"{site}{path}"
    return f"{email} is invited as manager. This link works once, within 14 days:\n{link}", link
