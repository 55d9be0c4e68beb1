from datetime import date, datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.models.corrections import call_values_as_of
from campaigns.dispositions import (
    CALLBACKS,
    CONVERSATIONS,
    DISPOSITION_RULES,
    MEETINGS,
    WRONG_NUMBERS,
    Disposition,
    DispositionRule,
)
from campaigns.models import Campaign
from config.db.as_of import AsOfQuerySet, null_as_of
from config.db.composite_keys import CompositeForeignKey, WorkspaceForeignKey, same_workspace
from config.db.workspace_model import WorkspaceModel
from markets.models import Contact, ImportJob, Suppression, Workspace
from markets.search.folding import Fold
from markets.search.indexes import TrigramIndex


class CallbackDecision(models.TextChoices):
    """What a manager decided about a callback that is owed by a campaign which is Paused or Completed."""

    OPEN = "", _("Not decided")
    KEPT = "kept", _("Kept until the campaign resumes")
    HANDED_OVER = "handed_over", _("Handed over")
    FOLLOW_UP = "follow_up", _("Left to a follow-up campaign")
    RELEASED = "released", _("Released")


class Direction(models.TextChoices):
    OUTBOUND = "outbound", _("Outbound")
    INBOUND = "inbound", _("Inbound")


def is_counted(call: str = "", at: datetime | None = None) -> Q:
    """Q: the call is in the base set K (product.md, section 5): outbound, with a disposition, not voided by `at`.

    `call` is the path to the call.
    """
    outbound = Q(**{f"{call}direction": Direction.OUTBOUND})
    return outbound & null_as_of(at, f"{call}voided_at") & ~Q(**{f"{call}disposition": ""})


class CallQuerySet(AsOfQuerySet["Call"]):
    recorded_field = "recorded_at"

    def as_of(self, workspace: Workspace, day: date | None) -> Self:
        """Calls recorded by then, with their values before later corrections."""
        calls = super().as_of(workspace, day)
        return calls.override_fields(**call_values_as_of(workspace, calls.at)) if calls.at else calls

    def counted(self) -> Self:
        return self.filter(is_counted(at=self.at))

    def not_voided(self) -> Self:
        """Calls that were made and not voided, in either direction; planned calls are left out."""
        return self.filter(null_as_of(self.at, "voided_at")).exclude(disposition="")

    def logged(self) -> Self:
        """Calls with an outcome that a caller or the API logged; the rest came with a file."""
        return self.filter(import_job=None).exclude(disposition="")

    def voided(self) -> Self:
        return self.exclude(null_as_of(self.at, "voided_at"))

    def conversations(self) -> Self:
        return self.filter(disposition__in=CONVERSATIONS)

    def meetings(self) -> Self:
        return self.filter(disposition__in=MEETINGS)

    def newest_first(self) -> Self:
        return self.order_by("-started_at", "-id")


