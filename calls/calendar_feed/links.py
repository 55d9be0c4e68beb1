"""Making, turning off and finding the link to a member's calendar. Only a hash of its secret is stored."""

import hashlib
import re
import secrets

from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.timezone import now

from markets.accounts.second_factors import has_second_factor
from markets.models import AuditAction, Membership, User
from markets.workspaces.audit import record_event
from markets.workspaces.throttles import throttle_reading

READS_PER_MINUTE = 60
TOKEN = re.compile(r"([0-9]{1,18})-([0-9]{1,18})-([A-Za-z0-9_-]{43})")
"""The workspace's and the membership's id, so that one indexed row is found, and the secret."""


@transaction.atomic
def make_link(*, membership: Membership, by: User) -> str:
    """Makes the calendar's link, or a new one instead of the former, which stops working. Returns its token, which
    cannot be shown again."""
    secret = secrets.token_urlsafe(32)
    summary = "Made a new link to their calendar" if membership.calendar_hash else "Made a link to their calendar"
    membership.calendar_hash, membership.calendar_made_at = _hash(secret), now()
    membership.save(update_fields=["calendar_hash", "calendar_made_at"])
    _record(AuditAction.LINK_MADE, summary, membership, by)
    return f"{membership.workspace_id}-{membership.pk}-{secret}"


@transaction.atomic
def turn_off(*, membership: Membership, by: User) -> bool:
    """The link stops working at once. Returns False if there is none."""
    if not membership.calendar_hash:
        return False
    membership.calendar_hash, membership.calendar_made_at = "", None
    membership.save(update_fields=["calendar_hash", "calendar_made_at"])
    _record(AuditAction.LINK_REVOKED, "Turned off the link to their calendar", membership, by)
    return True


def find_membership(token: str) -> Membership | None:
    """Whose calendar it is. None if the link is unknown, or its owner could not open the workspace: they are
    deactivated or removed, it is archived, or it requires a second factor that they do not have."""
    if not (found := TOKEN.fullmatch(token)):
        return None
    memberships = Membership.objects.select_related("workspace", "user").exclude(calendar_hash="")
    membership = memberships.filter(
        workspace=int(found[1]), pk=int(found[2]), user__is_active=True, workspace__archived_at=None
    ).first()
    if membership is None or not constant_time_compare(membership.calendar_hash, _hash(found[3])):
        return None
    if membership.workspace.requires_second_factor and not has_second_factor(membership.user):
        return None
    return membership


def seconds_until_read(membership: Membership) -> int:
    """Counts a request for the calendar. More than 0 if there were too many in this minute."""
    return throttle_reading(f"calendar:{membership.pk}", most=READS_PER_MINUTE)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _record(action: AuditAction, summary: str, membership: Membership, by: User) -> None:
    record_event(workspace=membership.workspace, user=by, action=action, summary=summary, subject=membership.user)
