"""Gives back what an import overwrote in calls that were known before, where nobody changed it since."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from calls.ingest.notes import LABELS
from calls.log.services import amend
from calls.log.validation import CallRefused
from calls.models import Call, CallReport, Correction
from markets.models import ImportJob, User


@dataclass
class GivenBack:
    values: int = 0
    left: list[tuple[Call, str]] = field(default_factory=list)
    """Calls that keep a value of the import, with the reason."""


def corrections_of(job: ImportJob, most_clock_skew: timedelta) -> list[Correction]:
    """Those that the import made, oldest first."""
    since = job.created_at - most_clock_skew
    made = Correction.objects.filter(workspace=job.workspace_id, import_job=job, corrected_by=None)
    return list(made.filter(corrected_at__gte=since).order_by("corrected_at", "id"))


def give_back(job: ImportJob, corrections: list[Correction], *, by: User | None, reason: str) -> GivenBack:
    """The transaction holds the locks of the calls' campaigns."""
    result = GivenBack()
    before: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    for correction in corrections:
        before[correction.call_id] = correction.before | before[correction.call_id]
    newest = _newest_corrections(list(before))
    ours = {correction.pk for correction in corrections}
    calls = Call.objects.filter(pk__in=before, voided_at=None).select_related("contact", "campaign")
    for call in calls.order_by("campaign", "pk"):
        changed_since = {name for name in before[call.pk] if newest[call.pk, name] not in ours}
        if "disposition" in changed_since:
            changed_since |= before[call.pk].keys() & {"callback_at"}
        if changed_since:
            names = ", ".join(sorted(_(LABELS[name]) for name in changed_since))
            result.left.append((call, _("was changed since: %(fields)s") % {"fields": names}))
        _give_back_call(job, call, _without(before[call.pk], changed_since), result, by=by, reason=reason)
    return result


def _give_back_call(
    job: ImportJob, call: Call, before: dict[str, Any], result: GivenBack, *, by: User | None, reason: str
) -> None:
    fields = {each.name: each for each in Call._meta.concrete_fields}
    values = {name: fields[name].to_python(value) for name, value in before.items()}
    if not values:
        return
    try:
        amend(call=call, by=by, reason=reason, import_job=job, historical=True, **values)
    except CallRefused as refusal:
        result.left.append((call, str(refusal)))
        return
    result.values += len(values)
    for report in CallReport.objects.filter(call=call, preset=job.preset_id):
        report.values |= before  # or the same file could not change the call again
        report.save(update_fields=["values"])


def _newest_corrections(calls: list[int]) -> dict[tuple[int, str], int]:
    """The newest correction of each field of each call."""
    corrections = Correction.objects.filter(call__in=calls).order_by("corrected_at", "id")
    return {(each.call_id, name): each.pk for each in corrections for name in each.before}


def _without(values: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}
