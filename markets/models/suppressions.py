from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from config.db.composite_keys import WorkspaceForeignKey, same_workspace
from config.db.workspace_model import WorkspaceModel
from markets.models.workspaces import Workspace

if TYPE_CHECKING:
    from markets.models.landscape import Contact

MAX_REASON_LENGTH = 500


class SuppressionScope(models.TextChoices):
    """Whom a request not to be called is for, where several people have the same number."""

    PERSON = "person", _("Only this person")
    NUMBER = "number", _("Everybody on this number")


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def in_force(self) -> Self:
        return self.filter(lifted_at=None)

    def rules(self) -> Self:
        """Suppressions of a number prefix or an email domain."""
        return self.filter(~Q(phone_prefix="") | ~Q(email_domain=""))

    def with_covered(self) -> Self:
        """Annotates `covered_count`, the number of people whom a rule suppresses; null for other suppressions."""
        covered = self.model.objects.filter(workspace=OuterRef("workspace"), rule=OuterRef("pk"))
        people = Subquery(covered.covered_counts().values("n"))
        is_rule = ~Q(phone_prefix="") | ~Q(email_domain="")
        return self.annotate(covered_count=Case(When(is_rule, then=Coalesce(people, 0))))

    def covered_counts(self) -> models.QuerySet[Any, Any]:
        """The number of people `n` whom each `rule` of these suppressions covers."""
        return self.in_force().order_by().values("rule").annotate(n=Count("contact", distinct=True))


def set_covered_counts(suppressions: Sequence["Suppression"]) -> None:
    """Sets the same `covered_count` as `with_covered`, which is needed only to order by it: most pages show no rule."""
    rules = [each.pk for each in suppressions if each.is_rule]
    counts = dict(Suppression.objects.filter(rule__in=rules).covered_counts().values_list("rule", "n")) if rules else {}
    for each in suppressions:
        each.covered_count = counts.get(each.pk, 0) if each.is_rule else None


class Suppression(WorkspaceModel):
    """A person, number, email address, number prefix or email domain never to call. It is lifted only with a reason,
    and the row stays. Those of a prefix or domain are rules: each contact that one covers has a row with that `rule`.
    """

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="suppressions")
    contact = WorkspaceForeignKey(
        "markets.Contact", models.PROTECT, null=True, blank=True, db_constraint=False, related_name="suppressions"
    )
    phone_e164 = models.CharField("phone (E.164)", max_length=16, blank=True)
    email = models.EmailField(blank=True)
    phone_prefix = models.CharField(
        max_length=16, blank=True, default="", db_default="", help_text=_("All numbers that begin so, as in +1212555.")
    )
    email_domain = models.CharField(
        max_length=253, blank=True, default="", db_default="", help_text=_("All addresses there, as in example.com.")
    )
    rule = WorkspaceForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        editable=False,
        related_name="covered",
        help_text=_("The suppression of a prefix or domain that covers this contact."),
    )
    reason = models.CharField(max_length=MAX_REASON_LENGTH)
    created_at = models.DateTimeField(default=now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    import_job = WorkspaceForeignKey(
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
    covered_count: int | None
    """Set by `with_covered` and `set_covered_counts`."""

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
                violation_error_message=_(
                    "Say whom: a person, a phone number, an email address, a prefix or a domain."
                ),
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="suppression_has_reason"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lift_reason="") | (Q(lifted_at__isnull=False) & ~Q(lift_reason="")),
                name="suppression_lifted_with_reason",
                violation_error_message=_("Say why the suppression is lifted."),
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
        return f"{self.whom}: {self.reason}"

    @property
    def is_rule(self) -> bool:
        return bool(self.phone_prefix or self.email_domain)

    @property
    def whom(self) -> str:
        prefix = self.phone_prefix and f"{self.phone_prefix}*"
        domain = self.email_domain and f"@{self.email_domain}"
        return str(self.contact or self.phone_e164 or self.email or " ".join(filter(None, (prefix, domain))))


@cache  # building the three subqueries takes longer than the rest of a typical query
def is_suppressed(contact: str = "") -> Q:
    """Q: a suppression in force names the contact, its number or its email. `contact` is the path to the contact."""
    by_phone = ~Q(**{f"{contact}phone_e164": ""}) & Q(names_in_force(contact, phone_e164="phone_e164"))
    by_email = ~Q(**{f"{contact}email": ""}) & Q(names_in_force(contact, email="email"))
    return Q(names_in_force(contact, contact="id")) | by_phone | by_email


def names_in_force(contact: str, /, is_given: str = "", **keys: str) -> Exists:
    """A suppression in force that agrees with the contact in some fields. One of them may have to be given."""
    here = {key: OuterRef(f"{contact}{field}") for key, field in keys.items()}
    given = ~Q(**{is_given: ""}) if is_given else Q()
    return Exists(Suppression.objects.in_force().filter(given, workspace=OuterRef("workspace"), **here))


def names_contact(contact: "Contact") -> Q:
    """Q on suppressions: they name the contact, or the contact's number or email address."""
    named = Q(contact=contact)
    if contact.phone_e164:
        named |= Q(phone_e164=contact.phone_e164)
    if contact.email:
        named |= Q(email=contact.email)
    return named & Q(workspace=contact.workspace_id)
