"""What became of a campaign's calls after its report was frozen: added late, corrected, voided, with new signals.

Each change has its effect on the counts of calls. Together the effects are the difference between then and now.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from calls.models import Call, Correction
from calls.models.calls import Direction
from campaigns.dispositions import CONVERSATIONS, MEETINGS, Disposition
from campaigns.models import Campaign
from signals.models import Signal

type Effect = Counter[str]
"""By metric, how much a change added to its count."""


@dataclass(frozen=True)
class Change:
    """One change to what a report counted."""

    at: datetime
    kind: str
    by: str = ""
    reason: str = ""
    detail: str = ""
    contact: int | None = None
    call: int | None = None
    effect: Effect = field(default_factory=Counter)


def call_changes(campaign: Campaign, since: datetime) -> Iterator[Change]:
    """Changes recorded at `since` or later. Three statements."""
    calls = campaign.calls.filter(workspace=campaign.workspace_id)
    corrections = Correction.objects.filter(
        workspace=campaign.workspace_id, call__campaign=campaign, corrected_at__gte=since
    )
    by_call: dict[int, list[Correction]] = defaultdict(list)
    for correction in corrections.select_related("corrected_by", "import_job").order_by("corrected_at", "id"):
        by_call[correction.call_id].append(correction)
    touched = Q(recorded_at__gte=since) | Q(voided_at__gte=since) | Q(pk__in=list(by_call))
    found = list(calls.filter(touched).exclude(disposition="").select_related("caller", "voided_by", "import_job"))
    signals = Signal.objects.filter(workspace=campaign.workspace_id, call__campaign=campaign)
    signals = signals.filter(Q(captured_at__gte=since) | Q(call__in=[call.pk for call in found]))
    heard: dict[int, list[Signal]] = defaultdict(list)
    for signal in signals.select_related("captured_by", "call").order_by("captured_at", "id"):
        heard[signal.call_id].append(signal)
    for call in found:
        yield from _of_call(call, by_call.get(call.pk, []), heard.pop(call.pk, []), since)
    for of_call in heard.values():
        for signal in of_call:
            yield _captured(signal, _counts(_values(signal.call), 1)["signals_captured"])


def _of_call(call: Call, corrections: list[Correction], signals: list[Signal], since: datetime) -> Iterator[Change]:
    """The changes of one call in their order, from the values that it had before the first of them."""
    values = _values(call)
    for correction in reversed(corrections):
        values |= correction.before
    events: list[tuple[datetime, int, Any]] = [(each.corrected_at, 1, each) for each in corrections]
    events += [(each.captured_at, 2, each) for each in signals if each.captured_at >= since]
    if call.voided_at and call.voided_at >= since:
        events.append((call.voided_at, 3, None))
    was_known, is_voided = call.recorded_at < since, bool(call.voided_at and call.voided_at < since)
    known = sum(each.captured_at < since for each in signals)
    if not was_known:
        yield _added(call, _counts(values, 0))
    for _at, order, event in sorted(events, key=lambda each: each[:2]):
        before = Counter[str]() if is_voided else _counts(values, known)
        if order == 1:
            after = {**values, **event.after}
            effect = Counter[str]() if is_voided else _difference(_counts(after, known), before)
            yield _corrected(call, event, effect, values)
            values = after
        elif order == 2:
            counted = 0 if is_voided else _counts(values, 1)["signals_captured"]
            known += 1
            yield _captured(event, counted)
        else:
            is_voided = True
            yield _voided(call, _difference(Counter(), before))


def _values(call: Call) -> dict[str, Any]:
    return {"direction": call.direction, "disposition": call.disposition}


def _counts(values: Mapping[str, Any], signals: int) -> Effect:
    """What a call that is not voided adds to each count."""
    if values["direction"] != Direction.OUTBOUND or not values["disposition"]:
        return Counter()
    return Counter(
        calls_made=1,
        conversations=int(values["disposition"] in CONVERSATIONS),
        meetings_booked=int(values["disposition"] in MEETINGS),
        signals_captured=signals,
    )


def _difference(after: Effect, before: Effect) -> Effect:
    """Unlike Counter's own subtraction this keeps what is negative."""
    found = Counter(after)
    found.subtract(before)
    return found


def _added(call: Call, effect: Effect) -> Change:
    source = _("from %(file)s") % {"file": call.import_job.file_name} if call.import_job else ""
    by = str(call.caller or "") if not call.import_job else ""
    return Change(call.recorded_at, "added", by, detail=source, contact=call.contact_id, call=call.pk, effect=effect)


def _corrected(call: Call, correction: Correction, effect: Effect, before: Mapping[str, Any]) -> Change:
    by = str(correction.corrected_by or (correction.import_job and correction.import_job.file_name) or "")
    detail = ""
    if "disposition" in correction.after:
        labels = dict(Disposition.choices)
        old, new = (labels.get(each, _("Planned")) for each in (before["disposition"], correction.after["disposition"]))
        detail = f"{old} → {new}"
    return Change(correction.corrected_at, "corrected", by, correction.reason, detail, call.contact_id, call.pk, effect)


def _captured(signal: Signal, counted: int) -> Change:
    detail = f"{signal.get_type_display()}: {_(signal.value)}"
    effect = Counter(signals_captured=counted)
    by = str(signal.captured_by or "")
    return Change(signal.captured_at, "captured", by, "", detail, signal.contact_id, signal.call_id, effect)


def _voided(call: Call, effect: Effect) -> Change:
    assert call.voided_at
    by = str(call.voided_by or "")
    return Change(call.voided_at, "voided", by, call.void_reason, "", call.contact_id, call.pk, effect)
