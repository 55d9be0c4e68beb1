"""Derives an ID for calls of a log that has none, from the person, the second and the number called.

It is the same however another export writes them. Where one of two exports does not give the number, the person and the
second decide.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from hashlib import sha256

from calls.models import Call
from markets.models import Workspace

PREFIX = "derived:"
NO_NUMBER = "0"


class DerivedIds:
    """The derived IDs of the calls to some contacts."""

    def __init__(self, workspace: Workspace, contacts: Collection[int]):
        calls = Call.objects.filter(
            workspace=workspace, contact__in=contacts, dialer_call_id__startswith=PREFIX
        ).order_by("pk")
        self._known: defaultdict[tuple[int, int], dict[str, str]] = defaultdict(dict)
        self._read(calls.values_list("contact", "dialer_call_id"))

    def _read(self, calls: Iterable[tuple[int, str]]) -> None:
        """The second is in the ID, as a person may have corrected when the call started; so is the contact, but calls
        move when contacts are merged."""
        for contact, call_id in calls:
            _, second, number = call_id.removeprefix(PREFIX).split(".")
            self._known[contact, int(second)][number] = call_id

    def get(self, contact: int, started_at: datetime, phone: str) -> str:
        """`phone` is in E.164, or blank."""
        second = int(started_at.timestamp())
        number = sha256(phone.encode()).hexdigest()[:8] if phone else NO_NUMBER
        known = self._known[contact, second]
        if known and (match := known.get(number) or (known.get(NO_NUMBER) if phone else next(iter(known.values())))):
            return match
        return known.setdefault(number, f"{PREFIX}{contact}.{second}.{number}")
