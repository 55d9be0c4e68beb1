from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Now
from django.db.models.lookups import IsNull
from django.utils.timezone import now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.dispositions import Disposition
from campaigns.models.campaigns import Campaign, Status
from config.db.as_of import AsOfQuerySet, cached_as_of, null_as_of
from config.db.composite_keys import CompositeForeignKey, WorkspaceForeignKey, same_workspace
from config.db.workspace_model import WorkspaceModel
from markets.models import Contact, Workspace
from markets.models.landscape import has_usable_phone, may_be_called


class CampaignContactQuerySet(AsOfQuerySet["CampaignContact"]):
    """The rows that `Contact Count`, `Called` and `Reached` count (product.md, section 5)."""

    recorded_field = "added_at"

    def current(self) -> Self:
        """Members not removed from their campaign."""
        present = self.filter(null_as_of(self.at, "removed_at"))
        return present.filter(~Exists(self._absences)) if self._has_absences else present

    def removed(self) -> Self:
        is_removed = ~null_as_of(self.at, "removed_at")
        return self.filter(is_removed | Q(Exists(self._absences)) if self._has_absences else is_removed)

    def with_removal_as_of(self) -> Self:
        """Shows when and why members were removed, as of the past day. For pages that show the rows."""
        if self.at is None:
            return self

        def value_then(name: str) -> Case:
            of_absence = Subquery(self._absences.values(name)[:1])
            return Case(When(removed_at__lt=self.at, then=F(name)), default=of_absence)

        return self.override_fields(removed_reason=value_then("removed_reason"), removed_at=value_then("removed_at"))

    @property
    def _absences(self) -> "models.QuerySet[Absence]":
        """A member's absence at the end of the past day, for a subquery."""
        return self._all_absences.filter(campaign=OuterRef("campaign"), contact=OuterRef("contact"))

    @property
    def _all_absences(self) -> "models.QuerySet[Absence]":
        assert self.past_day
        absences = Absence.objects.filter(workspace=self.past_day.workspace)
        return absences.filter(removed_at__lt=self.at, returned_at__gte=self.at)

    @property
    def _has_absences(self) -> bool:
        """Whether anybody was absent at the end of the past day and has returned. Mostly nobody, which saves the
        subqueries."""
        if self.past_day is None:
            return False
        return cached_as_of(self.past_day.workspace, (Absence, self.at), self._all_absences.exists)

    def called(self) -> Self:
        return self.filter(attempt_count__gt=0)

    def reached(self) -> Self:
        return self.filter(conversation_count__gt=0)

    def callable(self) -> Self:
        """Members the queue may offer: not removed, closed, suppressed or off-limits, with a usable phone number."""
        of_workspace = Q(contact__workspace=F("workspace"))  # so that contacts of other workspaces are not read
        return self.current().filter(
            of_workspace, may_be_called("contact__"), has_usable_phone("contact__"), is_closed=False
        )

    def callback_due(self, moment: datetime) -> Self:
        """Callable members of active campaigns whose callback is due by `moment`."""
        return self.callable().filter(callback_due_at__lte=moment, campaign__status=Status.ACTIVE)


def is_set(field: str) -> models.GeneratedField:
    """Boolean of a datetime field, for indexes: the timestamps change on every call and would defeat HOT updates, a
    third of the cost of a call."""
    is_not_null = IsNull(F(field), False)
    return models.GeneratedField(expression=is_not_null, output_field=models.BooleanField(), db_persist=True)


