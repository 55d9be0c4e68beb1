from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Now
from django.db.models.lookups import IsNull
from django.utils.timezone import now

from campaigns.dispositions import Disposition
from campaigns.models.campaigns import Campaign, Status
from config.db.as_of import AsOfQuerySet, cached_as_of, null_as_of
from config.db.composite_keys import CompositeForeignKey, same_workspace
from markets.models import Contact, Workspace
from markets.models.landscape import has_usable_phone, is_suppressed


class CampaignContactQuerySet(AsOfQuerySet["CampaignContact"]):
    """`Contact Count` and its kin count these: product.md, section 5."""

    entered_field = "added_at"

    def current(self) -> Self:
        here = self.filter(null_as_of(self.at, "removed_at"))
        return here.filter(~Exists(self._absences)) if self._somebody_came_back else here

    def removed(self) -> Self:
        gone = ~null_as_of(self.at, "removed_at")
        return self.filter(gone | Q(Exists(self._absences)) if self._somebody_came_back else gone)

    def with_removal_as_of(self) -> Self:
        """For pages that show the rows themselves: when and why each was removed, as it was known then."""
        if self.at is None:
            return self

        def then(name: str) -> Case:
            return Case(When(removed_at__lt=self.at, then=F(name)), default=Subquery(self._absences.values(name)[:1]))

        return self.override_fields(removed_reason=then("removed_reason"), removed_at=then("removed_at"))

    @property
    def _absences(self) -> "models.QuerySet[Absence]":
        """Of a member, that which lasted when the past day ended."""
        return self._lasting_absences.filter(campaign=OuterRef("campaign"), contact=OuterRef("contact"))

    @property
    def _lasting_absences(self) -> "models.QuerySet[Absence]":
        assert self.as_of_args
        return Absence.objects.filter(workspace=self.as_of_args[0], removed_at__lt=self.at, returned_at__gte=self.at)

    @property
    def _somebody_came_back(self) -> bool:
        """Whether anybody was out when the past day ended who is there now: most often nobody has to be looked up."""
        return bool(
            self.as_of_args and cached_as_of(self.as_of_args[0], (Absence, self.at), self._lasting_absences.exists)
        )

    def called(self) -> Self:
        return self.filter(attempt_count__gt=0)

    def reached(self) -> Self:
        return self.filter(conversation_count__gt=0)

    def callable(self) -> Self:
        """Not removed, not closed, not suppressed, with a usable number: what the queue still holds."""
        return self.current().filter(~is_suppressed("contact__"), has_usable_phone("contact__"), is_closed=False)

    def callback_due(self, moment: datetime) -> Self:
        """Promised by `moment`, in a campaign that may be called for."""
        return self.callable().filter(callback_due_at__lte=moment, campaign__status=Status.ACTIVE)


def _is_there(moment: str) -> models.GeneratedField:
    """Whether there is such a moment. Indexes have this, as it changes once: each call changes the moments, and where
    no index has any of what changed PostgreSQL writes none (a third of what a call costs)."""
    there = IsNull(F(moment), False)
    return models.GeneratedField(expression=there, output_field=models.BooleanField(), db_persist=True)