class Call(WorkspaceModel):
    """One attempt to reach one contact for one campaign. Never deleted, only voided.

    Calls are imported in bulk, so the table has only the indexes and foreign keys that pay for themselves. The key to
    the member also implies that campaign and contact belong to the workspace. The import job has no foreign key, as
    its row is locked while calls are written; users have none, as they are never deleted and PostgreSQL would fire the
    triggers for every imported row.
    """

    workspace = models.ForeignKey(Workspace, models.PROTECT, db_constraint=False, db_index=False, related_name="calls")
    campaign = WorkspaceForeignKey(Campaign, models.PROTECT, db_constraint=False, db_index=False, related_name="calls")
    contact = WorkspaceForeignKey(Contact, models.PROTECT, db_constraint=False, db_index=False, related_name="calls")
    direction = models.CharField(max_length=10, choices=Direction, default=Direction.OUTBOUND)
    started_at = models.DateTimeField()
    talk_seconds = models.PositiveIntegerField(null=True, blank=True)
    disposition = models.CharField(
        max_length=20, choices=Disposition, blank=True, help_text=_("Empty while only planned.")
    )
    callback_at = models.DateTimeField(null=True, blank=True)
    fulfilled_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("When the next call settled the promise to call back.")
    )
    callback_decision = models.CharField(
        max_length=11, choices=CallbackDecision, blank=True, default="", db_default="", editable=False
    )
    callback_decided_at = models.DateTimeField(null=True, editable=False)
    callback_decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        editable=False,
        related_name="+",
    )
    notes = models.TextField(blank=True)
    caller = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="calls_made",
    )
    caller_name = models.CharField(
        max_length=120, blank=True, help_text=_("Who called, by the dialer's name for them.")
    )
    dialled = models.CharField(max_length=16, blank=True, help_text=_("The contact's number (E.164) at the time."))
    dialer_call_id = models.CharField("dialer's call ID", max_length=120, blank=True)
    request_key = models.UUIDField(
        null=True, blank=True, editable=False, help_text=_("Made by the form: once per call.")
    )
    import_job = WorkspaceForeignKey(
        ImportJob,
        models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        editable=False,
        related_name="calls",
    )
    recorded_at = models.DateTimeField(default=now, editable=False)
    reported_at = models.DateTimeField(
        null=True, editable=False, help_text=_("When the source sent its newest version that counts, if it says so.")
    )
    suppression = WorkspaceForeignKey(
        Suppression,
        models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="calls",
        editable=False,
    )
    outside_hours_reason = models.CharField(
        max_length=200, blank=True, db_default="", default="", help_text=_("Why it was made outside the calling hours.")
    )
    voided_at = models.DateTimeField(null=True, blank=True, editable=False)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        editable=False,
        related_name="+",
    )
    void_reason = models.CharField(max_length=500, blank=True, editable=False)

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="call_key_in_workspace"),
            models.UniqueConstraint(fields=["contact", "id", "workspace"], name="call_key_of_contact"),
            models.UniqueConstraint(
                fields=["workspace", "dialer_call_id"],
                condition=~Q(dialer_call_id=""),
                name="call_dialer_id_unique",
                violation_error_message=_("A call with that dialer's ID is in this workspace already."),
            ),
            models.UniqueConstraint(
                fields=["workspace", "request_key"], condition=Q(request_key__isnull=False), name="call_request_unique"
            ),
            models.UniqueConstraint(
                fields=["suppression", "workspace"],
                condition=Q(suppression__isnull=False),
                name="call_suppression_unique",
            ),
            same_workspace("suppression", "markets.Suppression", "call_suppression_in_workspace"),
            CompositeForeignKey(
                fields=("campaign", "contact", "workspace"),
                to="campaigns.CampaignContact",
                to_fields=("campaign", "contact", "workspace"),
                name="call_contact_in_campaign",
                violation_error_message=_("This person is not in the campaign."),
            ),
            models.CheckConstraint(condition=Q(direction__in=Direction.values), name="call_direction_known"),
            models.CheckConstraint(
                condition=Q(disposition__in=["", *Disposition.values]), name="call_disposition_known"
            ),
            models.CheckConstraint(
                condition=Q(disposition__in=CALLBACKS, callback_at__isnull=False)
                | (~Q(disposition__in=CALLBACKS) & Q(callback_at=None)),
                name="call_callback_has_time",
                violation_error_message=_("Say when to call back."),
            ),
            models.CheckConstraint(
                condition=Q(fulfilled_at=None) | Q(callback_at__isnull=False), name="call_fulfilled_was_promised"
            ),
            models.CheckConstraint(
                condition=Q(callback_decision="", callback_decided_at=None)
                | Q(
                    callback_decision__in=[each for each in CallbackDecision.values if each],
                    callback_decided_at__isnull=False,
                ),
                name="call_callback_decided_with_time",
            ),
            models.CheckConstraint(
                condition=Q(voided_at=None, void_reason="") | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
                name="call_voided_with_reason",
                violation_error_message=_("Say why the call is voided."),
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "started_at"], name="call_by_campaign"),
            # Ascending, and read backwards: inserting at the front would leave the pages half empty.
            models.Index(fields=["workspace", "started_at", "id"], name="call_by_time"),
            models.Index(  # outcomes of callbacks by an index-only scan
                fields=["workspace", "callback_at", "fulfilled_at", "callback_decision"],
                condition=Q(callback_at__isnull=False, voided_at=None),
                name="call_with_callback",
            ),
            models.Index(
                fields=["workspace", "callback_at"],
                condition=Q(callback_at__isnull=False, voided_at=None, fulfilled_at=None),
                name="call_with_open_callback",
            ),
            models.Index(fields=["workspace", "recorded_at"], name="call_by_recording"),
            models.Index(  # the newest call of each user, for the list of callers
                fields=["workspace", "caller", "-started_at"],
                condition=Q(caller__isnull=False),
                name="call_by_caller",
            ),
            models.Index(  # numbers attempts by an index-only scan, without sorting; the last two as of past days
                fields=["workspace", "campaign", "contact", "started_at", "id", "recorded_at", "voided_at"],
                condition=Q(direction=Direction.OUTBOUND) & ~Q(disposition=""),
                name="call_of_member",
            ),
            models.Index(  # a few per cent of the calls, each looked for by its contact
                fields=["workspace", "contact", "dialled"],
                condition=Q(disposition__in=WRONG_NUMBERS, voided_at=None),
                name="call_to_wrong_number",
            ),
            models.Index(  # a few per cent of the calls: the meetings on a market's page
                fields=["campaign", "started_at"], condition=Q(disposition__in=MEETINGS), name="call_booking"
            ),
            TrigramIndex(Fold("notes"), condition=~Q(notes=""), name="call_search"),
        ]

    def __str__(self) -> str:
        outcome = self.get_disposition_display() or gettext("Planned")
        return f"{outcome}: {self.contact}"

    @property
    def rule(self) -> DispositionRule | None:
        return DISPOSITION_RULES.get(self.disposition)

    @property
    def is_conversation(self) -> bool:
        return bool(self.rule and self.rule.is_conversation)

    @property
    def is_not_voided(self) -> bool:
        """Made and not voided; False for a planned call."""
        return bool(self.disposition) and self.voided_at is None
