"""The weekly mail: the review of the week that ended last Sunday, once to each member who gets it."""

from dataclasses import dataclass
from datetime import date, timedelta
from smtplib import SMTPException

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.timezone import override

from config.ui.formats import day
from config.ui.periods import Period
from markets.models import Membership, Workspace
from markets.models.workspaces import MembershipQuerySet
from signals.workspace_page.dashboard import review_context

NOT_SENT = (SMTPException, OSError, ValueError)
"""What `send` raises when a mail cannot go out: the server refuses it, is not there, or a header cannot be written."""


@dataclass(frozen=True)
class Mail:
    """Ready for everybody of a workspace: it says the same to all of them."""

    subject: str
    text: str
    html: str


def week_ended(today: date) -> Period:
    """Monday to Sunday, the last that is over."""
    monday = today - timedelta(days=today.weekday() + 7)
    return Period(monday, monday + timedelta(days=6))


def compose(workspace: Workspace, week: Period, site: str) -> Mail:
    """`site` is where the portal is served, `https://portal.example`. Nobody is named in the subject."""
    with override(workspace.zone):
        words = f"{day(week.first)} – {day(week.last)}"
        context = {
            "workspace": workspace,
            "week": week,
            "words": words,
            "site": site,
            **review_context(workspace, week),
        }
        subject = " ".join(f"{workspace}: the week of {words}".split())
        return Mail(
            subject, render_to_string("mail/weekly.txt", context), render_to_string("mail/weekly.html", context)
        )


def due(workspace: Workspace, week: Period) -> MembershipQuerySet:
    """Who gets the mail of the week and has not got it, nor that of a later one."""
    not_yet = Q(mailed_week=None) | Q(mailed_week__lt=week.first)
    members: MembershipQuerySet = workspace.memberships.weekly_mail_recipients().filter(not_yet)
    return members.select_related("user").order_by("user__email")


def send(*, membership: Membership, mail: Mail, week: Period) -> bool:
    """Whether it went out now: by this time another run may have sent it, or the member left or declined.

    The row is held meanwhile, so two runs cannot both send. What stops between the mail and the note of it sends the
    mail once more: better twice than never. Raises one of NOT_SENT, and the next run tries again.
    """
    with transaction.atomic():
        member = due(membership.workspace, week).select_for_update(of=("self",)).filter(pk=membership.pk).first()
        if member is None:
            return False
        message = EmailMultiAlternatives(mail.subject, mail.text, to=[member.user.email])
        message.attach_alternative(mail.html, "text/html")
        message.send()
        Membership.objects.filter(pk=member.pk).update(mailed_week=week.first)
    return True
