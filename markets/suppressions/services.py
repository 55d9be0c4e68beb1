"""How somebody is kept from being called, and how that is lifted."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import now

from markets.models import Contact, Suppression, User
from markets.suppressions.erased_keys import suppress_if_erased


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
    if not lift_all(Suppression.objects.filter(pk=suppression.pk), by=by, reason=reason.strip()):
        raise ValidationError("This suppression was lifted already.")


@transaction.atomic
def lift_all(suppressions: QuerySet[Suppression], *, by: User | None, reason: str) -> int:
    """Ends those that are open, all of one workspace, and returns how many were.

    Whom they named is kept out on, under a suppression of their own, where they have a number of somebody who was
    erased and must not be called: that is another matter, and lifted by itself.
    """
    rows = list(suppressions.filter(lifted_at=None))
    if not rows:
        return 0
    ended = Suppression.objects.in_force().filter(pk__in=[row.pk for row in rows])
    count = ended.update(lifted_at=now(), lifted_by=by, lift_reason=reason[:500])
    named = Q(pk__in={row.contact_id for row in rows if row.contact_id})
    named |= Q(phone_e164__in={row.phone_e164 for row in rows} - {""})
    named |= Q(email__in={row.email for row in rows} - {""})
    workspace = rows[0].workspace_id
    people = Contact.objects.filter(named, workspace=workspace).values_list("pk", flat=True)
    suppress_if_erased(workspace=workspace, contacts=list(people))
    return count
