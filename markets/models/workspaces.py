from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property
from typing import Any, Self
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay, TruncDate
from django.utils.timezone import now
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from config.ui.periods import PRESETS
from markets.models.users import User


class Role(models.TextChoices):
    """What a member may do. Each role includes the ones before it."""

    VIEWER = "viewer", _("Viewer")
    CALLER = "caller", _("Caller")
    MANAGER = "manager", _("Manager")

    @property
    def noun(self) -> str:
        """The role within a sentence."""
        return gettext(self.value)

    @property
    def nouns(self) -> str:
        """Those who have it, within a sentence."""
        plural = f"{self.value}s"
        return gettext(plural)

    def allows(self, needed: "Role") -> bool:
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(needed)


ROLE_NOUNS = [
    *(gettext_noop("viewer"), gettext_noop("viewers"), gettext_noop("caller"), gettext_noop("callers")),
    *(gettext_noop("manager"), gettext_noop("managers")),
]
"""For the catalogue."""


@cache
def timezone_names() -> set[str]:
    """Cached, because the library walks the file system on each call."""
    return available_timezones()


def validate_timezone(name: str) -> None:
    if name not in timezone_names():
        raise ValidationError(
            _("“%(name)s” is not a time zone; use an IANA name such as “Europe/Lisbon”.") % {"name": name}
        )


def validate_region(code: str) -> None:
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise ValidationError(
            _("“%(code)s” is not a phone region; use a two-letter country code such as “US”.") % {"code": code}
        )


class WorkspaceQuerySet(models.QuerySet["Workspace"]):
    def active(self) -> Self:
        return self.filter(archived_at=None)

    def archived(self) -> Self:
        """Those that can still be read and brought back."""
        return self.filter(archived_at__isnull=False, deleted_rows__isnull=True)

    def for_user(self, user: User | int) -> Self:
        return self.active().filter(memberships__user=user)


