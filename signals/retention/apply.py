"""Applies the rules of retention, in batches that can be repeated: whoever is interrupted loses nothing and goes on."""

from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from calls.models import CallReport, Correction
from campaigns.bulk.records import forget_old_people
from campaigns.bulk.selection import forget_old_selections
from markets.models import AuditAction, Contact, Workspace
from markets.workspaces.audit import record_event
from signals.contacts.erasure import erase
from signals.models import Signal, SignalSuggestion
from signals.retention.rules import Months, old_calls, people_never_called

BATCH = 1000
MOST_PEOPLE = 2000
"""Erased of one workspace in one run: each takes a moment, and the next run goes on."""


def apply_rules(workspace: Workspace, *, most_people: int = MOST_PEOPLE) -> dict[str, int]:
    """Empties old notes and erases people who were never called, as the workspace's rules say. Returns how many."""
    forget_old_people(workspace)
    forget_old_selections(workspace)
    months = Months.of_workspace(workspace)
    counts = {
        "notes": empty_old_notes(workspace, months.notes) if months.notes else 0,
        "people": erase_uncalled(workspace, months.uncalled, most=most_people) if months.uncalled else 0,
    }
    if any(counts.values()):
        record_event(
            workspace=workspace,
            user=None,
            action=AuditAction.RETENTION_APPLIED,
            summary=f"Retention emptied the notes of {counts['notes']:,} calls and erased {counts['people']:,} people",
            details={**counts, "notes_kept_months": months.notes, "uncalled_kept_months": months.uncalled},
        )
    return counts


def empty_old_notes(workspace: Workspace, months: int) -> int:
    """Empties the notes of old calls, also in corrections and in what dialers reported, and the words that signals and
    suggestions quote from them. Calls, outcomes, signals and every number stay. Returns the number of calls."""
    calls = old_calls(workspace, months)
    here = {"workspace": workspace, "call__in": calls}
    count = _empty(workspace, calls.exclude(notes=""), notes="")
    _empty(workspace, Signal.objects.filter(**here).exclude(evidence=""), evidence="")
    _empty(workspace, SignalSuggestion.objects.filter(**here).exclude(words=""), words="")
    _change_each(Correction.objects.filter(**here), _empty_correction)
    _change_each(CallReport.objects.filter(**here), _empty_report)
    return count


def erase_uncalled(workspace: Workspace, months: int, *, most: int = MOST_PEOPLE) -> int:
    """Each person in a transaction of their own."""
    count, last = 0, 0
    people = people_never_called(workspace, months).order_by("pk")
    while count < most and (person := people.filter(pk__gt=last).first()):
        last = person.pk
        count += _try_to_erase(person, months)
    return count


def _try_to_erase(person: Contact, months: int) -> bool:
    try:
        erase(contact=person, by=None, reason=f"Never called within {months} months of being added")
    except ValidationError:  # somebody is changing them at this moment; the next run tries again
        return False
    return True


def _empty(workspace: Workspace, rows: QuerySet[Any], **values: str) -> int:
    count = 0
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        count += rows.model._default_manager.filter(workspace=workspace, pk__in=keys).update(**values)
    return count


def _change_each(rows: QuerySet[Any], change: Callable[[Any], list[str]]) -> None:
    for batch in _batches(rows):
        with transaction.atomic():
            for row in batch:
                if fields := change(row):
                    row.save(update_fields=fields)


def _batches(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk


def _empty_correction(correction: Correction) -> list[str]:
    changed = [name for name in ("before", "after") if getattr(correction, name).get("notes")]
    for name in changed:
        getattr(correction, name)["notes"] = ""
    return changed


def _empty_report(report: CallReport) -> list[str]:
    if not report.values.get("notes"):
        return []
    report.values["notes"] = ""
    return ["values"]