class CampaignContact(models.Model):
    """Membership: this contact in this campaign. What its calls add up to is kept by calls.derived.member_summaries.

    The composite keys check all that single ones would: they are left out, as lists enrol people by the thousand.
    """

    workspace = models.ForeignKey(
        Workspace, models.PROTECT, db_constraint=False, db_index=False, related_name="campaign_contacts"
    )
    campaign = models.ForeignKey(Campaign, models.PROTECT, db_constraint=False, db_index=False, related_name="members")
    contact = models.ForeignKey(
        Contact, models.PROTECT, db_constraint=False, db_index=False, related_name="campaign_contacts"
    )
    added_at = models.DateTimeField(default=now, editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, db_index=False, editable=False, related_name="+"
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
    last_attempt_at = models.DateTimeField(null=True, editable=False)
    last_conversation_at = models.DateTimeField(null=True, editable=False)
    is_called = _is_there("last_attempt_at")
    is_reached = _is_there("last_conversation_at")
    last_call_at = models.DateTimeField(null=True, editable=False)
    last_disposition = models.CharField(max_length=20, blank=True, choices=Disposition, editable=False)
    callback_due_at = models.DateTimeField(null=True, editable=False)
    is_closed = models.BooleanField(default=False, editable=False)
    has_shown_interest = models.BooleanField(default=False, editable=False)
    counts_changed_at = models.DateTimeField(
        default=now, db_default=Now(), editable=False, help_text="When what its calls add up to last changed."
    )

    called_changed_at = models.DateTimeField(
        default=now, db_default=Now(), editable=False, help_text="When it last changed whether they were called at all."
    )
    reached_changed_at = models.DateTimeField(
        default=now, db_default=Now(), editable=False, help_text="When it last changed whether they were spoken with."
    )

    first_recorded_at = models.DateTimeField(
        null=True, editable=False, help_text="When the first of their calls was recorded, also if it was voided since."
    )

    leased_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        db_index=False,
        editable=False,
        related_name="+",
        help_text="Who was given this person to call. Nobody, until `leased_until`: put aside for a while.",
    )
    leased_until = models.DateTimeField(null=True, editable=False)

    objects = CampaignContactQuerySet.as_manager()

    class Meta:
        ordering = ["campaign", "contact"]
        constraints = [
            models.UniqueConstraint(  # the workspace is the campaign's: it is here for the keys of calls to point to
                fields=["campaign", "contact", "workspace"],
                name="campaign_contact_unique",
                violation_error_message="This person is in the campaign already.",
            ),
            same_workspace("campaign", "campaigns.Campaign", "campaign_contact_campaign_in_workspace"),
            same_workspace("contact", "markets.Contact", "campaign_contact_contact_in_workspace"),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_reason="") | (Q(removed_at__isnull=False) & ~Q(removed_reason="")),
                name="campaign_contact_removed_with_reason",
                violation_error_message="Say why this person is removed.",
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
            models.Index(  # counts each person once by reading nothing else, in their order
                fields=["workspace", "contact", "campaign", "is_called", "is_reached"],
                condition=Q(removed_at=None),
                name="member_by_workspace",
            ),
            models.Index(  # counts a campaign's members by reading nothing else; as many are alike, it is small
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
        ]

    def __str__(self) -> str:
        return f"{self.contact} in {self.campaign}"


class Absence(models.Model):
    """A time that somebody was out of a campaign, before they came back: from a removal to a return. Only added.

    Who is out now says it in their membership itself. The composite key checks all that single ones would.
    """

    workspace = models.ForeignKey(
        Workspace, models.PROTECT, db_constraint=False, db_index=False, related_name="absences"
    )
    campaign = models.ForeignKey(Campaign, models.PROTECT, db_constraint=False, db_index=False, related_name="absences")
    contact = models.ForeignKey(Contact, models.PROTECT, db_constraint=False, db_index=False, related_name="absences")
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
                violation_error_message="This person is not in the campaign.",
            ),
            models.CheckConstraint(
                condition=Q(returned_at__gte=F("removed_at")),
                name="absence_ends_after_it_begins",
                violation_error_message="Nobody comes back before they were removed.",
            ),
            models.CheckConstraint(
                condition=~Q(removed_reason=""),
                name="absence_has_reason",
                violation_error_message="Say why this person was removed.",
            ),
        ]
        indexes = [
            models.Index(fields=["contact", "campaign"], name="absence_by_contact"),
            models.Index(fields=["workspace", "returned_at"], name="absence_by_return"),
        ]

    def __str__(self) -> str:
        return f"{self.contact} out of {self.campaign}"