class Workspace(models.Model):
    """A client firm: the tenant that every other row belongs to."""

    name = models.CharField(max_length=120)
    slug = models.CharField(
        max_length=50,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*\Z", _("Use small letters, digits and single hyphens."))],
    )
    timezone = models.CharField("time zone", max_length=64, default="UTC", validators=[validate_timezone])
    phone_region = models.CharField(
        max_length=2,
        default="US",
        validators=[validate_region],
        help_text=_("The country of a number typed without one."),
    )
    holiday_country = models.CharField(
        max_length=2, blank=True, help_text=_("Whose public holidays are no working days. Empty: the phone region's.")
    )
    holiday_region = models.CharField(max_length=10, blank=True, help_text=_("A state or province, as in US-NY: NY."))
    default_period = models.CharField(
        max_length=8,
        default="30d",
        db_default="30d",
        choices=list(PRESETS.items()),
        help_text=_("What the overview, markets and campaign lists show until somebody chooses another period."),
    )
    requires_second_factor = models.BooleanField(
        default=False, help_text=_("Members sign in with a second factor before they see anything.")
    )
    notes_kept_months = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("Notes of older calls are emptied. Empty: notes are kept.")
    )
    uncalled_kept_months = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("People who were never called are erased. Empty: they are kept.")
    )
    created_at = models.DateTimeField(default=now, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True)
    delete_after = models.DateTimeField(
        null=True, editable=False, help_text=_("When the grace period of a requested deletion ends.")
    )
    deletion_requested_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    deleted_rows = models.JSONField(
        null=True, editable=False, help_text=_("Rows deleted so far by table, once the deletion has begun.")
    )
    sample_rows = models.JSONField(
        null=True, editable=False, help_text=_("IDs of the rows of its sample data by model.")
    )
    first_steps_hidden_at = models.DateTimeField(null=True, editable=False, help_text=_("When a manager hid them."))
    erased_key_salt = models.BigIntegerField(
        null=True, editable=False, help_text=_("Of an imported workspace, the ID that it had where it was made.")
    )

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(default_period__in=list(PRESETS)), name="workspace_default_period_known"
            ),
            models.CheckConstraint(
                condition=models.Q(delete_after=None) | models.Q(archived_at__isnull=False),
                name="workspace_archived_before_deletion",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def as_of_cache(self) -> dict[Any, Any]:
        """Results of queries as of a past day, shared by everything that uses this instance: one request."""
        return {}

    @property
    def has_sample_data(self) -> bool:
        return self.sample_rows is not None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def today(self) -> date:
        return self.day_of(now())

    def day_of(self, moment: datetime) -> date:
        """The workspace's calendar day of an aware moment."""
        return moment.astimezone(self.zone).date()

    def days_of(self, moments: Iterable[datetime]) -> set[date]:
        zone = self.zone
        return {moment.astimezone(zone).date() for moment in moments}

    def day_in_sql(self, field: str) -> TruncDate:
        """`day_of` as an expression over a datetime field."""
        return TruncDate(field, tzinfo=self.zone)

    def hour_in_sql(self, field: str) -> ExtractHour:
        """The hour in the workspace's time zone, 0 to 23, as an expression over a datetime field."""
        return ExtractHour(field, tzinfo=self.zone)

    def weekday_in_sql(self, field: str) -> ExtractIsoWeekDay:
        """The weekday in the workspace's time zone, 1 (Monday) to 7, as an expression over a datetime field."""
        return ExtractIsoWeekDay(field, tzinfo=self.zone)

    def bounds(self, first: date | None, last: date | None) -> tuple[datetime | None, datetime | None]:
        """The start of `first` (inclusive) and of the day after `last` (exclusive)."""

        def start(day: date) -> datetime:
            return datetime.combine(day, time.min, tzinfo=self.zone)

        return start(first) if first else None, start(last + timedelta(days=1)) if last else None

    def in_days(self, field: str, first: date | None, last: date | None) -> models.Q:
        """Q: the moment in `field` falls on a day from `first` to `last`."""
        start, end = self.bounds(first, last)
        condition = models.Q()
        if start:
            condition &= models.Q(**{f"{field}__gte": start})
        if end:
            condition &= models.Q(**{f"{field}__lt": end})
        return condition


class MembershipQuerySet(models.QuerySet["Membership"]):
    def weekly_mail_recipients(self) -> Self:
        """Members who opted in, and managers who did not opt out, if they can sign in."""
        wants_mail = models.Q(wants_weekly_mail=True) | models.Q(wants_weekly_mail=None, role=Role.MANAGER)
        return self.filter(wants_mail, user__is_active=True, workspace__archived_at=None)


class Membership(models.Model):
    """A user's role in a workspace."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.VIEWER)
    created_at = models.DateTimeField(default=now, editable=False)
    last_seen_at = models.DateTimeField(null=True, editable=False)
    previous_visit_at = models.DateTimeField(null=True, editable=False)
    wants_weekly_mail = models.BooleanField(
        null=True, blank=True, help_text=_("Unknown: managers get it, others do not.")
    )
    wants_mention_mail = models.BooleanField(default=True, help_text=_("Mails about notes that mention the user."))
    mailed_week = models.DateField(null=True, editable=False, help_text=_("The Monday of the newest week mailed."))
    calendar_hash = models.CharField(
        max_length=64, blank=True, default="", db_default="", editable=False, help_text=_("Of the calendar's secret.")
    )
    calendar_made_at = models.DateTimeField(null=True, editable=False, help_text=_("When its link was made."))

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["workspace", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "user"],
                name="membership_unique",
                violation_error_message=_("This user is a member of the workspace already."),
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.workspace}: {self.get_role_display()}"

    @property
    def gets_weekly_mail(self) -> bool:
        return self.role == Role.MANAGER if self.wants_weekly_mail is None else self.wants_weekly_mail


def invitation_deadline() -> datetime:
    return now() + timedelta(days=14)
