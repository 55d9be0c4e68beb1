from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from config.monitoring.metrics import MAILS


class CountedSmtp(EmailBackend):
    """Counts what was sent and what was not."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        try:
            sent = super().send_messages(email_messages) or 0
        except Exception:
            MAILS.labels("failed").inc(len(email_messages))
            raise
        MAILS.labels("sent").inc(sent)
        return sent
