"""API tokens: another system reads and writes in one workspace without signing in, as far as the token's scopes go."""

import re
from collections.abc import Collection
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from markets.models import ApiToken, AuditAction, Scope, User, Workspace
from markets.workspaces import throttles
from markets.workspaces.audit import record_event

USE_RECORDED_EVERY = timedelta(minutes=1)
MAX_REQUESTS_PER_MINUTE = 120
"""Limit for one token, whichever server process it reaches: more calls than any dialer makes in an hour."""
BEARER = re.compile(r"Bearer +([A-Za-z0-9_-]{20,200})", re.IGNORECASE)


@transaction.atomic
def issue(
    *,
    workspace: Workspace,
    name: str,
    by: User | None,
    scopes: Collection[str] = (Scope.CALLS_WRITE,),
    last_day: date | None = None,
) -> tuple[ApiToken, str]:
    """Creates a token and returns it with its text, which cannot be shown again. It works until the end of `last_day`,
    a day of the workspace, or until it is revoked.

    Raises ValidationError if the name is in use, no scope is given or the workspace is archived.
    """
    check_not_archived(workspace)
    text = ApiToken.new_token()
    token = ApiToken(
        workspace=workspace,
        name=name.strip(),
        token_hash=ApiToken.hash_of(text),
        scopes=[scope.value for scope in Scope if scope.value in scopes],
        expires_at=workspace.bounds(None, last_day)[1],
        created_by=by,
    )
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
    if not ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now(), revoked_by=by):
        raise ValidationError(_("This token was revoked already."))
    _record(AuditAction.TOKEN_REVOKED, "Revoked an API token", token, by)


def _record(action: AuditAction, summary: str, token: ApiToken, by: User | None) -> None:
    record_event(workspace=token.workspace, user=by, action=action, summary=summary, subject=token)


def usable_token(header: str) -> ApiToken | None:
    """The token in an Authorization header, with its workspace; None if it is unknown, revoked or expired."""
    match = BEARER.fullmatch(header.strip())
    if match is None:
        return None
    return ApiToken.objects.usable().with_token(match[1]).select_related("workspace").first()


def opens(token: ApiToken, slug: str) -> bool:
    """Whether the token is of the workspace with that slug, which is not archived."""
    return token.workspace.slug == slug and token.workspace.archived_at is None


def token_from_header(slug: str, header: str) -> ApiToken | None:
    """The token in an Authorization header, or None unless it may send calls to the workspace with that slug."""
    token = usable_token(header)
    return token if token and opens(token, slug) and Scope.CALLS_WRITE in token.scopes else None


def record_use(token: ApiToken) -> None:
    """Stores the time of the last use, at most once a minute to spare most requests a write."""
    moment = now()
    if token.last_used_at is None or moment - token.last_used_at >= USE_RECORDED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=moment)


def count_request(token: ApiToken) -> int:
    """Counts a request of the token. Returns how many it has sent in this minute."""
    return throttles.count(f"api-token:{token.pk}", seconds=60)


def throttle(token: ApiToken) -> int:
    """Counts a request of the token. Returns the seconds to wait if this minute has had too many, else 0."""
    return throttles.throttle(f"api-token:{token.pk}", most=MAX_REQUESTS_PER_MINUTE)
