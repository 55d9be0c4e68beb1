"""Reads one row of a do-not-call list: whom it names, why, since when, and whether that was lifted."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.timezone import now
from django.utils.translation import gettext as _

from markets.contacts.normalization import clean_text, fold
from markets.imports.contacts.extras import LeftOut
from markets.imports.files.rejects import RowRefused
from markets.models.history.merges import KeyKind
from markets.models.suppressions import MAX_REASON_LENGTH
from markets.suppressions.keys import SuppressedKeys, read_domain, read_keys, read_prefix

SEPARATORS = re.compile(r"\s*(?::::|[;,|\n])\s*|\s+/\s+")
"""Between several numbers or addresses in a cell: all of them are suppressed."""

Key = tuple[str, str]
"""A KeyKind and its value."""


@dataclass(frozen=True)
class ListEntry:
    """A parsed row. It names someone by at least one key, by external ID, or as the person of an exported row."""

    keys: SuppressedKeys
    further: tuple[SuppressedKeys, ...]
    """Of a row with several numbers or addresses."""
    external_id: str
    person: SuppressedKeys
    """The number and address of the person in our own export, whom a suppression may name without them."""
    person_name: str
    reason: str
    created_at: datetime | None
    lifted_at: datetime | None
    lift_reason: str
    left_out: tuple[LeftOut, ...] = ()

    def present_keys(self) -> list[Key]:
        """The keys that are not blank, strongest first."""
        values = {
            KeyKind.EXTERNAL_ID: self.external_id,
            KeyKind.EMAIL: self.keys.email,
            KeyKind.PHONE: self.keys.phone_e164,
        }
        return [(kind.value, value) for kind, value in values.items() if value]


def read_entry(typed: Mapping[str, str], *, region: str, zone: ZoneInfo, default_reason: str) -> ListEntry:
    """Raises RowRefused for a row that names nobody."""
    texts = {field: clean_text(text) for field, text in typed.items()}
    left_out: list[LeftOut] = []
    all_keys = [
        *_read_each(texts, ("phone", "phone_prefix"), region, left_out),
        *_read_each(texts, ("email", "email_domain"), region, left_out),
    ]
    person, _rest = _combined(_person(texts, region))
    external_id = texts.get("external_id", "")
    if not (all_keys or external_id or person):
        if left_out:
            raise RowRefused("key", left_out[0].reason)
        raise RowRefused("no_key", "The row names nobody: give a phone number, an email address or an external ID.")
    first, further = _combined(all_keys)
    created_at = _moment(texts.get("created_at", ""), zone)
    lifted_at = _moment(texts.get("lifted_at", ""), zone)
    if texts.get("lifted_at") and not lifted_at:
        left_out.append(LeftOut("lifted_at", texts["lifted_at"], "This is not a past time, so the row is in force."))
    return ListEntry(
        keys=first,
        further=further,
        external_id=external_id,
        person=person,
        person_name=fold(texts.get("contact_name", "")),
        reason=texts.get("reason", "")[:MAX_REASON_LENGTH] or default_reason,
        created_at=created_at,
        lifted_at=lifted_at,
        lift_reason=texts.get("lift_reason", "")[:MAX_REASON_LENGTH],
        left_out=tuple(left_out),
    )


def _read_each(
    texts: Mapping[str, str], fields: Iterable[str], region: str, left_out: list[LeftOut]
) -> list[SuppressedKeys]:
    """The keys in the fields. What cannot be read is added to `left_out`."""
    found: list[SuppressedKeys] = []
    for field in fields:
        for text in filter(None, SEPARATORS.split(texts.get(field, ""))):
            try:
                found.append(_read(field, text, region))
            except ValidationError as error:
                left_out.append(LeftOut(field, text, error.messages[0]))
    return list(dict.fromkeys(found))


def _read(field: str, text: str, region: str) -> SuppressedKeys:
    """Raises ValidationError."""
    if field == "phone_prefix":
        return SuppressedKeys(phone_prefix=read_prefix(text, region))
    if field == "email_domain":
        if domain := read_domain(text):
            return SuppressedKeys(email_domain=domain)
        raise ValidationError(_("“%(text)s” is not the domain of email addresses.") % {"text": text[:80]})
    return read_keys(**{field: text}, region=region)


def _person(texts: Mapping[str, str], region: str) -> list[SuppressedKeys]:
    typed = {"phone": texts.get("contact_phone", ""), "email": texts.get("contact_email", "")}
    return _read_each(typed, ("phone", "email"), region, [])


def _combined(found: list[SuppressedKeys]) -> tuple[SuppressedKeys, tuple[SuppressedKeys, ...]]:
    """The first number with the first address, as one suppression, and every further key as one of its own."""
    phone = next((keys for keys in found if keys.phone_e164), None)
    email = next((keys for keys in found if keys.email), None)
    both = [keys for keys in (phone, email) if keys]
    if not both:
        return (found[0], tuple(found[1:])) if found else (SuppressedKeys(), ())
    first = SuppressedKeys(phone_e164=phone.phone_e164 if phone else "", email=email.email if email else "")
    return first, tuple(keys for keys in found if keys not in both)


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    """A time in the past, or None."""
    try:
        moment = datetime.fromisoformat(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        return aware if aware <= now() else None
    except (ValueError, OverflowError):
        return None
