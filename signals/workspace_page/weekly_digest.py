"""The weekly mail: the review of the week that ended last Sunday, sent once to each subscribed member."""

from dataclasses import dataclass
from datetime import date, timedelta
from smtplib import SMTPException

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.timezone import override
from django.utils.translation import gettext as _

from config.ui.formats import day
from config.ui.periods import Period
from markets.models import Membership, Workspace
from markets.models.workspaces import MembershipQuerySet
from markets.workspaces.subscriptions import Subscription, unsubscribe_headers
from signals.workspace_page.dashboard import review_context

NOT_SENT = (SMTPException, OSError, ValueError)
"""The errors of a mail that cannot be sent: the server rejects it, is unreachable, or a header is invalid."""


@dataclass(frozen=True)
class Mail:
    """The rendered mail, the same for all members of a workspace who read the same language."""

    subject: str
    text: str
    html: str


def week_ended(today: date) -> Period:
    """The last complete week, Monday to Sunday."""
    monday = today - timedelta(days=today.weekday() + 7)
    return Period(monday, monday + timedelta(days=6))


def compose(workspace: Workspace, week: Period, site: str) -> Mail:
    """In the active language. `site` is the base URL of the portal, `https://portal.example`. The subject contains no
    personal data."""
    with override(workspace.zone):
        words = f"{day(week.first)} – {day(week.last)}"
        context = {
            "workspace": workspace,
            "week": week,
            "words": words,
            "site": site,
            **review_context(workspace, week),
        }
        subject = " ".join((_("%(workspace)s: the week of %(words)s") % context).split())
        return Mail(
            subject, render_to_string("mail/weekly.txt", context), render_to_string("mail/weekly.html", context)
        )


def due(workspace: Workspace, week: Period) -> MembershipQuerySet:
    """The subscribed members who have not received the mail of this week or of a later one."""
    not_yet = Q(mailed_week=None) | Q(mailed_week__lt=week.first)
    members: MembershipQuerySet = workspace.memberships.weekly_mail_recipients().filter(not_yet)
    return members.select_related("user").order_by("user__email")


def send(*, membership: Membership, mail: Mail, week: Period, site: str) -> bool:
    """Sends the mail unless another run has sent it, or the member has left or unsubscribed. Returns whether it did.

    The membership is locked meanwhile, so two runs cannot both send. After a crash between sending and recording it,
    the mail is sent again: better twice than never. Raises one of NOT_SENT; the next run retries.
    """
    with transaction.atomic():
        member = due(membership.workspace, week).select_for_update(of=("self",)).filter(pk=membership.pk).first()
        if member is None:
            return False
        message = EmailMultiAlternatives(
            mail.subject,
            mail.text,
            to=[member.user.email],
            headers=unsubscribe_headers(member, Subscription.WEEKLY, site),
        )
        message.attach_alternative(mail.html, "text/html")
        message.send()
        Membership.objects.filter(pk=member.pk).update(mailed_week=week.first)
    return True
