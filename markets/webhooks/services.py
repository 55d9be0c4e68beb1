"""What managers do with webhooks besides editing them."""

from datetime import timedelta

from django.db import transaction
from django.utils.timezone import now

from config.db import encryption
from markets.accounts.encrypted_secrets import Rotation, reencrypt
from markets.models import AuditAction, EventKind, User, Webhook
from markets.models.webhooks import WebhookState
from markets.webhooks.messages import new_secret
from markets.webhooks.publish import Fact, store_events
from markets.webhooks.queue import make_due
from markets.workspaces.audit import record_event

FORMER_SECRET_SIGNS_FOR = timedelta(days=1)


def set_new_secret(webhook: Webhook) -> str:
    """Sets the secret of a webhook that is not saved yet, and returns it: it cannot be shown again."""
    secret = new_secret()
    webhook.secret = encryption.encrypt(secret)
    return secret


@transaction.atomic
def rotate_secret(*, webhook: Webhook, by: User | None) -> str:
    """Returns the new secret, which cannot be shown again. The former one signs, too, for a day."""
    webhook = Webhook.objects.select_for_update(no_key=True).get(workspace=webhook.workspace_id, pk=webhook.pk)
    webhook.former_secret, webhook.former_secret_until = webhook.secret, now() + FORMER_SECRET_SIGNS_FOR
    secret = set_new_secret(webhook)
    webhook.save(update_fields=["secret", "former_secret", "former_secret_until"])
    _record(webhook, by, "Replaced the secret of a webhook")
    return secret


@transaction.atomic
def start(*, webhook: Webhook, by: User | None) -> None:
    """What waits is sent at once, also for another attempt. Events from while it was stopped were never written."""
    own = Webhook.objects.kept().filter(workspace=webhook.workspace_id, pk=webhook.pk)
    stopped = own.exclude(state=WebhookState.ACTIVE)
    if stopped.update(state=WebhookState.ACTIVE, failing_since=None, paused_until=None):
        make_due(webhook)
        _record(webhook, by, "Started a webhook")


@transaction.atomic
def stop(*, webhook: Webhook, by: User | None) -> None:
    """Nothing is sent, and no events are written for it, until it is started again."""
    own = Webhook.objects.filter(workspace=webhook.workspace_id, pk=webhook.pk, state=WebhookState.ACTIVE)
    if own.update(state=WebhookState.STOPPED):
        _record(webhook, by, "Stopped a webhook")


@transaction.atomic
def delete(*, webhook: Webhook, by: User | None) -> None:
    """Nothing is sent any more, also not what waits. The courier removes the rows: a transaction that read the webhook
    before may still write events for it, and a log of many thousands takes longer than a request may."""
    own = Webhook.objects.kept().filter(workspace=webhook.workspace_id, pk=webhook.pk)
    if own.update(state=WebhookState.STOPPED, deleted_at=now()):
        _record(webhook, by, "Deleted a webhook", AuditAction.WEBHOOK_DELETED)


@transaction.atomic
def send_test(webhook: Webhook) -> None:
    """Writes an event for this webhook alone. It holds nothing of the workspace."""
    fact = Fact({"webhook": webhook.pk}, subject=webhook)
    store_events(webhook.workspace_id, EventKind.TEST, [fact], [webhook])


def _record(webhook: Webhook, by: User | None, summary: str, action: AuditAction = AuditAction.WEBHOOK_CHANGED) -> None:
    record_event(workspace=webhook.workspace, user=by, action=action, subject=webhook, summary=summary)


def rotate_encryption(*, dry_run: bool = False) -> Rotation:
    """Encrypts with the first key the secrets that have another one. Can be repeated after an interruption."""
    result = Rotation()
    for key in Webhook.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            webhook = Webhook.objects.select_for_update(no_key=True).get(pk=key)
            if all(map(encryption.is_current, filter(None, [webhook.secret, webhook.former_secret]))):
                result.current += 1
                continue
            try:
                webhook.secret = reencrypt(webhook.secret)
                webhook.former_secret = webhook.former_secret and reencrypt(webhook.former_secret)
            except encryption.UnreadableSecretError:
                result.unreadable += 1
                continue
            result.rotated += 1
            if not dry_run:
                webhook.save(update_fields=["secret", "former_secret"])
    return result
