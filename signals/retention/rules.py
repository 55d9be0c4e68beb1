"""What a workspace's rules of retention concern."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, QuerySet

from calls.models import Call
from campaigns.models import CampaignContact, Status, Task
from markets.models import Contact, Erasure, Workspace

RUNNING = (Status.DRAFT, Status.ACTIVE, Status.PAUSED)


@dataclass(frozen=True)
class Months:
    """For how many months notes and people who were never called are kept; None is for ever."""

    notes: int | None
    uncalled: int | None

    @classmethod
    def of_workspace(cls, workspace: Workspace) -> "Months":
        return cls(workspace.notes_kept_months, workspace.uncalled_kept_months)


def start_of_keeping(workspace: Workspace, months: int) -> datetime:
    """The beginning of the workspace's day that many months ago. What is older goes."""
    today = workspace.today()
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    month += 1
    day = min(today.day, calendar.monthrange(year, month)[1])
    start, _ = workspace.bounds(date(year, month, day), None)
    assert start
    return start


def old_calls(workspace: Workspace, months: int) -> QuerySet[Call]:
    return workspace.calls.filter(started_at__lt=start_of_keeping(workspace, months))


def calls_with_old_notes(workspace: Workspace, months: int) -> QuerySet[Call]:
    return old_calls(workspace, months).exclude(notes="")


def people_never_called(workspace: Workspace, months: int) -> QuerySet[Contact]:
    """Those added before who have no call, not even a voided one, are in no running campaign and have no open task.

    Not those who must not be called: their entry on the list is what keeps others from calling them.
    """
    here = {"workspace": OuterRef("workspace"), "contact": OuterRef("pk")}
    running = CampaignContact.objects.filter(**here, removed_at=None, campaign__status__in=RUNNING)
    tasks = Task.objects.filter(**here, done_at=None)
    people = workspace.contacts.filter(created_at__lt=start_of_keeping(workspace, months))
    people = people.exclude(pk__in=workspace.contacts.suppressed().values("pk"))
    people = people.exclude(pk__in=workspace.contacts.off_limits().values("pk"))
    return people.filter(
        ~Exists(Call.objects.filter(**here)),
        ~Exists(running),
        ~Exists(tasks),
        ~Exists(Erasure.objects.filter(**here)),
    )


def preview(workspace: Workspace, months: Months) -> dict[str, int]:
    """How many calls would lose their notes, and how many people would be erased."""
    return {
        "notes": calls_with_old_notes(workspace, months.notes).count() if months.notes else 0,
        "people": people_never_called(workspace, months.uncalled).count() if months.uncalled else 0,
    }
