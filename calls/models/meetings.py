from datetime import date, datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When
from django.utils.timezone import now
from django.utils.translation import gettext, pgettext_lazy

from calls.models.calls import Call
from config.db.as_of import AsOfQuerySet
from config.db.composite_keys import OneToOneWithinWorkspace, WorkspaceForeignKey, same_workspace
from config.db.workspace_model import WorkspaceModel
from markets.models import User, Workspace


class MeetingStatus(models.TextChoices):
    SCHEDULED = "scheduled", pgettext_lazy("meeting", "Scheduled")
    HELD = "held", pgettext_lazy("meeting", "Held")
    NO_SHOW = "no_show", pgettext_lazy("meeting", "No-show")
    CANCELLED = "cancelled", pgettext_lazy("meeting", "Cancelled")


class MeetingQuerySet(AsOfQuerySet["Meeting"]):
    recorded_field = "created_at"

    def as_of(self, workspace: Workspace, day: date | None) -> Self:
        """Meetings booked by then, with their status and time as of the day: those that the next change replaced."""
        meetings = super().as_of(workspace, day)
        if meetings.at is None:
            return meetings
        changes = MeetingChange.objects.filter(workspace=workspace, meeting=OuterRef("pk"))
        later = changes.filter(changed_at__gte=meetings.at)

        def value_before(field_of_change: str, field: str) -> Case:
            first = later.order_by("changed_at", "id").values(field_of_change)[:1]
            return Case(When(Exists(later), then=Subquery(first)), default=F(field))

        return meetings.override_fields(
            status=value_before("from_status", "status"), scheduled_at=value_before("from_time", "scheduled_at")
        )


class Meeting(WorkspaceModel):
    """The meeting that a Meeting Booked call scheduled. Without a time it is still to be agreed."""

    Status = MeetingStatus

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="meetings")
    call = OneToOneWithinWorkspace(Call, models.PROTECT, db_constraint=False, db_index=False, related_name="meeting")
    scheduled_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=MeetingStatus, default=MeetingStatus.SCHEDULED)
    created_at = models.DateTimeField(default=now, editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-scheduled_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="meeting_key_in_workspace"),
            models.UniqueConstraint(fields=["call", "workspace"], name="meeting_call_unique"),
            same_workspace("call", "calls.Call", "meeting_call_in_workspace"),
            models.CheckConstraint(condition=Q(status__in=MeetingStatus.values), name="meeting_status_known"),
        ]
        indexes = [models.Index(fields=["workspace", "scheduled_at"], name="meeting_by_time")]

    def __str__(self) -> str:
        return gettext("Meeting with %(person)s") % {"person": self.call.contact}

    @property
    def is_scheduled(self) -> bool:
        return self.status == MeetingStatus.SCHEDULED

    @property
    def is_held(self) -> bool:
        return self.status == MeetingStatus.HELD

    @property
    def is_no_show(self) -> bool:
        return self.status == MeetingStatus.NO_SHOW

    @property
    def is_cancelled(self) -> bool:
        return self.status == MeetingStatus.CANCELLED

    def record_change(
        self, status: str, scheduled_at: datetime | None, *, by: User | None, reason: str = ""
    ) -> "MeetingChange | None":
        """Records a change of status or time and applies it. Returns None if nothing changes."""
        if (self.status, self.scheduled_at) == (status, scheduled_at):
            return None
        change = self.changes.create(
            workspace_id=self.workspace_id,
            from_status=self.status,
            to_status=status,
            from_time=self.scheduled_at,
            to_time=scheduled_at,
            changed_by=by,
            reason=reason[:500],
        )
        self.status, self.scheduled_at = status, scheduled_at
        self.save(update_fields=["status", "scheduled_at"])
        return change


class MeetingChange(WorkspaceModel):
    """A change of a meeting: rescheduled, held, missed or cancelled. Rows are only added."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="meeting_changes")
    meeting = WorkspaceForeignKey(Meeting, models.PROTECT, db_constraint=False, related_name="changes")
    from_status = models.CharField(max_length=10, choices=MeetingStatus)
    to_status = models.CharField(max_length=10, choices=MeetingStatus)
    from_time = models.DateTimeField(null=True)
    to_time = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(default=now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["changed_at", "id"]
        constraints = [
            same_workspace("meeting", "calls.Meeting", "meeting_change_meeting_in_workspace"),
            models.CheckConstraint(
                condition=Q(from_status__in=MeetingStatus.values) & Q(to_status__in=MeetingStatus.values),
                name="meeting_change_status_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting}: {self.get_to_status_display()}"

    @property
    def is_scheduled(self) -> bool:
        return self.to_status == MeetingStatus.SCHEDULED

    @property
    def was_scheduled(self) -> bool:
        return self.from_status == MeetingStatus.SCHEDULED
