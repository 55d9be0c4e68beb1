"""How two contacts that are one person are made one: everything moves to the one kept, and every number stays."""

import time
from collections.abc import Collection, Mapping
from copy import copy

from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import ProtectedError

from calls.contacts.merge import campaigns_of, lock_campaigns, move_calls, move_memberships, recount
from markets.contacts.merge import (
    CHOICES,
    MergeRefused,
    check_pair,
    combined,
    keep_wrong_number_unusable,
    lock_people,
    move_decisions,
    move_imports,
    move_markets,
    move_suppressions,
    write_merge,
)
from markets.models import Contact, ContactMerge, User
from signals.models import Signal

PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds between attempts while somebody else writes to one of the two."""
LOCK_NOT_AVAILABLE = "55P03"


class _Busy(Exception):
    """Somebody else is writing to one of the two, or has just done so."""


def merge(
    *, keep: Contact, merged: Contact, by: User | None, taking: Collection[str] = (), reason: str = ""
) -> ContactMerge:
    """Makes one person of two, in one transaction. `taking` names the fields (markets.contacts.merge.CHOICES) that
    the kept
    person gets from the merged one; what they lack they get in any case.

    Raises MergeRefused, AlreadyMerged when one of the two went into somebody before, and then nothing has changed.
    """
    assert set(taking) <= CHOICES.keys(), taking
    check_pair(keep=keep, merged=merged)
    if len(reason) > 500:
        raise MergeRefused(f"The reason has {len(reason):,} characters; at most 500 are kept.")
    for pause in PAUSES:
        try:
            return _merge_once(keep=keep, merged=merged, by=by, taking=taking, reason=reason.strip())
        except _Busy as busy:
            latest = busy
            time.sleep(pause)
    raise MergeRefused(
        f"Somebody else is changing {merged} or {keep} at this moment. Nothing was merged; try again in a minute."
    ) from latest


def _merge_once(
    *, keep: Contact, merged: Contact, by: User | None, taking: Collection[str], reason: str
) -> ContactMerge:
    try:
        with transaction.atomic():
            keep, merged = _lock(keep, merged)
            moved = _move(keep, merged, by)
            return _absorb(keep, merged, taking=taking, moved=moved, by=by, reason=reason)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") == LOCK_NOT_AVAILABLE:
            raise _Busy from error
        raise
    except (IntegrityError, ProtectedError) as error:  # something new links to the merged person since it was moved
        raise _Busy from error


def _lock(keep: Contact, merged: Contact) -> tuple[Contact, Contact]:
    """Campaigns first, as recording a call does, and then the people."""
    campaigns = campaigns_of(keep, merged)
    lock_campaigns(campaigns)
    keep, merged = lock_people(keep=keep, merged=merged)
    check_pair(keep=keep, merged=merged)
    if campaigns_of(keep, merged) != campaigns:
        raise _Busy
    return keep, merged


def _move(keep: Contact, merged: Contact, by: User | None) -> dict[str, list[int]]:
    """The ids of what moved, by kind; what the database checks of them it checks at the end."""
    move_decisions(keep=keep, merged=merged)
    move_imports(keep=keep, merged=merged)
    return {
        "signals": _move_signals(keep, merged),
        "calls": move_calls(keep=keep, merged=merged),
        "campaigns": move_memberships(keep=keep, merged=merged),
        "markets": move_markets(keep=keep, merged=merged),
        "suppressions": move_suppressions(keep=keep, merged=merged, by=by),
    }


def _move_signals(keep: Contact, merged: Contact) -> list[int]:
    signals = Signal.objects.filter(contact=merged)
    moved = sorted(signals.values_list("pk", flat=True))
    signals.update(contact=keep)
    return moved


def _absorb(
    keep: Contact,
    merged: Contact,
    *,
    taking: Collection[str],
    moved: Mapping[str, list[int]],
    by: User | None,
    reason: str,
) -> ContactMerge:
    """The kept person's fields are written after the merged one is gone: no two people may share a key."""
    known_wrong = {each.phone_e164 for each in (keep, merged) if each.has_wrong_phone}
    was = copy(keep)
    for name, value in combined(keep=keep, merged=merged, taking=taking).items():
        setattr(keep, name, value)
    recount(keep)
    keep_wrong_number_unusable(keep, known_wrong=known_wrong)
    record = write_merge(keep=keep, merged=merged, was=was, moved=moved, by=by, reason=reason)
    merged.delete()
    try:
        keep.validate_constraints()
    except ValidationError as error:
        sentences = " ".join(error.messages)
        raise MergeRefused(f"{keep} cannot be kept like this, so nothing was merged: {sentences}") from error
    keep.save()
    return record
