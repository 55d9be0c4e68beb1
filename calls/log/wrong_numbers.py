"""Phone numbers to repair: an Incorrect Number opens an item, which a new number for the contact closes.

Only the contact's `wrong_phone` is stored; calls.derived maintains it.
"""

from django.db.models import Exists, F, OuterRef, Q

from calls.models import Call
from calls.models.calls import CallQuerySet
from campaigns.dispositions import WRONG_NUMBERS
from markets.models import Workspace

IS_OPEN = Q(contact__wrong_phone=F("dialled"), contact__phone_e164=F("dialled"))
"""The contact still has the incorrect number. There are as many open items as contacts in `with_wrong_phone()`."""


def wrong_number_calls(workspace: Workspace) -> CallQuerySet:
    """The latest Incorrect Number call for each contact and number."""
    wrong = Call.objects.filter(disposition__in=WRONG_NUMBERS).not_voided()
    after = Q(started_at__gt=OuterRef("started_at")) | Q(started_at=OuterRef("started_at"), pk__gt=OuterRef("pk"))
    later = wrong.filter(after, contact=OuterRef("contact"), dialled=OuterRef("dialled"))
    here = workspace.calls.not_voided().filter(disposition__in=WRONG_NUMBERS)
    return here.exclude(dialled="").filter(~Exists(later)).annotate(is_open=IS_OPEN)
