"""How a person is erased: all that says who they are goes, and every number stays, the suppression with it."""

import time

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import OperationalError, transaction
from django.db.models import Model

from calls.contacts.erasure import erase_calls, erase_memberships, meetings_of
from calls.contacts.merge import campaigns_of, lock_campaigns, recount
from calls.models import Call, Correction, Meeting
from campaigns.models import CampaignContact
from markets.contacts.erasure import (
    Identity,
    check_reason,
    erase_fields,
    erase_imports,
    erase_merges,
    erase_suppressions,
)
from markets.models import Contact, ContactMerge, Erasure, MarketContact, Suppression, User
from signals.models import Signal, SignalSuggestion

PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds between attempts while somebody else writes to the person."""
LOCK_NOT_AVAILABLE = "55P03"


def erase(*, contact: Contact, by: User | None, reason: str) -> Erasure:
    """Replaces what says who the person is, in their own row and wherever their calls, signals, memberships, merges,
    imports and suppressions say it, in one transaction. `contact` is as stored then.

    Whoever must not be called stays so, also when they are imported anew: hashes of their keys are kept. Asked again
    it does it again. Raises ValidationError, and then nothing has changed.
    """
    for pause in PAUSES:
        try:
            return _erase_once(contact, by=by, reason=reason)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != LOCK_NOT_AVAILABLE:
                raise
            time.sleep(pause)
    raise ValidationError("Somebody else is changing this person at this moment. Nothing was erased; try again soon.")


@transaction.atomic
def _erase_once(contact: Contact, *, by: User | None, reason: str) -> Erasure:
    """Campaigns first, as recording a call does, and then the person, for whom nobody waits (see
    signals.contacts.merge)."""
    lock_campaigns(campaigns_of(contact))
    if not Contact.objects.select_for_update(nowait=True).filter(pk=contact.pk).exists():
        raise ValidationError("There is no such person here any more.")
    contact.refresh_from_db()
    identity = Identity.of(contact)
    reason = check_reason(identity, reason)
    suppressions = erase_suppressions(identity)
    merges = erase_merges(identity)
    erase_imports(identity)
    erase_calls(contact)
    erase_memberships(contact)
    Signal.objects.filter(contact=contact).update(evidence="")
    SignalSuggestion.objects.filter(call__contact=contact).update(words="")
    erase_fields(contact)
    recount(contact)
    _rename_in_log(contact, identity, suppressions=suppressions, merges=merges)
    return Erasure.objects.create(workspace_id=contact.workspace_id, contact=contact, erased_by=by, reason=reason)


def _rename_in_log(contact: Contact, identity: Identity, *, suppressions: list[int], merges: list[int]) -> None:
    """The admin's log names what was changed, and with it the person."""

    def of(model: type[Model]) -> list[int]:
        return list(model._default_manager.filter(contact=contact).values_list("pk", flat=True))

    rows: dict[type[Model], list[int]] = {
        Contact: sorted(identity.ids),
        Suppression: suppressions,
        ContactMerge: merges,
        Meeting: meetings_of(contact),
        Correction: list(Correction.objects.filter(call__contact=contact).values_list("pk", flat=True)),
    }
    rows |= {model: of(model) for model in (Call, Signal, CampaignContact, MarketContact)}
    for model, ids in rows.items():
        entries = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(model))
        entries.filter(object_id__in=[str(key) for key in ids]).update(object_repr=contact.label)
