"""Archiving a workspace, bringing it back, and requesting its deletion. Each step is a single UPDATE that finds the
workspace only in the state that it needs, so that of two conflicting requests one wins."""

import smtplib
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.timezone import now
from django.utils.timezone import override as in_zone
from django.utils.translation import gettext as _

from config.ui.dates import full_day
from markets.accounts.languages import writing_to
from markets.models import AuditAction, Role, User, Workspace
from markets.models.workspaces import WorkspaceQuerySet
from markets.workspaces.audit import record_event


@transaction.atomic
def archive(*, workspace: Workspace, by: User | None) -> None:
    """From now on only managers can read it, and nobody can change it. Raises ValidationError if it is archived."""
    active = Workspace.objects.active()
    refused = _("%(workspace)s is archived already.")
    _step(active, workspace, AuditAction.WORKSPACE_ARCHIVED, "Archived the workspace", by, refused, archived_at=now())


@transaction.atomic
def bring_back(*, workspace: Workspace, by: User | None) -> None:
    """Makes it as it was before, and cancels a requested deletion. Raises ValidationError if it is not archived or its
    deletion has begun."""
    refused = _("%(workspace)s is not archived, or its deletion has begun.")
    _step(
        *(Workspace.objects.archived(), workspace, AuditAction.WORKSPACE_BROUGHT_BACK),
        *("Brought the workspace back", by, refused),
        archived_at=None,
        delete_after=None,
        deletion_requested_by=None,
    )


@transaction.atomic
def request_deletion(*, workspace: Workspace, name: str, url: str, by: User) -> None:
    """Has the workspace deleted after the grace period, and tells all its managers by mail. `name` is what was typed,
    `url` the page on which they can stop it.

    Raises ValidationError if the name is another, the workspace is not archived, its deletion was requested already, or
    the mail cannot be sent: nothing is deleted that was not announced.
    """
    if name.strip() != workspace.name:
        raise ValidationError({"name": _("Type the name exactly as it is: %(workspace)s") % {"workspace": workspace}})
    delete_after = now() + timedelta(days=settings.WORKSPACE_DELETION_DAYS)
    _step(
        *(Workspace.objects.archived().filter(delete_after=None), workspace, AuditAction.DELETION_REQUESTED),
        *("Requested that the workspace is deleted", by),
        _("%(workspace)s is not archived, or its deletion was requested already."),
        delete_after=delete_after,
        deletion_requested_by=by,
    )
    try:
        _announce(workspace, url)
    except (OSError, smtplib.SMTPException):
        raise ValidationError(
            _("The managers could not be told by mail, so the deletion was not requested. Try again later.")
        ) from None


@transaction.atomic
def cancel_deletion(*, workspace: Workspace, by: User | None) -> None:
    """The workspace stays archived. Raises ValidationError if no deletion is requested, or it has begun."""
    requested = Workspace.objects.archived().filter(delete_after__isnull=False)
    _step(
        *(requested, workspace, AuditAction.DELETION_CANCELLED, "Cancelled the deletion of the workspace", by),
        _("No deletion of %(workspace)s is requested, or it has begun."),
        delete_after=None,
        deletion_requested_by=None,
    )


def _step(
    found: WorkspaceQuerySet,
    workspace: Workspace,
    action: AuditAction,
    summary: str,
    by: User | None,
    refused: str,
    **fields: object,
) -> None:
    if not found.filter(pk=workspace.pk).update(**fields):
        raise ValidationError(refused % {"workspace": workspace})
    for name, value in fields.items():
        setattr(workspace, name, value)
    record_event(workspace=workspace, user=by, action=action, summary=summary, subject=workspace)


def _announce(workspace: Workspace, url: str) -> None:
    managers = workspace.memberships.filter(role=Role.MANAGER, user__is_active=True).select_related("user")
    assert workspace.delete_after
    mails: list[EmailMessage] = []
    for membership in managers.order_by("pk"):
        with writing_to(membership.user), in_zone(workspace.zone):
            day = full_day(workspace.day_of(workspace.delete_after))
            subject = _("%(workspace)s will be deleted on %(day)s") % {"workspace": workspace, "day": day}
            context = {"workspace": workspace, "day": day, "url": url}
            body = render_to_string("mail/deletion.txt", context)
            mails.append(EmailMessage(subject, body, None, [membership.user.email]))
    for each in mails:
        each.send()
