"""Which signals are current: each contact's newest of each type, leaving out signals of voided calls.

A current signal whose call counts is stored with the campaign of that call, and so with its market. Voiding and
correcting calls changes that too: calls.derived refreshes it through its registry (signals/apps.py).
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils.timezone import now

from config.db.expressions import IsDistinctFrom
from markets.models import Contact, Workspace
from signals.models import Signal


def refresh_current(workspace: int, contacts: Collection[int]) -> None:
    """Stores again for which campaign each signal of these contacts of a workspace is current.

    The transaction holds the locks of their campaigns. Locking the contacts as well makes a call of another campaign
    wait that captures signals of the same contact at this moment: neither would see the other's.
    """
    signals = Signal.objects.filter(workspace=workspace)
    # Two queries rather than a join: without statistics on a new workspace, PostgreSQL would scan all its signals for
    # each person.
    known = set(signals.filter(contact__in=contacts).order_by().values_list("contact", flat=True))
    with_signals = Contact.objects.filter(workspace=workspace, pk__in=known)
    locked = with_signals.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True)
    if ids := list(locked):
        wrong = _wrong(signals.filter(contact__in=ids))
        wrong.update(current_campaign=F("expected"), current_changed_at=now())


def current_differences(workspace: Workspace) -> Iterable[str]:
    for signal in _wrong(workspace.signals.all()).order_by("pk"):
        yield f"signal {signal.pk}: current_campaign is {signal.current_campaign_id!r}, recounted {signal.expected!r}"


def contacts_with_wrong_signals(workspace: Workspace) -> set[int]:
    return set(_wrong(workspace.signals.all()).order_by().values_list("contact", flat=True))


def _wrong(signals: QuerySet[Signal]) -> QuerySet[Any]:
    """Signals stored as current for another campaign than the `expected` one (its id, or null)."""
    current = Signal.objects.filter(workspace=OuterRef("workspace"), pk=OuterRef("pk")).counted().current()
    expected = Subquery(current.order_by().values("call__campaign")[:1])
    return signals.annotate(expected=expected).filter(IsDistinctFrom("current_campaign", "expected"))
