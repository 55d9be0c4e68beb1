"""Numbers to repair: each Incorrect Number opens an item, which a new number for the person closes.

Nothing of it is stored but the contact's `wrong_phone`, which calls.derived.daily_counts keeps.
"""

from django.db.models import Exists, F, OuterRef, Q

from calls.models import Call
from calls.models.calls import CallQuerySet
from campaigns.dispositions import WRONG_NUMBERS
from markets.models import Workspace

IS_OPEN = Q(contact__wrong_phone=F("dialled"), contact__phone_e164=F("dialled"))
"""The number found to be incorrect is still the person's. As many items are open as `with_wrong_phone` finds people."""


def wrong_number_calls(workspace: Workspace) -> CallQuerySet:
    """The call that last found each person's number to be incorrect: one row for each person and number."""
    wrong = Call.objects.filter(disposition__in=WRONG_NUMBERS).not_voided()
    after = Q(started_at__gt=OuterRef("started_at")) | Q(started_at=OuterRef("started_at"), pk__gt=OuterRef("pk"))
    later = wrong.filter(after, contact=OuterRef("contact"), dialled=OuterRef("dialled"))
    here = workspace.calls.not_voided().filter(disposition__in=WRONG_NUMBERS)
    return here.exclude(dialled="").filter(~Exists(later)).annotate(is_open=IS_OPEN)
