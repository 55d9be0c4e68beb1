"""How somebody is kept from being called, and how that is lifted."""

from django.core.exceptions import ValidationError
from django.utils.timezone import now

from markets.models import Contact, Suppression, User


def suppress(*, contact: Contact, by: User | None, reason: str) -> Suppression:
    """Keeps the person, their number and their address out of every queue of the workspace."""
    return Suppression.objects.create(
        workspace_id=contact.workspace_id,
        contact=contact,
        phone_e164=contact.phone_e164,
        email=contact.email,
        reason=reason,
        created_by=by,
    )


def lift(*, suppression: Suppression, by: User | None, reason: str) -> None:
    """Ends a suppression; the row stays. Raises ValidationError without a reason or when it was lifted already."""
    if not reason.strip():
        raise ValidationError("Say why the suppression is lifted.")
    lifted = Suppression.objects.open().filter(pk=suppression.pk)
    if not lifted.update(lifted_at=now(), lifted_by=by, lift_reason=reason.strip()[:500]):
        raise ValidationError("This suppression was lifted already.")
