"""Making, revoking and finding links (campaigns.models.SharedLink). The token and the password are stored as hashes."""

import re
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from campaigns.models import CampaignReport, SharedLink
from config.ui.periods import PRESETS, choose_period
from markets.models import AuditAction, Market, User, Workspace
from markets.workspaces.audit import record_event, try_to_record_event
from markets.workspaces.throttles import throttle, throttle_reading
from signals.report.shape import SECTIONS as REPORT_SECTIONS
from signals.sharing.market_document import MARKET_SECTIONS, market_document
from signals.sharing.report_document import shared_report

DEFAULT_DAYS, MOST_DAYS = 30, 366
VISITS_PER_MINUTE = 60
PASSWORDS_PER_QUARTER = 10
"""Attempts at the password of one link in 15 minutes, by whomever: only holders of the link can try."""
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def sections_of(thing: CampaignReport | Market) -> dict[str, str]:
    """The sections that can be shared, with their titles."""
    return MARKET_SECTIONS if isinstance(thing, Market) else REPORT_SECTIONS


@transaction.atomic
def share(
    *,
    thing: CampaignReport | Market,
    by: User | None,
    label: str,
    expires_on: date,
    sections: Collection[str],
    shows_people: bool = False,
    is_frozen: bool = False,
    period: str = "all",
    password: str = "",
) -> tuple[SharedLink, str]:
    """Creates a link that works until the end of `expires_on`, and returns it with its token, which cannot be
    shown again.

    Raises ValidationError for an archived workspace, a day out of range, or an unknown section or period.
    """
    workspace = thing.workspace
    _check(workspace, expires_on, sections, sections_of(thing), period)
    is_report = isinstance(thing, CampaignReport)
    token, (expires_at, _) = SharedLink.new_token(), workspace.bounds(expires_on + timedelta(days=1), None)
    assert expires_at
    link = SharedLink(
        workspace=workspace,
        **{"report" if is_report else "market": thing},
        label=label.strip(),
        sections=[name for name in sections_of(thing) if name in sections],
        shows_people=shows_people,
        period=period,
        token_hash=SharedLink.hash_of(token),
        password_hash=make_password(password) if password else "",
        expires_at=expires_at,
        created_by=by,
    )
    if isinstance(thing, Market) and is_frozen:
        link.document = current_document(link)
    link.full_clean(exclude=["report", "market", "document"])
    link.save()
    _record(
        AuditAction.LINK_MADE,
        f"Shared {'a report' if is_report else 'a market'} until {expires_on.day} {expires_on:%b %Y}",
        link,
        by,
    )
    return link, token


def _check(
    workspace: Workspace, expires_on: date, sections: Collection[str], known: Collection[str], period: str
) -> None:
    today = workspace.today()
    if workspace.archived_at:
        raise ValidationError(_("%(workspace)s is archived; nothing in it can be shared.") % {"workspace": workspace})
    if not today <= expires_on <= today + timedelta(days=MOST_DAYS):
        raise ValidationError(
            {"expires_on": _("Choose a day from today to %(days)s days from now.") % {"days": MOST_DAYS}}
        )
    if not sections or not set(sections) <= set(known):
        raise ValidationError({"sections": _("Choose at least one section to show.")})
    if period not in PRESETS:
        raise ValidationError({"period": _("There is no period “%(period)s”.") % {"period": period[:40]}})


@transaction.atomic
def revoke(*, link: SharedLink, by: User | None) -> None:
    """The link stops working at once. Raises ValidationError if it was revoked already."""
    open_links = SharedLink.objects.filter(workspace=link.workspace_id, pk=link.pk, revoked_at=None)
    if not open_links.update(revoked_at=now(), revoked_by=by):
        raise ValidationError(_("This link was revoked already."))
    _record(AuditAction.LINK_REVOKED, "Revoked a shared link", link, by)


def _record(action: AuditAction, summary: str, link: SharedLink, by: User | None) -> None:
    record_event(workspace=link.workspace, user=by, action=action, summary=summary, subject=link)


def find(token: str) -> SharedLink | None:
    """The link that works now, of a workspace that is not archived."""
    if not TOKEN.fullmatch(token):
        return None
    usable = SharedLink.objects.usable().with_token(token).filter(workspace__archived_at=None)
    return usable.select_related("workspace", "market", "report__campaign__market").first()


def seconds_until_visit(link: SharedLink) -> int:
    """Counts a request for the link. More than 0 if there were too many in this minute."""
    return throttle_reading(f"shared-link:{link.pk}", most=VISITS_PER_MINUTE)


def seconds_until_password(link: SharedLink) -> int:
    """Counts an attempt at the password. More than 0 if there were too many in this quarter of an hour."""
    return throttle(f"shared-link-password:{link.pk}", most=PASSWORDS_PER_QUARTER, seconds=15 * 60)


def is_password(link: SharedLink, password: str) -> bool:
    return check_password(password, link.password_hash)


def record_visit(link: SharedLink) -> None:
    """Counts a visit in the audit log. Who visits is nobody's business but theirs: neither their address nor their
    browser is stored."""
    try_to_record_event(
        workspace=link.workspace,
        user=None,
        action=AuditAction.LINK_VISITED,
        summary="Opened a shared link",
        subject=link,
    )


def document_of(link: SharedLink) -> dict[str, Any]:
    """What a link shows: a report, what was frozen when it was made, or what is known now."""
    return shared_report(link) if link.report else link.document or current_document(link)


def current_document(link: SharedLink) -> dict[str, Any]:
    """What a link to a market shows as of now."""
    assert link.market
    period = choose_period({"period": link.period}, link.workspace.today()).period
    document = market_document(link.workspace, link.market, period, shows_people=link.shows_people)
    return {name: document[name] for name in document if name not in MARKET_SECTIONS or name in link.sections}
