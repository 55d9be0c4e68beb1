"""Users and their access: invitations to one email address, accepted through allauth. There is no open sign-up."""

from contextlib import nullcontext
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from markets.accounts.languages import writing_to
from markets.models import AuditAction, AuditEvent, Invitation, Membership, Role, User, Workspace
from markets.workspaces.audit import record_event
from markets.workspaces.departures import run_departure_steps

SESSION_KEY = "invitation"
INVITATION_UNUSABLE = gettext_lazy(
    "This invitation was used already, was revoked or has run out. Ask a manager of the workspace for a new one."
)


@transaction.atomic
def create_user(*, email: str, password: str | None, **fields: Any) -> User:
    """Creates a user with a verified address, on the word of someone with access to the server. Without a password the
    user needs a link to choose one."""
    user = User.objects.create_user(email, password, **fields)
    mark_email_verified(user)
    return user


@transaction.atomic
def mark_email_verified(user: User) -> None:
    """Makes the user's email address verified, and the only one to sign in with."""
    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})


@transaction.atomic
def invite(*, workspace: Workspace, email: str, role: str, by: User | None) -> tuple[Invitation, str]:
    """Creates an invitation and returns it with the path of its link, which cannot be shown again.

    Raises ValidationError if the address belongs to a member or has an open invitation.
    """
    email = email.strip().casefold()
    check_can_be_invited(workspace, email)
    workspace.invitations.filter(email__iexact=email, accepted_at=None, revoked_at=None, expires_at__lte=now()).update(
        revoked_at=now()
    )
    token = Invitation.new_token()
    invitation = Invitation(
        workspace=workspace, email=email, role=role, invited_by=by, token_hash=Invitation.hash_of(token)
    )
    invitation.full_clean()
    try:
        with transaction.atomic():
            invitation.save()
    except IntegrityError:  # a concurrent request has invited the same address since the check
        raise ValidationError(
            _("%(email)s has an open invitation to %(workspace)s already; revoke it first.")
            % {"email": email, "workspace": workspace}
        ) from None
    summary = f"Invited somebody as {invitation.role}"
    _record(AuditAction.MEMBER_INVITED, summary, workspace, by, invitation)
    return invitation, reverse("invitation", args=[token])


def check_can_be_invited(workspace: Workspace, email: str) -> None:
    """Raises ValidationError if the address belongs to a member or has an open invitation."""
    if workspace.memberships.filter(user__email__iexact=email).exists():
        raise ValidationError(
            _("%(email)s is a member of %(workspace)s already.") % {"email": email, "workspace": workspace}
        )
    if workspace.invitations.pending().filter(email__iexact=email).exists():
        raise ValidationError(
            _("%(email)s has an open invitation to %(workspace)s already; revoke it first.")
            % {"email": email, "workspace": workspace}
        )


@transaction.atomic
def revoke(*, invitation: Invitation, by: User | None) -> None:
    """Raises ValidationError if the invitation was used, was revoked or has expired."""
    if not Invitation.objects.pending().filter(pk=invitation.pk).update(revoked_at=now()):
        raise ValidationError(_("This invitation was used, was revoked or has run out already."))
    _record(AuditAction.INVITATION_REVOKED, "Revoked an invitation", invitation.workspace, by, invitation)


def send_invitation(invitation: Invitation, url: str) -> None:
    """Mails the full link to the invited address, in the language of its user, or else of whoever invites them."""
    invited = User.objects.filter(email__iexact=invitation.email).first()
    with writing_to(invited) if invited else nullcontext():
        body = render_to_string("account/email/invitation.txt", {"invitation": invitation, "url": url})
        subject = _("Join %(workspace)s on Client Portal") % {"workspace": invitation.workspace}
        send_mail(subject, body, None, [invitation.email])


@transaction.atomic
def accept(*, invitation: Invitation, user: User) -> Membership:
    """Creates the membership. Raises ValidationError if the invitation is unusable or for another address."""
    if user.email.casefold() != invitation.email.casefold():
        raise ValidationError(
            _(
                "This invitation is for %(invited)s, and you are signed in as %(user)s. "
                "Sign out and open the link again as %(invited)s."
            )
            % {"invited": invitation.email, "user": user.email}
        )
    pending = Invitation.objects.pending().filter(pk=invitation.pk, workspace__archived_at=None)
    if not pending.update(accepted_at=now()):
        raise ValidationError(INVITATION_UNUSABLE)
    membership, _is_new = Membership.objects.get_or_create(
        workspace=invitation.workspace, user=user, defaults={"role": invitation.role}
    )
    summary = f"Joined as {membership.role}"
    _record(AuditAction.MEMBER_JOINED, summary, invitation.workspace, user, user)
    return membership


@transaction.atomic
def change_role(*, membership: Membership, role: str, by: User | None = None) -> list[AuditEvent]:
    """Returns what became of their calls, if they may no longer call. Raises ValidationError if the workspace would be
    left without a manager."""
    check_manager_remains(membership, stays_manager=role == Role.MANAGER)
    Membership.objects.filter(pk=membership.pk).update(role=Role(role))
    if role != membership.role:
        summary = f"Changed the role from {membership.role} to {Role(role).value}"
        _record(AuditAction.ROLE_CHANGED, summary, membership.workspace, by, membership.user)
    if Role(role).allows(Role.CALLER):
        return []
    return run_departure_steps(membership.workspace, membership.user, by)


@transaction.atomic
def remove_member(*, membership: Membership, by: User | None = None) -> list[AuditEvent]:
    """Ends the access and returns what became of their calls. The user keeps the account, and everything they recorded
    stays."""
    check_manager_remains(membership, stays_manager=False)
    membership.delete()
    summary = f"Removed a {membership.role}"
    _record(AuditAction.MEMBER_REMOVED, summary, membership.workspace, by, membership.user)
    return run_departure_steps(membership.workspace, membership.user, by)


def _record(action: AuditAction, summary: str, workspace: Workspace, by: User | None, subject: Model) -> None:
    record_event(workspace=workspace, user=by, action=action, summary=summary, subject=subject)


def check_manager_remains(membership: Membership, *, stays_manager: bool) -> None:
    """Raises ValidationError if the workspace would be left without a manager. Locks the managers until commit."""
    managers = membership.workspace.memberships.select_for_update().filter(role=Role.MANAGER)
    others = [each for each in managers if each.pk != membership.pk]
    if membership.role == Role.MANAGER and not stays_manager and not others:
        raise ValidationError(_("This is the workspace's only manager. Make somebody else a manager first."))


def pending_invitation(request: HttpRequest) -> Invitation | None:
    """The invitation whose link was opened in this session, if it can still be accepted."""
    token = request.session.get(SESSION_KEY)
    if not token:
        return None
    pending = Invitation.objects.pending().with_token(token).filter(workspace__archived_at=None)
    return pending.select_related("workspace", "invited_by").first()
