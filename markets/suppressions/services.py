"""Suppresses contacts, so that nobody calls them, and lifts suppressions."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import now

from markets.models import Contact, Suppression, User
from markets.suppressions.erased_keys import suppress_if_erased


def suppress(*, contact: Contact, by: User | None, reason: str) -> Suppression:
    """Keeps the contact, the phone number and the email address out of every queue of the workspace."""
    return Suppression.objects.create(
        workspace_id=contact.workspace_id,
        contact=contact,
        phone_e164=contact.phone_e164,
        email=contact.email,
        reason=reason,
        created_by=by,
    )


def lift(*, suppression: Suppression, by: User | None, reason: str) -> None:
    """Ends a suppression; the row stays. Raises ValidationError without a reason or if it was lifted already."""
    if not reason.strip():
        raise ValidationError("Say why the suppression is lifted.")
    if not lift_all(Suppression.objects.filter(pk=suppression.pk), by=by, reason=reason.strip()):
        raise ValidationError("This suppression was lifted already.")


@transaction.atomic
def lift_all(suppressions: QuerySet[Suppression], *, by: User | None, reason: str) -> int:
    """Ends the suppressions in force, all of one workspace, and returns their number.

    A contact that also has a key of an erased person who must not be called gets a suppression for that reason, which
    is lifted on its own.
    """
    rows = list(suppressions.filter(lifted_at=None))
    if not rows:
        return 0
    in_force = Suppression.objects.in_force().filter(pk__in=[row.pk for row in rows])
    count = in_force.update(lifted_at=now(), lifted_by=by, lift_reason=reason[:500])
    named = Q(pk__in={row.contact_id for row in rows if row.contact_id})
    named |= Q(phone_e164__in={row.phone_e164 for row in rows} - {""})
    named |= Q(email__in={row.email for row in rows} - {""})
    workspace = rows[0].workspace_id
    contacts = Contact.objects.filter(named, workspace=workspace).values_list("pk", flat=True)
    suppress_if_erased(workspace=workspace, contacts=list(contacts))
    return count
