from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from config.db.composite_keys import same_workspace
from markets.models.workspaces import Workspace


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def in_force(self) -> Self:
        return self.filter(lifted_at=None)


class Suppression(models.Model):
    """A person, phone number or email address never to call. It is lifted only with a reason, and the row stays."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="suppressions")
    contact = models.ForeignKey(
        "markets.Contact", models.PROTECT, null=True, blank=True, db_constraint=False, related_name="suppressions"
    )
    phone_e164 = models.CharField("phone (E.164)", max_length=16, blank=True)
    email = models.EmailField(blank=True)
    phone_prefix = models.CharField(
        max_length=16, blank=True, default="", db_default="", help_text="All numbers that begin so, as in +1212555."
    )
    email_domain = models.CharField(
        max_length=253, blank=True, default="", db_default="", help_text="All addresses there, as in example.com."
    )
    rule = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        editable=False,
        related_name="covered",
        help_text="The suppression of a prefix or domain that covers this contact.",
    )
    reason = models.CharField(max_length=500)
    created_at = models.DateTimeField(default=now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    import_job = models.ForeignKey(
        "markets.ImportJob",
        models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        editable=False,
        related_name="suppressions",
    )
    lifted_at = models.DateTimeField(null=True, blank=True, editable=False)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    lift_reason = models.CharField(max_length=500, blank=True, editable=False)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="suppression_key_in_workspace"),
            same_workspace("contact", "markets.Contact", "suppression_contact_in_workspace"),
            same_workspace("import_job", "markets.ImportJob", "suppression_import_job_in_workspace"),
            same_workspace("rule", "markets.Suppression", "suppression_rule_in_workspace"),
            models.CheckConstraint(
                condition=(
                    Q(contact__isnull=False)
                    | ~Q(phone_e164="")
                    | ~Q(email="")
                    | ~Q(phone_prefix="")
                    | ~Q(email_domain="")
                ),
                name="suppression_names_someone",
                violation_error_message="Say whom: a person, a phone number or an email address.",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="suppression_has_reason"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lift_reason="") | (Q(lifted_at__isnull=False) & ~Q(lift_reason="")),
                name="suppression_lifted_with_reason",
                violation_error_message="Say why the suppression is lifted.",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "contact"], condition=Q(lifted_at=None), name="suppression_by_contact"),
            models.Index(fields=["workspace", "phone_e164"], condition=Q(lifted_at=None), name="suppression_by_phone"),
            models.Index(fields=["workspace", "email"], condition=Q(lifted_at=None), name="suppression_by_email"),
            models.Index(
                fields=["workspace"],
                condition=Q(lifted_at=None) & (~Q(phone_prefix="") | ~Q(email_domain="")),
                name="suppression_rule_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact or self.phone_e164 or self.email}: {self.reason}"
