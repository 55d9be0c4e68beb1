"""The further phone numbers and email addresses of contacts, in the order in which callers try them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from config.db import bulk
from markets.imports.contacts.extras import FurtherPoint
from markets.models import Contact, ContactPoint

COLUMNS = ("workspace_id", "contact_id", "kind", "position", "typed", "phone_e164", "extension")


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
