"""Tells managers that a webhook was stopped because its receiver failed or wants nothing more."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.translation import gettext as _

from markets.accounts.languages import writing_to
from markets.models import AuditAction, Role, Webhook
from markets.models.webhooks import WebhookState
from markets.workspaces.audit import record_event

logger = logging.getLogger(__name__)
SUMMARIES = {
    WebhookState.FAILING: "Stopped a webhook that had failed for five days",
    WebhookState.GONE: "Stopped a webhook because its receiver wants nothing more",
}


def tell_managers(webhook_id: int, state: WebhookState) -> None:
    """Records that the webhook was stopped, and mails each manager. A mail that cannot be sent is only logged."""
    webhook = Webhook.objects.select_related("workspace").get(pk=webhook_id)
    workspace = webhook.workspace
    action, summary = AuditAction.WEBHOOK_CHANGED, SUMMARIES[state]
    record_event(workspace=workspace, user=None, action=action, subject=webhook, summary=summary)
    page = settings.PORTAL_URL + reverse("webhooks:detail", args=[workspace.slug, webhook.pk])
    managers = workspace.memberships.filter(role=Role.MANAGER, user__is_active=True).select_related("user")
    for member in managers:
        with writing_to(member.user):
            subject = _("%(workspace)s: a webhook was stopped") % {"workspace": workspace}
            try:
                send_mail(" ".join(subject.split()), _text(webhook, state, page), None, [member.user.email])
            except (SMTPException, OSError, ValueError) as error:
                logger.warning("A notice of webhook %s was not sent: %s", webhook.pk, error)


def _text(webhook: Webhook, state: WebhookState, page: str) -> str:
    reason = _("Nothing could be delivered to %(url)s for five days, so the portal sends nothing there any more.")
    if state == WebhookState.GONE:
        reason = _("%(url)s answered that it wants nothing more (410), so the portal sends nothing there any more.")
    then = _("What it answered, and how to start it again:")
    return f"{reason % {'url': webhook.url}}\n\n{then}\n{page}\n"
