"""The further phone numbers and email addresses of contacts, in the order in which callers try them."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from config.db import bulk
from markets.imports.contacts.extras import FurtherPoint
from markets.models import Contact, ContactPoint, Suppression

COLUMNS = ("workspace_id", "contact_id", "kind", "position", "typed", "phone_e164", "extension")


@dataclass(frozen=True)
class FurtherPoints:
    """A contact's further numbers and addresses, as pages show them."""

    numbers: list[ContactPoint]
    """Valid ones that may be dialled."""
    other_numbers: list[ContactPoint]
    """Not valid, found to be wrong, or not to be called."""
    emails: list[ContactPoint]


def further_points(contact: Contact, wrong_numbers: Callable[[Contact], Set[str]]) -> FurtherPoints:
    """`wrong_numbers` tells which numbers were found to be incorrect."""
    prefetch_related_objects([contact], "contact_points")
    points = list(contact.contact_points.all())
    phones = [point for point in points if point.kind == ContactPoint.Kind.PHONE]
    valid = {point.phone_e164 for point in phones if point.phone_e164}
    usable = valid - _suppressed_numbers(contact, valid) - wrong_numbers(contact) if valid else valid
    return FurtherPoints(
        numbers=[point for point in phones if point.phone_e164 in usable],
        other_numbers=[point for point in phones if point.phone_e164 not in usable],
        emails=[point for point in points if point.kind == ContactPoint.Kind.EMAIL],
    )


def _suppressed_numbers(contact: Contact, numbers: Set[str]) -> set[str]:
    in_force = Suppression.objects.in_force().filter(workspace=contact.workspace_id)
    prefixes = tuple(in_force.exclude(phone_prefix="").values_list("phone_prefix", flat=True))
    named = set(in_force.filter(phone_e164__in=numbers).values_list("phone_e164", flat=True))
    return named | {number for number in numbers if number.startswith(prefixes)}


def add_points(*, workspace: int, points: Mapping[int, Sequence[FurtherPoint]]) -> None:
    """Adds the points of each contact that it does not have yet, neither as its first nor as a further one."""
    if not points:
        return
    known: defaultdict[int, set[tuple[str, str]]] = defaultdict(set)
    columns = ["id", "phone", "phone_e164", "email"]
    for contact, phone, e164, email in bulk.select(Contact, columns, key="id", values=points, workspace_id=workspace):
        known[contact] = {(ContactPoint.Kind.PHONE, e164 or phone), (ContactPoint.Kind.EMAIL, email)}
    positions: defaultdict[tuple[int, str], int] = defaultdict(int)
    stored = ["contact_id", "kind", "typed", "phone_e164"]
    for contact, kind, typed, e164 in bulk.select(
        ContactPoint, stored, key="contact_id", values=points, workspace_id=workspace
    ):
        known[contact] |= {(kind, e164 or typed), (kind, typed)}
        positions[contact, kind] += 1
    rows = []
    for contact, each in points.items():
        for point in each:
            if not {(point.kind, point.phone_e164 or point.typed), (point.kind, point.typed)} & known[contact]:
                known[contact] |= {(point.kind, point.phone_e164 or point.typed), (point.kind, point.typed)}
                positions[contact, point.kind] += 1
                position = positions[contact, point.kind]
                rows.append((workspace, contact, point.kind, position, point.typed, point.phone_e164, point.extension))
    if rows:
        bulk.insert(ContactPoint, COLUMNS, rows)
