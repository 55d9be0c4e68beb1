"""Erases a contact: removes all personal data and keeps every count, and any suppression, intact."""

import time

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import OperationalError, transaction
from django.db.models import Model

from calls.contacts.erasure import erase_calls, erase_memberships, meeting_ids_of
from calls.derived import refresh_contact
from calls.derived.locks import campaigns_of, lock_campaigns
from calls.models import Call, Correction, Meeting
from campaigns.contacts.erasure import erase_notes
from campaigns.contacts.rule_erasure import erase_labels, erase_rules
from campaigns.models import CampaignContact
from markets.contacts.erasure import (
    Identity,
    clean_reason,
    erase_fields,
    erase_imports,
    erase_merges,
    erase_suppressions,
    erase_words,
)
from markets.models import Contact, ContactMerge, Erasure, MarketContact, OffLimits, Suppression, User
from markets.off_limits.erasure import erase_off_limits
from signals.contacts.retries import RETRY_DELAYS, is_lock_not_available
from signals.models import Signal, SignalSuggestion
from signals.report.erasure import erase_reports


def erase(*, contact: Contact, by: User | None, reason: str) -> Erasure:
    """Removes personal data from the contact and from all its calls, signals, memberships, merges, imports,
    suppressions, rules and reports, in one transaction. Updates `contact` in place.

    A suppressed contact stays suppressed, even if imported again, through hashes of its keys. Can be repeated.
    Raises ValidationError if the reason is invalid or another transaction keeps the contact locked.
    """
    for delay in RETRY_DELAYS:
        try:
            return _erase_once(contact, by=by, reason=reason)
        except OperationalError as error:
            if not is_lock_not_available(error):
                raise
            time.sleep(delay)
    raise ValidationError("Somebody else is changing this person at this moment. Nothing was erased; try again soon.")


@transaction.atomic
def _erase_once(contact: Contact, *, by: User | None, reason: str) -> Erasure:
    """Locks campaigns before the contact, as recording a call does, and never waits for the contact's lock: two
    transactions waiting for each other would deadlock."""
    lock_campaigns(campaigns_of(contact))
    if not Contact.objects.select_for_update(nowait=True).filter(pk=contact.pk).exists():
        raise ValidationError("There is no such person here any more.")
    contact.refresh_from_db()
    identity = Identity.of_contact(contact)
    reason = clean_reason(identity, reason)
    suppressions = erase_suppressions(identity)
    merges = erase_merges(identity)
    off_limits = erase_off_limits(identity)
    erase_notes(identity)
    erase_rules(identity)
    erase_labels(identity)
    erase_imports(identity)
    erase_words(contact)
    erase_calls(contact)
    erase_memberships(contact)
    erase_reports(identity)
    Signal.objects.filter(contact=contact).update(evidence="")
    SignalSuggestion.objects.filter(call__contact=contact).update(words="")
    erase_fields(contact)
    refresh_contact(contact)
    _anonymise_log(contact, identity, suppressions=suppressions, merges=merges, off_limits=off_limits)
    return Erasure.objects.create(workspace_id=contact.workspace_id, contact=contact, erased_by=by, reason=reason)


def _anonymise_log(
    contact: Contact, identity: Identity, *, suppressions: list[int], merges: list[int], off_limits: list[int]
) -> None:
    """Replaces the contact's name in the admin log, which stores a label of every object changed."""

    def ids_of(model: type[Model]) -> list[int]:
        return list(model._default_manager.filter(contact=contact).values_list("pk", flat=True))

    rows: dict[type[Model], list[int]] = {
        Contact: sorted(identity.ids),
        Suppression: suppressions,
        OffLimits: off_limits,
        ContactMerge: merges,
        Meeting: meeting_ids_of(contact),
        Correction: list(Correction.objects.filter(call__contact=contact).values_list("pk", flat=True)),
    }
    rows |= {model: ids_of(model) for model in (Call, Signal, CampaignContact, MarketContact)}
    for model, ids in rows.items():
        entries = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(model))
        entries.filter(object_id__in=[str(key) for key in ids]).update(object_repr=contact.label)
