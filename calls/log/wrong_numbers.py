"""Phone numbers to repair: those that are not valid, and those that an Incorrect Number found to be wrong, until the
contact gets a new number.

Only the contact's `wrong_phone` is stored; calls.derived maintains it.
"""

from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery

from calls.models import Call
from calls.models.calls import CallQuerySet
from campaigns.dispositions import WRONG_NUMBERS
from markets.models import Contact, ContactPoint, Workspace

IS_OPEN = Q(contact__wrong_phone=F("dialled"), contact__phone_e164=F("dialled"))
"""The contact still has the incorrect number. There are as many open items as contacts in `with_wrong_phone()`."""
FOUND = {
    "found_at": "started_at",
    "found_by": "caller__email",
    "found_by_first_name": "caller__first_name",
    "found_by_last_name": "caller__last_name",
    "found_by_name": "caller_name",
    "found_in": "campaign__name",
    "found_campaign": "campaign",
    "found_market": "campaign__market__name",
    "found_call": "pk",
}
"""What a contact to repair has from the call that found the number to be wrong."""


def contacts_to_repair(workspace: Workspace) -> QuerySet[Contact, Any]:
    """With FOUND, which is null where the number is only not valid, and with further numbers that may replace it."""
    of_contact = wrong_number_calls(workspace).filter(contact=OuterRef("pk"), dialled=OuterRef("wrong_phone"))
    calls = of_contact.filter(dialled=OuterRef("phone_e164")).order_by()
    further = ContactPoint.objects.filter(kind=ContactPoint.Kind.PHONE).exclude(phone_e164="")
    return (
        workspace.contacts.to_repair()
        .annotate(**{name: Subquery(calls.values(field)[:1]) for name, field in FOUND.items()})
        .prefetch_related(Prefetch("contact_points", further, to_attr="further_numbers"))
    )


def wrong_numbers_of(contact: Contact) -> set[str]:
    """All numbers of the contact that calls found to be wrong."""
    wrong = contact.calls.not_voided().filter(disposition__in=WRONG_NUMBERS).exclude(dialled="")
    return set(wrong.values_list("dialled", flat=True))


def wrong_number_calls(workspace: Workspace) -> CallQuerySet:
    """The latest Incorrect Number call for each contact and number."""
    wrong = Call.objects.filter(disposition__in=WRONG_NUMBERS).not_voided()
    after = Q(started_at__gt=OuterRef("started_at")) | Q(started_at=OuterRef("started_at"), pk__gt=OuterRef("pk"))
    later = wrong.filter(after, contact=OuterRef("contact"), dialled=OuterRef("dialled"))
    here = workspace.calls.not_voided().filter(disposition__in=WRONG_NUMBERS)
    return here.exclude(dialled="").filter(~Exists(later)).annotate(is_open=IS_OPEN)
