from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Count, Exists, F, Max, Model, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from calls.models import Meeting, MeetingChange
from campaigns.models import Campaign, SharedLink
from markets.audit.mentions import name_events
from markets.models import AuditAction, AuditEvent, ImportJob, ImportKind
from signals.event_stream import EventStream, Source

KINDS = {
    "status": _("Status"),
    "people": _("People"),
    "imports": _("Imports"),
    "calls": _("Calls"),
    "meetings": _("Meetings"),
    "notes": _("Notes"),
    "tasks": _("Tasks"),
    "tags": _("Tags"),
    "proposals": _("Proposals"),
    "reports": _("Reports and links"),
    "changes": _("Other changes"),
}


TOLD_OTHERWISE = (AuditAction.CAMPAIGN_ADDED, AuditAction.STATUS_CHANGED)


class CampaignFeed(EventStream[Campaign]):
    """The events of a campaign, of one kind or all ("")."""

    def __init__(self, campaign: Campaign, kind: str = ""):
        super().__init__(campaign, SOURCES, kind)


def count_people(relation: str, *fields: str) -> Callable[[Campaign, Sequence[Any]], None]:
    """Sets `people` of grouped rows: how many rows of the campaign agree with them in the fields."""

    def complete(campaign: Campaign, rows: Sequence[Any]) -> None:
        moment = fields[0]
        alike = getattr(campaign, relation).filter(**{f"{moment}__in": [getattr(row, moment) for row in rows]})
        counts = alike.order_by().values_list(*fields).annotate(n=Count("pk"))
        people = {tuple(values): n for *values, n in counts}
        for row in rows:
            row.people = people.get(tuple(getattr(row, field) for field in fields), 0)

    return complete


def _imports_of_people(campaign: Campaign) -> QuerySet[ImportJob]:
    jobs = campaign.workspace.imports.filter(kind=ImportKind.PEOPLE, options__campaign=campaign.pk)
    return jobs.exclude(started_at=None)


def _imports_of_calls(campaign: Campaign) -> QuerySet[ImportJob]:
    calls = campaign.calls.filter(import_job=OuterRef("pk"))
    return campaign.workspace.imports.filter(Exists(calls), kind=ImportKind.CALLS)


def _count_imported_calls(campaign: Campaign, jobs: Sequence[Any]) -> None:
    imported = campaign.calls.filter(import_job__in=jobs).order_by().values_list("import_job")
    counts = dict(imported.annotate(n=Count("pk")))
    for job in jobs:
        job.calls_here = counts.get(job.pk, 0)


def _logged_calls(campaign: Campaign) -> QuerySet[Any]:
    """Calls that callers or the API logged, with their day in the workspace and, without a user, the caller's name."""
    name = Case(When(caller=None, then=F("caller_name")), default=Value(""))
    return campaign.calls.logged().annotate(day=campaign.workspace.day_in_sql("started_at"), name=name)


def _count_logged_calls(campaign: Campaign, rows: Sequence[Any]) -> None:
    alike = _logged_calls(campaign).filter(day__in={row.day for row in rows}).order_by()
    counts = {tuple(values): n for *values, n in alike.values_list(*LOGGED).annotate(n=Count("pk"))}
    for row in rows:
        row.calls_here = counts.get(tuple(getattr(row, field) for field in LOGGED), 0)
        named = {"caller_name": row.name} if row.name else {"nobody": "yes"}
        row.calls_query = urlencode(
            {"logged": "yes", "campaign": campaign.pk, "from": row.day, "to": row.day}
            | ({"caller": row.caller_id} if row.caller_id else named)
        )


def _events(campaign: Campaign) -> QuerySet[AuditEvent]:
    """What the audit log says of the campaign and no other source does."""
    events = campaign.workspace.audit_events.filter(subject_kind="campaign", subject_id=campaign.pk)
    return events.exclude(action__in=TOLD_OTHERWISE)


def _name_events(campaign: Campaign, events: Sequence[Any]) -> None:
    name_events(campaign.workspace, events)


def _links(campaign: Campaign) -> QuerySet[SharedLink]:
    return campaign.workspace.shared_links.filter(report__campaign=campaign)


def _own(campaign: Campaign) -> QuerySet[Campaign]:
    return campaign.workspace.campaigns.filter(pk=campaign.pk)


def _meetings(campaign: Campaign) -> QuerySet[Model]:
    return Meeting.objects.filter(workspace=campaign.workspace_id, call__campaign=campaign)


def _meeting_changes(campaign: Campaign) -> QuerySet[Model]:
    return MeetingChange.objects.filter(workspace=campaign.workspace_id, meeting__call__campaign=campaign)


ADDED, REMOVED, RETURNED = (
    ("added_at", "added_by_id"),
    ("removed_at", "removed_by_id"),
    ("returned_at", "returned_by_id"),
)
LOGGED = ("day", "caller_id", "name")
WAS_REMOVED = Q(removed_at__isnull=False)
SOURCES: list[Source[Campaign]] = [
    Source("created", "status", _own, "created_at", "created_by"),
    Source(
        "added",
        "people",
        lambda c: c.members.all(),
        "added_at",
        "added_by",
        ("contact",),
        groups=ADDED,
        complete=count_people("members", *ADDED),
    ),
    Source(
        "import_people",
        "imports",
        _imports_of_people,
        Coalesce("started_at", "created_at"),
        "created_by",
    ),
    Source("status_change", "status", lambda c: c.status_changes.all(), "changed_at", "changed_by"),
    Source(
        "import_calls",
        "imports",
        _imports_of_calls,
        Coalesce("started_at", "created_at"),
        "created_by",
        complete=_count_imported_calls,
    ),
    Source(
        "calls",
        "calls",
        _logged_calls,
        Max("started_at"),
        "caller",
        groups=LOGGED,
        complete=_count_logged_calls,
    ),
    Source("meeting", "meetings", _meetings, "created_at", "call__caller", ("call__contact",)),
    Source("meeting_change", "meetings", _meeting_changes, "changed_at", "changed_by", ("meeting__call__contact",)),
    Source(
        "removed",
        "people",
        lambda c: c.members.filter(WAS_REMOVED),
        "removed_at",
        "removed_by",
        ("contact",),
        groups=REMOVED,
        complete=count_people("members", *REMOVED),
    ),
    Source(
        "was_removed",
        "people",
        lambda c: c.absences.all(),
        "removed_at",
        "removed_by",
        ("contact",),
        groups=REMOVED,
        complete=count_people("absences", *REMOVED),
    ),
    Source(
        "returned",
        "people",
        lambda c: c.absences.all(),
        "returned_at",
        "returned_by",
        ("contact",),
        groups=RETURNED,
        complete=count_people("absences", *RETURNED),
    ),
    Source("note", "notes", lambda c: c.notes.filter(deleted_at=None), "written_at", "written_by"),
    Source("task", "tasks", lambda c: c.tasks.all(), "created_at", "created_by", ("owner",)),
    Source("task_done", "tasks", lambda c: c.tasks.exclude(done_at=None), "done_at", "done_by"),
    Source("tag", "tags", lambda c: c.tags.all(), "added_at", "added_by", ("tag",)),
    Source("proposal", "proposals", lambda c: c.audience_proposals.all(), "made_at"),
    Source("report", "reports", lambda c: c.reports.defer("document"), "made_at", "made_by"),
    Source("link", "reports", _links, "created_at", "created_by", ("report",)),
    Source("link_revoked", "reports", lambda c: _links(c).exclude(revoked_at=None), "revoked_at", "revoked_by"),
    Source("audit", "changes", _events, "happened_at", "user", complete=_name_events),
]
