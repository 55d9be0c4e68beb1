"""Derives an ID for calls of a log that has none, from the person, the second and the number called.

It is the same however another export writes them. Where one of two exports does not give the number, the person and the
second decide.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from calls.models import Call
from markets.models import Workspace

PREFIX = "derived:"
DERIVED_ID = re.compile(rf"{PREFIX}\d+\.(-?\d+)\.([0-9a-f]+)")
OWN_ID = re.compile(r"portal:(\d{1,18})\.(\d{1,18})")
NO_NUMBER = "0"


def exported_id(call: Call) -> str:
    """The dialer's ID of a call, or one that tells this portal's own call apart from those of every other portal."""
    return call.dialer_call_id or f"portal:{call.pk}.{_microseconds(call.recorded_at)}"


def own_calls(workspace: Workspace, call_ids: Iterable[str]) -> dict[int, str]:
    """The calls of the workspace that were exported under such IDs, by their key."""
    ids = {int(found[1]): found for call_id in call_ids if (found := OWN_ID.fullmatch(call_id))}
    if not ids:
        return {}
    calls = workspace.calls.filter(pk__in=ids, dialer_call_id="").values_list("pk", "recorded_at")
    return {pk: ids[pk][0] for pk, recorded_at in calls if ids[pk][2] == str(_microseconds(recorded_at))}


def _microseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


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
            if found := DERIVED_ID.fullmatch(call_id):
                self._known[contact, int(found[1])][found[2]] = call_id

    def get(self, contact: int, started_at: datetime, phone: str) -> str:
        """`phone` is in E.164, or blank."""
        second = int(started_at.timestamp())
        number = sha256(phone.encode()).hexdigest()[:8] if phone else NO_NUMBER
        known = self._known[contact, second]
        if known and (match := known.get(number) or (known.get(NO_NUMBER) if phone else next(iter(known.values())))):
            return match
        return known.setdefault(number, f"{PREFIX}{contact}.{second}.{number}")
