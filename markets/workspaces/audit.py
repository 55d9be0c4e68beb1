"""Records what was done in the audit log. Changes record it in their own transaction, so that none can be made without
its event; what only reads tries to."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta

from django.db import DatabaseError, transaction
from django.db.models import Model
from django.utils.timezone import now

from markets.models import ApiToken, AuditAction, AuditEvent, User, Workspace

logger = logging.getLogger(__name__)
_token: ContextVar[ApiToken | None] = ContextVar("token", default=None)


@contextmanager
def by_token(token: ApiToken) -> Iterator[None]:
    """What is recorded in the block was done by the system that has the token, which is no user."""
    before = _token.set(token)
    try:
        yield
    finally:
        _token.reset(before)


def mention(row: Model) -> str:
    """A row in a summary, such as [user 5]. Its name is looked up whenever the event is shown, because the log cannot
    be changed when somebody is renamed or erased."""
    return f"[{row._meta.model_name} {row.pk}]"


def record_event(
    *,
    workspace: Workspace | None,
    user: User | None,
    action: AuditAction,
    summary: str,
    subject: Model | None = None,
    details: dict[str, object] | None = None,
) -> AuditEvent:
    """Adds an event. `summary` is a sentence in which rows are only mentioned; `subject` is the row it happened to.

    Neither summary nor details may have names, or anything that somebody typed. Without a workspace only ops staff see
    the event.
    """
    token = _token.get()
    return AuditEvent.objects.create(
        workspace=workspace,
        user=user,
        action=AuditAction(action),
        subject_kind=str(subject._meta.model_name) if subject else "",
        subject_id=subject.pk if subject else None,
        summary=summary[:500],
        details={**(details or {}), **({"api_token": token.pk} if token else {})},
    )


def try_to_record_event(
    *,
    workspace: Workspace | None,
    user: User | None,
    action: AuditAction,
    summary: str,
    subject: Model | None = None,
    details: dict[str, object] | None = None,
    at_most_every: timedelta | None = None,
) -> None:
    """`record_event` for what only reads: a database that takes no writes, such as a read-only standby, does not fail
    the page. `at_most_every`: not if the user did the same with the subject so recently."""
    try:
        if at_most_every and _is_recorded(workspace, user, action, subject, at_most_every):
            return
        with transaction.atomic():
            record_event(
                workspace=workspace, user=user, action=action, summary=summary, subject=subject, details=details
            )
    except DatabaseError as error:
        logger.warning("The event %s was not recorded: %s", action.value, type(error).__name__)


def _is_recorded(
    workspace: Workspace | None, user: User | None, action: AuditAction, subject: Model | None, period: timedelta
) -> bool:
    assert subject
    same = AuditEvent.objects.filter(
        workspace=workspace, subject_kind=subject._meta.model_name, subject_id=subject.pk, user=user, action=action
    )
    return same.filter(happened_at__gt=now() - period).exists()