class CampaignContact(WorkspaceModel):
    """A contact's membership in a campaign. calls.derived.member_summaries updates the summary of its calls.

    Composite foreign keys replace the single-column ones, as imports add members in bulk.
    """

    workspace = models.ForeignKey(
        Workspace, models.PROTECT, db_constraint=False, db_index=False, related_name="campaign_contacts"
    )
    campaign = WorkspaceForeignKey(
        Campaign, models.PROTECT, db_constraint=False, db_index=False, related_name="members"
    )
    contact = WorkspaceForeignKey(
        Contact, models.PROTECT, db_constraint=False, db_index=False, related_name="campaign_contacts"
    )
    added_at = models.DateTimeField(default=now, editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, db_index=False, editable=False, related_name="+"
    )
    added_reason = models.CharField(
        max_length=500, blank=True, default="", db_default="", editable=False, help_text=_("Why they were chosen.")
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        editable=False,
        related_name="+",
        help_text=_("The caller whose person they are. Nobody: any caller of the campaign."),
    )
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        editable=False,
        related_name="+",
    )
    removed_reason = models.CharField(max_length=500, blank=True)

    attempt_count = models.PositiveIntegerField(default=0, editable=False)
    conversation_count = models.PositiveIntegerField(default=0, editable=False)
    first_attempt_at = models.DateTimeField(null=True, editable=False)
    last_attempt_at = models.DateTimeField(null=True, editable=False)
    last_conversation_at = models.DateTimeField(null=True, editable=False)
    is_called = is_set("last_attempt_at")
    is_reached = is_set("last_conversation_at")
    last_call_at = models.DateTimeField(null=True, editable=False)
    last_disposition = models.CharField(max_length=20, blank=True, choices=Disposition, editable=False)
    callback_due_at = models.DateTimeField(null=True, editable=False)
    is_closed = models.BooleanField(default=False, editable=False)
    has_shown_interest = models.BooleanField(default=False, editable=False)
    counts_changed_at = models.DateTimeField(
        default=now, db_default=Now(), editable=False, help_text=_("When what its calls add up to last changed.")
    )

    called_changed_at = models.DateTimeField(
        default=now,
        db_default=Now(),
        editable=False,
        help_text=_("When it last changed whether they were called at all."),
    )
    reached_changed_at = models.DateTimeField(
        default=now,
        db_default=Now(),
        editable=False,
        help_text=_("When it last changed whether they were spoken with."),
    )

    first_recorded_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text=_("When the first of their calls was recorded, also if it was voided since."),
    )

    leased_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        db_index=False,
        editable=False,
        related_name="+",
        help_text=_("Who was given this person to call. Nobody, until `leased_until`: put aside for a while."),
    )
    leased_until = models.DateTimeField(null=True, editable=False)

    objects = CampaignContactQuerySet.as_manager()

    class Meta:
        ordering = ["campaign", "contact"]
        constraints = [
            models.UniqueConstraint(  # with the workspace, for the foreign keys of calls and absences
                fields=["campaign", "contact", "workspace"],
                name="campaign_contact_unique",
                violation_error_message=_("This person is in the campaign already."),
            ),
            same_workspace("campaign", "campaigns.Campaign", "campaign_contact_campaign_in_workspace"),
            same_workspace("contact", "markets.Contact", "campaign_contact_contact_in_workspace"),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_reason="") | (Q(removed_at__isnull=False) & ~Q(removed_reason="")),
                name="campaign_contact_removed_with_reason",
                violation_error_message=_("Say why this person is removed."),
            ),
            models.CheckConstraint(
                condition=Q(conversation_count__lte=F("attempt_count")), name="campaign_contact_counts_agree"
            ),
            models.CheckConstraint(
                condition=Q(leased_by=None) | Q(leased_until__isnull=False), name="campaign_contact_lease_ends"
            ),
        ]
        indexes = [
            models.Index(fields=["contact", "campaign"], name="member_by_contact"),
            models.Index(fields=["campaign", "workspace", "id"], name="member_by_id"),  # pages of the API
            models.Index(fields=["workspace", "contact"], name="member_of_contact"),  # removed ones too, for audiences
            models.Index(  # distinct contacts by an index-only scan in the order of contacts
                fields=["workspace", "contact", "campaign", "is_called", "is_reached"],
                condition=Q(removed_at=None),
                name="member_by_workspace",
            ),
            models.Index(  # members by an index-only scan; equal entries are deduplicated, so the index is small
                fields=["campaign", "workspace", "is_called", "is_reached"],
                condition=Q(removed_at=None),
                name="member_of_campaign",
            ),
            models.Index(
                fields=["workspace", "callback_due_at"],
                condition=Q(callback_due_at__isnull=False),
                name="member_callback_due",
            ),
            models.Index(fields=["contact"], condition=Q(has_shown_interest=True), name="member_interested"),
            models.Index(  # first attempts by day; set once for a member, together with is_called
                fields=["campaign", "first_attempt_at"],
                condition=Q(first_attempt_at__isnull=False),
                name="member_first_attempt",
            ),
            models.Index(
                fields=["workspace", "assigned_to"], condition=Q(assigned_to__isnull=False), name="member_assigned"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact} in {self.campaign}"


class Absence(WorkspaceModel):
    """A past absence of a member from a campaign: from the removal to the return. Rows are only added.

    A member who is removed now has no row: the membership itself says so. A composite foreign key replaces the
    single-column ones.
    """

    workspace = models.ForeignKey(
        Workspace, models.PROTECT, db_constraint=False, db_index=False, related_name="absences"
    )
    campaign = WorkspaceForeignKey(
        Campaign, models.PROTECT, db_constraint=False, db_index=False, related_name="absences"
    )
    contact = WorkspaceForeignKey(Contact, models.PROTECT, db_constraint=False, db_index=False, related_name="absences")
    removed_at = models.DateTimeField()
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, db_index=False, related_name="+"
    )
    removed_reason = models.CharField(max_length=500)
    returned_at = models.DateTimeField()
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, db_index=False, related_name="+"
    )

    class Meta:
        ordering = ["removed_at", "id"]
        constraints = [
            CompositeForeignKey(
                fields=("campaign", "contact", "workspace"),
                to="campaigns.CampaignContact",
                to_fields=("campaign", "contact", "workspace"),
                name="absence_of_member",
                violation_error_message=_("This person is not in the campaign."),
            ),
            models.CheckConstraint(
                condition=Q(returned_at__gte=F("removed_at")),
                name="absence_ends_after_it_begins",
                violation_error_message=_("Nobody comes back before they were removed."),
            ),
            models.CheckConstraint(
                condition=~Q(removed_reason=""),
                name="absence_has_reason",
                violation_error_message=_("Say why this person was removed."),
            ),
        ]
        indexes = [
            models.Index(fields=["contact", "campaign"], name="absence_by_contact"),
            models.Index(fields=["workspace", "returned_at"], name="absence_by_return"),
        ]

    def __str__(self) -> str:
        return gettext("%(contact)s out of %(campaign)s") % {"contact": self.contact, "campaign": self.campaign}
