"""What expires of imports: uploads that nobody started, and the rows that ended imports rejected."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext as _

from markets.imports import jobs
from markets.models import ImportJob, ImportNote, ImportRejection, ImportState, Workspace
from markets.models.imports import ENDED, OTHER_PERSON

BATCH = 1000
EXPIRED_CODE = "expired"
"""Instead of OTHER_PERSON: nobody can decide about a row that is not kept."""


def old_drafts(workspace: Workspace | None = None) -> QuerySet[ImportJob]:
    before = now() - timedelta(days=settings.DRAFT_DAYS)
    drafts = ImportJob.objects.filter(state__in=(ImportState.DRAFT, ImportState.CHECKING), created_at__lt=before)
    drafts = drafts.filter(Q(lease_until=None) | Q(lease_until__lt=now()))
    return drafts.filter(workspace__in=[workspace] if workspace else Workspace.objects.active())


def expire_drafts(workspace: Workspace | None = None) -> int:
    """Ends uploads that nobody started, and deletes their files. Returns their number."""
    count = 0
    for job in old_drafts(workspace).order_by("pk"):
        try:
            jobs.expire(job=job, days=settings.DRAFT_DAYS)
        except jobs.JobRefused:  # started meanwhile
            continue
        count += 1
    return count


def old_rejections(workspace: Workspace | None = None) -> QuerySet[ImportRejection]:
    return _of_old_imports(ImportRejection.objects.exclude(message=expired_message()), workspace)


def expire_rejections(workspace: Workspace | None = None) -> int:
    """Empties rejected rows and what reports say about values. Their lines, codes and numbers stay. Returns the number
    of rejected rows."""
    message, count = expired_message(), 0
    while keys := list(old_rejections(workspace).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        rows = ImportRejection.objects.filter(pk__in=keys)
        with transaction.atomic():
            rows.filter(code=OTHER_PERSON).update(code=EXPIRED_CODE)
            count += rows.update(cells=[], message=message)
    notes = _of_old_imports(ImportNote.objects.exclude(message=message), workspace)
    while keys := list(notes.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        ImportNote.objects.filter(pk__in=keys).update(file_value="", stored_value="", message=message)
    reports = _old_imports(workspace).exclude(dry_run_report__isnull=True, skipped_lines=[])
    reports.update(dry_run_report=None, skipped_lines=[])
    return count


def expired_message() -> str:
    return _("Deleted %(reject_days)s days after the import.") % {"reject_days": settings.REJECT_DAYS}


def _old_imports(workspace: Workspace | None) -> QuerySet[ImportJob]:
    if not settings.REJECT_DAYS:
        return ImportJob.objects.none()
    imports = ImportJob.objects.filter(state__in=ENDED, finished_at__lt=now() - timedelta(days=settings.REJECT_DAYS))
    return imports.filter(workspace__in=[workspace] if workspace else Workspace.objects.active())


def _of_old_imports[Row: (ImportRejection, ImportNote)](
    rows: QuerySet[Row], workspace: Workspace | None
) -> QuerySet[Row]:
    return rows.filter(Exists(_old_imports(workspace).filter(workspace=OuterRef("workspace"), pk=OuterRef("job"))))
