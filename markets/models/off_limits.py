from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Lower, Now
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from config.db.composite_keys import WorkspaceForeignKey, same_workspace
from config.db.workspace_model import WorkspaceModel
from markets.models.workspaces import Workspace

if TYPE_CHECKING:
    from markets.models.landscape import Contact


class OffLimitsState(models.TextChoices):
    IN_FORCE = "open", _("In force")
    EXPIRED = "expired", _("Expired")
    LIFTED = "lifted", _("Lifted")


class OffLimitsQuerySet(models.QuerySet["OffLimits"]):
    def in_force(self, at: datetime | None = None) -> Self:
        """Entries in force now, by the database's clock, or at a past moment."""
        if at is None:
            return self.filter(Q(expires_at=None) | Q(expires_at__gt=Now()), lifted_at=None)
        return self.filter(
            Q(lifted_at=None) | Q(lifted_at__gt=at), Q(expires_at=None) | Q(expires_at__gt=at), created_at__lte=at
        )

    def in_state(self, state: str) -> Self:
        if state == OffLimitsState.LIFTED:
            return self.exclude(lifted_at=None)
        if state == OffLimitsState.EXPIRED:
            return self.filter(lifted_at=None, expires_at__lte=Now())
        return self.in_force()

    def naming(self, contact: "Contact") -> Self:
        """Entries of the contact or of their firm, whether or not they are in force."""
        named = Q(contact=contact)
        if contact.firm:
            named |= Q(firm_key=Lower(Value(contact.firm)))
        return self.filter(named, workspace=contact.workspace_id)


class OffLimits(WorkspaceModel):
    """A person or a firm that the client wants left alone. Checked like a suppression, and shown apart from it.

    Ends by itself at `expires_at`, or is lifted; the row stays.
    """

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="off_limits")
    contact = WorkspaceForeignKey(
        "markets.Contact", models.PROTECT, null=True, blank=True, db_constraint=False, related_name="off_limits"
    )
    firm = models.CharField(max_length=200, blank=True, help_text=_("Everybody of this firm, in any letter case."))
    firm_key = models.GeneratedField(
        expression=Lower("firm"), output_field=models.CharField(max_length=200), db_persist=True
    )
    reason = models.CharField(max_length=500)
    requested_by = models.CharField(max_length=120, blank=True, help_text=_("Who at the client asked for it."))
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True, editable=False)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    lift_reason = models.CharField(max_length=500, blank=True, editable=False)

    covered_count: int
    """Set by `set_covered_counts`."""

    objects = OffLimitsQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name_plural = "off-limits"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="off_limits_key_in_workspace"),
            same_workspace("contact", "markets.Contact", "off_limits_contact_in_workspace"),
            models.CheckConstraint(
                condition=Q(contact__isnull=False, firm="") | (Q(contact=None) & ~Q(firm="")),
                name="off_limits_person_or_firm",
                violation_error_message=_("Say whom: a person or a firm."),
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="off_limits_has_reason"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lift_reason="") | (Q(lifted_at__isnull=False) & ~Q(lift_reason="")),
                name="off_limits_lifted_with_reason",
                violation_error_message=_("Say why the entry is lifted."),
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "firm_key"], condition=Q(lifted_at=None), name="off_limits_by_firm"),
            models.Index(fields=["workspace", "contact"], condition=Q(lifted_at=None), name="off_limits_by_contact"),
        ]

    def __str__(self) -> str:
        return f"{self.whom}: {self.reason}"

    @property
    def whom(self) -> str:
        return str(self.contact or self.firm)

    @property
    def state(self) -> OffLimitsState:
        if self.lifted_at:
            return OffLimitsState.LIFTED
        is_over = self.expires_at is not None and self.expires_at <= now()
        return OffLimitsState.EXPIRED if is_over else OffLimitsState.IN_FORCE

    @property
    def is_in_force(self) -> bool:
        return self.state == OffLimitsState.IN_FORCE

    @property
    def last_day(self) -> date | None:
        """The last day on which it is in force, a day of the workspace."""
        return self.workspace.day_of(self.expires_at - timedelta(microseconds=1)) if self.expires_at else None


def is_off_limits(contact: str = "", at: datetime | None = None) -> Q:
    """Q: an entry in force, now or at a past moment, names the contact or their firm. `contact` is the path to the
    contact."""
    return _is_named(OffLimits.objects.in_force(at), contact) if at else _is_off_limits_now(contact)


@cache  # building the subqueries takes longer than the rest of a typical query
def _is_off_limits_now(contact: str) -> Q:
    return _is_named(OffLimits.objects.in_force(), contact)


def _is_named(entries: OffLimitsQuerySet, contact: str) -> Q:
    of_contact, of_firm = _naming(entries, contact)
    return Q(of_contact) | Q(of_firm)


@cache
def not_off_limits(contact: str = "") -> Q:
    """Q: `~is_off_limits()`, as conditions that PostgreSQL can join by (markets.models.landscape.may_be_called)."""
    of_contact, of_firm = _naming(OffLimits.objects.in_force(), contact)
    return Q(~of_contact) & Q(~of_firm)


def _naming(entries: OffLimitsQuerySet, contact: str) -> tuple[Exists, Exists]:
    """The entries that name the contact, and those that name the firm."""
    entries = entries.filter(workspace=OuterRef("workspace"))
    by_firm = entries.filter(contact=None, firm_key=Lower(OuterRef(f"{contact}firm")))
    return Exists(entries.filter(contact=OuterRef(f"{contact}id"))), Exists(by_firm)
