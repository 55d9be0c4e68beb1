"""Erases a contact: removes all personal data and keeps every count, and any suppression, intact."""

import time
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from calls.contacts import erasure as calls_erasure
from calls.derived import refresh_contact
from calls.derived.locks import campaigns_of, lock_campaigns
from calls.models import Call
from campaigns.contacts import erasure as campaigns_erasure
from campaigns.contacts.rule_erasure import erase_labels, erase_rules
from markets.contacts.erasure import Identity, clean_reason
from markets.contacts.erasure.imports import end_imports_with, erase_imports
from markets.contacts.erasure.own_data import erase_fields, erase_merges, erase_words
from markets.contacts.erasure.sessions import erase_sessions
from markets.contacts.erasure.suppressions import erase_suppressions
from markets.contacts.erasure.texts import FREE_TEXTS, FreeTexts, erase_texts
from markets.models import AuditAction, Contact, Erasure, User
from markets.off_limits.erasure import erase_off_limits
from markets.webhooks.erasure import erase_webhook_events
from markets.workspaces.audit import record_event
from signals.contacts.erasure_ledger import note_erasure
from signals.contacts.log_erasure import erase_admin_log
from signals.contacts.retries import RETRY_DELAYS, may_be_retried
from signals.models import Signal, SignalSuggestion
from signals.portability.requests import discard_exports
from signals.report.erasure import erase_reports

Step = Callable[[Identity], None]

ALL_FREE_TEXTS: FreeTexts = {
    **FREE_TEXTS,
    **campaigns_erasure.FREE_TEXTS,
    **calls_erasure.FREE_TEXTS,
    Signal: ("evidence",),
    SignalSuggestion: ("words",),
}


def erase_signals(identity: Identity) -> None:
    """Clears the words. Types and values stay, as they count."""
    Signal.objects.filter(contact=identity.contact).update(evidence="")
    calls = Call.objects.filter(contact=identity.contact)
    SignalSuggestion.objects.filter(workspace=identity.contact.workspace_id, call__in=calls).update(words="")


def erase_free_texts(identity: Identity) -> None:
    erase_texts(identity, ALL_FREE_TEXTS)


STEPS: tuple[Step, ...] = (
    erase_suppressions,
    erase_merges,
    erase_off_limits,
    erase_webhook_events,
    campaigns_erasure.erase_notes,
    erase_rules,
    erase_labels,
    erase_imports,
    erase_words,
    calls_erasure.erase_calls,
    campaigns_erasure.erase_memberships,
    erase_reports,
    erase_signals,
    erase_free_texts,
    erase_sessions,
    erase_fields,
    erase_admin_log,
)
"""In this order, in one transaction: rules are compared with the person's fields, so these go late."""
UNLOCKED_STEPS: frozenset[Step] = frozenset({erase_free_texts, erase_sessions})
"""They read the texts of the whole workspace, and come before the campaigns are locked: calls go on meanwhile."""


def erase(*, contact: Contact, by: User | None, reason: str) -> Erasure:
    """Removes personal data from the contact and from everything in its workspace that names it, in one transaction;
    before that it ends imports whose file names the person. Updates `contact` in place.

    A suppressed contact stays suppressed, even if imported again, through hashes of its keys. Can be repeated.
    Raises ValidationError if the reason is invalid or another transaction keeps the contact locked.
    """
    contact.refresh_from_db()
    identity = Identity.of_contact(contact)
    reason = clean_reason(identity, reason)
    end_imports_with(identity)
    erasure = _erase_with_retries(contact, identity, by=by, reason=reason)
    end_imports_with(identity)  # of files that were uploaded meanwhile
    discard_exports(contact.workspace.workspace_exports.all())
    return erasure


def _erase_with_retries(contact: Contact, identity: Identity, *, by: User | None, reason: str) -> Erasure:
    for delay in RETRY_DELAYS:
        try:
            return _erase_once(contact, identity, by=by, reason=reason)
        except OperationalError as error:
            if not may_be_retried(error):
                raise
            time.sleep(delay)
    raise ValidationError(
        _("Somebody else is changing this person at this moment. Nothing was erased; try again soon.")
    )


@transaction.atomic
def _erase_once(contact: Contact, before: Identity, *, by: User | None, reason: str) -> Erasure:
    """Locks campaigns before the contact, as recording a call does, and never waits for the contact's lock: two
    transactions waiting for each other would deadlock. What takes long comes before the locks."""
    for step in filter(UNLOCKED_STEPS.__contains__, STEPS):
        step(before)
    lock_campaigns(contact.workspace_id, campaigns_of(contact))
    locked = Contact.objects.select_for_update(nowait=True).filter(workspace=contact.workspace_id, pk=contact.pk)
    if not locked.exists():
        raise ValidationError(_("There is no such person here any more."))
    contact.refresh_from_db()
    identity = Identity.of_contact(contact)
    reason = clean_reason(identity, reason)
    for step in STEPS:
        if step not in UNLOCKED_STEPS:
            step(identity)
    refresh_contact(contact)
    record_event(
        workspace=contact.workspace,
        user=by,
        action=AuditAction.CONTACT_ERASED,
        subject=contact,
        summary="Erased a person",
    )
    erasure = Erasure.objects.create(workspace_id=contact.workspace_id, contact=contact, erased_by=by, reason=reason)
    transaction.on_commit(lambda: note_erasure(erasure))
    return erasure
