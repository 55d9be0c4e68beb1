"""Suppresses contacts, so that nobody calls them, and lifts suppressions."""

from typing import Protocol

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext as _

from markets.models import AuditAction, Contact, Suppression, SuppressionScope, User
from markets.models.landscape import ContactQuerySet
from markets.suppressions.rules import apply_suppression_rules, cover_contacts, lock_rules
from markets.webhooks.publish import publish_suppressed
from markets.workspaces.audit import record_event


class ContactKeys(Protocol):
    """The keys of a contact: of a Contact, or of a lighter row of an import."""

    @property
    def email(self) -> str: ...

    @property
    def phone_e164(self) -> str: ...


@transaction.atomic
def suppress(
    *, contact: Contact, by: User | None, reason: str, scope: SuppressionScope = SuppressionScope.NUMBER
) -> Suppression:
    """Keeps the contact, the phone number and the email address out of every queue of the workspace.

    The scope PERSON leaves out number and address, and so whoever else has them.
    """
    suppression = Suppression.objects.create(
        workspace_id=contact.workspace_id,
        contact=contact,
        reason=reason,
        created_by=by,
        **keys_in_scope(contact, scope),
    )
    _record_added(suppression, contact, by)
    publish_suppressed(suppression.workspace_id, [suppression])
    return suppression


def keys_in_scope(contact: ContactKeys, scope: SuppressionScope) -> dict[str, str]:
    """The fields of a suppression of the contact that name others, too."""
    if scope == SuppressionScope.PERSON:
        return {}
    return {"phone_e164": contact.phone_e164, "email": contact.email}


def people_sharing_number(contact: Contact) -> ContactQuerySet:
    """The other people of the workspace with the contact's number, as behind a switchboard."""
    if not contact.phone_e164:
        return Contact.objects.none()
    return Contact.objects.filter(workspace=contact.workspace_id, phone_e164=contact.phone_e164).exclude(pk=contact.pk)


@transaction.atomic
def add(suppression: Suppression) -> int:
    """Saves a new suppression. Returns the number of contacts that it covers if it is a rule.

    Raises ValidationError if the same rule is in force already.
    """
    if not suppression.is_rule:
        suppression.save()
        _record_added(suppression, None, suppression.created_by)
        publish_suppressed(suppression.workspace_id, [suppression])
        return 0
    lock_rules(suppression.workspace_id)
    check_new_rule(suppression)
    suppression.save()
    covered = cover_contacts([suppression])
    _record_added(suppression, None, suppression.created_by, covered)
    return covered


def _record_added(suppression: Suppression, contact: Contact | None, by: User | None, covered: int = 0) -> None:
    key = "a prefix or a domain" if suppression.is_rule else "a number or an address"
    what = "a person" if contact else key
    record_event(
        workspace=suppression.workspace,
        user=by,
        action=AuditAction.SUPPRESSION_ADDED,
        subject=contact or suppression,
        summary=f"Put {what} on the do-not-call list",
        details={"suppression": suppression.pk, **({"covered": covered} if covered else {})},
    )


def check_new_rule(suppression: Suppression) -> None:
    """Raises ValidationError if it is a rule that is in force already."""
    keys = {"phone_prefix": suppression.phone_prefix, "email_domain": suppression.email_domain}
    same = Suppression.objects.in_force().filter(workspace=suppression.workspace_id, **keys)
    if suppression.is_rule and same.exists():
        raise ValidationError(_("%(whom)s is on the do-not-call list already.") % {"whom": suppression.whom})


def lift(*, suppression: Suppression, by: User | None, reason: str) -> None:
    """Ends a suppression; the row stays. Raises ValidationError without a reason or if it was lifted already."""
    if not reason.strip():
        raise ValidationError(_("Say why the suppression is lifted."))
    rows = Suppression.objects.filter(workspace=suppression.workspace_id, pk=suppression.pk)
    if not lift_all(rows, by=by, reason=reason.strip()):
        raise ValidationError(_("This suppression was lifted already."))


@transaction.atomic
def lift_all(suppressions: QuerySet[Suppression], *, by: User | None, reason: str) -> int:
    """Ends the suppressions in force, all of one workspace, and returns their number.

    A rule ends together with the suppressions of the contacts that it covers. What a contact is suppressed for besides,
    another rule or a key of an erased person who must not be called, stays in force and is lifted on its own.
    """
    rows = list(suppressions.filter(lifted_at=None))
    if not rows:
        return 0
    workspace = rows[0].workspace_id
    rules = [row.pk for row in rows if row.is_rule]
    if rules:
        lock_rules(workspace)
    in_force = Suppression.objects.in_force().filter(workspace=workspace)
    lifted = {"lifted_at": now(), "lifted_by": by, "lift_reason": reason[:500]}
    count = in_force.filter(pk__in=[row.pk for row in rows]).update(**lifted)
    contacts = {row.contact_id for row in rows if row.contact_id}
    if rules:
        covered = in_force.filter(rule__in=rules)
        contacts |= {contact for contact in covered.values_list("contact", flat=True) if contact}
        covered.update(**lifted)
    named = Q(phone_e164__in={row.phone_e164 for row in rows} - {""})
    named |= Q(email__in={row.email for row in rows} - {""})
    contacts |= set(Contact.objects.filter(named, workspace=workspace).values_list("pk", flat=True))
    apply_suppression_rules(workspace=workspace, contacts=contacts)
    one = rows[0] if len(rows) == 1 else None
    record_event(
        workspace=rows[0].workspace,
        user=by,
        action=AuditAction.SUPPRESSION_LIFTED,
        subject=(one.contact or one) if one else None,
        summary=f"Lifted {count:,} do-not-call {'entry' if count == 1 else 'entries'}",
        details={"suppressions": count},
    )
    return count
