"""Merges two contacts that are the same person. All rows move to the kept contact, so every count stays the same."""

import time
from collections.abc import Collection, Mapping
from copy import copy

from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from calls.contacts.merge import move_calls, move_memberships
from calls.derived import refresh_contact
from calls.derived.locks import campaigns_of, lock_campaigns
from campaigns.contacts.merge import move_notes
from config.ui.formats import number
from markets.contacts.inferred_timezone import set_inferred_timezone
from markets.contacts.merge import (
    FIELD_CHOICES,
    MergeRefused,
    check_pair,
    combine_custom_values,
    combine_words,
    combined_fields,
    create_merge,
    keep_wrong_number_unusable,
    lock_contacts,
    move_decisions,
    move_imports,
    move_markets,
    move_marks,
    move_points,
    move_suppressions,
)
from markets.models import Contact, ContactMerge, User
from markets.suppressions.rules import apply_suppression_rules
from signals.contacts.retries import RETRY_DELAYS, is_lock_not_available
from signals.models import Signal


class _ConcurrentWrite(Exception):
    """Another transaction is writing to one of the contacts, or has just done so."""


def merge(
    *, keep: Contact, merged: Contact, by: User | None, taking: Collection[str] = (), reason: str = ""
) -> ContactMerge:
    """Merges `merged` into `keep` in one transaction and deletes `merged`.

    `taking` names the fields (of markets.contacts.merge.FIELD_CHOICES) that `keep` takes over from `merged`;
    empty fields of `keep` are filled from it in any case. Raises MergeRefused, or AlreadyMerged if either was merged
    before.
    """
    assert set(taking) <= FIELD_CHOICES.keys(), taking
    check_pair(keep=keep, merged=merged)
    if len(reason) > 500:
        raise MergeRefused(
            _("The reason has %(count)s characters; at most 500 are kept.") % {"count": number(len(reason))}
        )
    for delay in RETRY_DELAYS:
        try:
            return _merge_once(keep=keep, merged=merged, by=by, taking=taking, reason=reason.strip())
        except _ConcurrentWrite as error:
            latest_error = error
            time.sleep(delay)
    raise MergeRefused(
        _("Somebody else is changing %(one)s or %(other)s at this moment. Nothing was merged; try again in a minute.")
        % {"one": merged, "other": keep}
    ) from latest_error


def _merge_once(
    *, keep: Contact, merged: Contact, by: User | None, taking: Collection[str], reason: str
) -> ContactMerge:
    try:
        with transaction.atomic():
            keep, merged = _lock(keep, merged)
            moved = _move(keep, merged, by)
            return _absorb(keep, merged, taking=taking, moved=moved, by=by, reason=reason)
    except OperationalError as error:
        if is_lock_not_available(error):
            raise _ConcurrentWrite from error
        raise
    except (IntegrityError, ProtectedError) as error:  # a row that refers to `merged` was added after the others moved
        raise _ConcurrentWrite from error


def _lock(keep: Contact, merged: Contact) -> tuple[Contact, Contact]:
    """Locks campaigns before contacts, the same order as recording a call, to avoid deadlocks."""
    campaigns = campaigns_of(keep, merged)
    lock_campaigns(keep.workspace_id, campaigns)
    keep, merged = lock_contacts(keep=keep, merged=merged)
    check_pair(keep=keep, merged=merged)
    if campaigns_of(keep, merged) != campaigns:
        raise _ConcurrentWrite
    return keep, merged


def _move(keep: Contact, merged: Contact, by: User | None) -> dict[str, list[int]]:
    """Returns the ids of the rows moved, by kind. Foreign keys are deferred and checked on commit."""
    move_decisions(keep=keep, merged=merged)
    move_imports(keep=keep, merged=merged)
    move_points(keep=keep, merged=merged)
    move_marks(keep=keep, merged=merged)
    move_notes(keep=keep, merged=merged)
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
    """Saves the combined fields only after deleting `merged`, as no two contacts may share a key."""
    known_wrong = {contact.phone_e164 for contact in (keep, merged) if contact.has_wrong_phone}
    before = copy(keep)
    for name, value in combined_fields(keep=keep, merged=merged, taking=taking).items():
        setattr(keep, name, value)
    combine_custom_values(keep=keep, merged=merged)
    set_inferred_timezone(keep)
    combine_words(keep=keep, merged=merged, before=before, by=by)
    refresh_contact(keep)
    keep_wrong_number_unusable(keep, known_wrong=known_wrong)
    record = create_merge(keep=keep, merged=merged, was=before, moved=moved, by=by, reason=reason)
    merged.delete()
    try:
        keep.validate_constraints()
    except ValidationError as error:
        sentences = " ".join(error.messages)
        text = _("%(person)s cannot be kept like this, so nothing was merged: %(problems)s")
        raise MergeRefused(text % {"person": keep, "problems": sentences}) from error
    keep.save(force_update=True)
    apply_suppression_rules(workspace=keep.workspace_id, contacts=[keep.pk])
    return record
