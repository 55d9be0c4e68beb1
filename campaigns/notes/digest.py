"""The mail that tells a member who mentioned them: each mention once, and none that they have seen in the portal."""

from datetime import timedelta
from smtplib import SMTPException

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.template.loader import render_to_string
from django.utils.timezone import now, override
from django.utils.translation import ngettext

from campaigns.models import Mention
from config.ui.formats import number
from markets.accounts.languages import writing_to
from markets.models import Membership, Workspace
from markets.workspaces.subscriptions import Subscription, unsubscribe_headers

NOT_SENT = (SMTPException, OSError, ValueError)
"""The errors of a mail that cannot be sent: the server rejects it, is unreachable, or a header is invalid."""
NEWER_THAN = timedelta(days=14)
"""Older mentions are not mailed, for example to a member who wants these mails again."""


def due(workspace: Workspace) -> QuerySet[Membership]:
    """The members who want these mails and have mentions to be told of."""
    members = workspace.memberships.filter(wants_mention_mail=True, user__is_active=True, workspace__archived_at=None)
    untold = _untold(workspace).filter(user=OuterRef("user"))
    return members.filter(Exists(untold)).select_related("user").order_by("user__email")


def _untold(workspace: Workspace) -> QuerySet[Mention]:
    recent = now() - NEWER_THAN
    mentions = workspace.mentions.filter(note__deleted_at=None, note__written_at__gte=recent)
    return mentions.filter(seen_at=None, mailed_at=None)


def send(*, membership: Membership, site: str) -> int:
    """Mails the member their mentions and returns how many; 0 if another run has, or the member has left or declined.

    `site` is the base URL of the portal. The membership is locked meanwhile, so two runs cannot both send. After a
    crash between sending and recording it, the mail is sent again: better twice than never. Raises one of NOT_SENT.
    """
    workspace = membership.workspace
    with transaction.atomic():
        member = due(workspace).select_for_update(of=("self",)).filter(pk=membership.pk).first()
        if member is None:
            return 0
        mentions = list(
            _untold(workspace)
            .filter(user=member.user)
            .select_related("note__written_by", "note__contact", "note__campaign__market")
            .order_by("note__written_at", "pk")
        )
        with override(workspace.zone), writing_to(member.user):
            subject = ngettext(
                "%(workspace)s: %(count)s note mentions you",
                "%(workspace)s: %(count)s notes mention you",
                len(mentions),
            ) % {"workspace": workspace, "count": number(len(mentions))}
            context = {"workspace": workspace, "mentions": mentions, "site": site, "subject": subject}
            text = render_to_string("mail/mentions.txt", context)
            html = render_to_string("mail/mentions.html", context)
        headers = unsubscribe_headers(member, Subscription.MENTIONS, site)
        message = EmailMultiAlternatives(" ".join(subject.split()), text, to=[member.user.email], headers=headers)
        message.attach_alternative(html, "text/html")
        message.send()
        Mention.objects.filter(workspace=workspace, pk__in=[each.pk for each in mentions]).update(mailed_at=now())
    return len(mentions)
