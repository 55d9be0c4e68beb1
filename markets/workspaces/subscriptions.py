"""Mails that members get until they unsubscribe, also by one click in their mail program (RFC 8058)."""

from enum import StrEnum

from django.core import signing
from django.urls import reverse

from markets.models import Membership

SALT = "unsubscribe"


class Subscription(StrEnum):
    """A regular mail; the value stands in the tokens of links."""

    WEEKLY = "weekly"
    MENTIONS = "mentions"

    @property
    def label(self) -> str:
        return {"weekly": "the weekly mail", "mentions": "mails about notes that mention you"}[self.value]

    @property
    def field(self) -> str:
        """The name of the membership's field that says whether its user wants these mails."""
        return {"weekly": "wants_weekly_mail", "mentions": "wants_mention_mail"}[self.value]


def unsubscribe_headers(membership: Membership, subscription: Subscription, site: str) -> dict[str, str]:
    """The headers of a mail by which mail programs offer to unsubscribe. `site` is the base URL of the portal."""
    token = signing.dumps([membership.pk, subscription.value], salt=SALT)
    return {
        "List-Unsubscribe": f"<{site}{reverse('unsubscribe', args=[token])}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def find_subscription(token: str) -> tuple[Membership, Subscription] | None:
    """None for a token that the portal has not made, and for a membership that has ended. Tokens do not expire: a mail
    may be opened after years."""
    try:
        pk, subscription = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    membership = Membership.objects.select_related("workspace").filter(pk=pk).first()
    return (membership, Subscription(subscription)) if membership else None


def unsubscribe(membership: Membership, subscription: Subscription) -> None:
    Membership.objects.filter(pk=membership.pk).update(**{subscription.field: False})
