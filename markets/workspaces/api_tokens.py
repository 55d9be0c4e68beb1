"""API tokens: they let a dialer send calls to one workspace without signing in. Only the hash is stored."""

import re
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from markets.models import ApiToken, AuditAction, User, Workspace
from markets.workspaces import throttles
from markets.workspaces.audit import record_event

USE_RECORDED_EVERY = timedelta(minutes=1)
MAX_REQUESTS_PER_MINUTE = 120
"""Limit for one token, whichever server process it reaches: more calls than any dialer makes in an hour."""
BEARER = re.compile(r"Bearer +([A-Za-z0-9_-]{20,200})", re.IGNORECASE)


@transaction.atomic
def issue(*, workspace: Workspace, name: str, by: User | None) -> tuple[ApiToken, str]:
    """Creates a token and returns it with its text, which cannot be shown again.

    Raises ValidationError if the name is in use or the workspace is archived.
    """
    check_not_archived(workspace)
    text = ApiToken.new_token()
    token = ApiToken(workspace=workspace, name=name.strip(), token_hash=ApiToken.hash_of(text), created_by=by)
    token.full_clean()
    token.save()
    _record(AuditAction.TOKEN_ISSUED, "Issued an API token", token, by)
    return token, text


def check_not_archived(workspace: Workspace) -> None:
    """Raises ValidationError for an archived workspace."""
    if workspace.archived_at:
        raise ValidationError(_("%(workspace)s is archived; nothing can be sent into it.") % {"workspace": workspace})


@transaction.atomic
def revoke(*, token: ApiToken, by: User | None) -> None:
    """Makes the token invalid. Raises ValidationError if it was revoked already."""
    if not ApiToken.objects.usable().filter(pk=token.pk).update(revoked_at=now(), revoked_by=by):
        raise ValidationError(_("This token was revoked already."))
    _record(AuditAction.TOKEN_REVOKED, "Revoked an API token", token, by)


def _record(action: AuditAction, summary: str, token: ApiToken, by: User | None) -> None:
    record_event(workspace=token.workspace, user=by, action=action, summary=summary, subject=token)


def token_from_header(slug: str, header: str) -> ApiToken | None:
    """The token in an Authorization header, or None unless it is usable for the workspace with that slug."""
    match = BEARER.fullmatch(header.strip())
    if match is None:
        return None
    usable = ApiToken.objects.usable().with_token(match[1]).filter(workspace__archived_at=None)
    token = usable.select_related("workspace").first()
    return token if token and token.workspace.slug == slug else None


def record_use(token: ApiToken) -> None:
    """Stores the time of the last use, at most once a minute to spare most requests a write."""
    moment = now()
    if token.last_used_at is None or moment - token.last_used_at >= USE_RECORDED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=moment)


def throttle(token: ApiToken) -> int:
    """Counts a request of the token. Returns the seconds to wait if this minute has had too many, else 0."""
    return throttles.throttle(f"api-token:{token.pk}", most=MAX_REQUESTS_PER_MINUTE)
