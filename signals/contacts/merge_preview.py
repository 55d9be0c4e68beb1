"""Compares two contacts before a merge: what is stored for each, what would move and which values would be kept."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.text import capfirst

from markets.contacts.merge import FIELD_CHOICES
from markets.models import Contact
from markets.models.suppressions import names_contact
from signals.models import Signal


@dataclass(frozen=True)
class MergeSide:
    """One of the two contacts, with the number of rows that would move."""

    contact: Contact
    calls: int
    signals: int
    campaigns: int
    markets: int
    is_suppressed: bool
    is_off_limits: bool


@dataclass(frozen=True)
class FieldChoice:
    """The values of a field by contact id. `chosen` is the suggested id; None if there is nothing to choose."""

    name: str
    label: str
    values: list[tuple[int, str]]
    chosen: int | None


def compare(one: Contact, other: Contact) -> dict[str, object]:
    sides = [_side(one), _side(other)]
    kept = max(sides, key=lambda side: (side.calls, side.campaigns, -side.contact.pk)).contact
    return {"sides": sides, "kept": kept, "choices": list(_choices(kept, one, other))}


def _side(contact: Contact) -> MergeSide:
    return MergeSide(
        contact,
        calls=contact.calls.count(),
        signals=Signal.objects.filter(contact=contact).count(),
        campaigns=contact.campaign_contacts.count(),
        markets=contact.market_contacts.count(),
        is_suppressed=contact.workspace.suppressions.in_force().filter(names_contact(contact)).exists(),
        is_off_limits=contact.workspace.off_limits.in_force().naming(contact).exists(),
    )


def _choices(kept: Contact, one: Contact, other: Contact) -> Iterator[FieldChoice]:
    removed = other if kept == one else one
    for name in FIELD_CHOICES:
        values = [(each.pk, str(getattr(each, name))) for each in (one, other)]
        texts = {text for _, text in values}
        if texts == {""}:
            continue
        takes_other = name == "phone" and kept.has_wrong_phone and not removed.has_wrong_phone
        chosen = (removed if takes_other else kept).pk if len(texts - {""}) == 2 else None
        yield FieldChoice(name, capfirst(str(Contact._meta.get_field(name).verbose_name)), values, chosen)  # type: ignore[union-attr]
