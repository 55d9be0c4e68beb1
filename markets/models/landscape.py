from datetime import date
from functools import cache
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Concat, Lower
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from config.db.as_of import AsOfQuerySet
from config.db.composite_keys import WorkspaceForeignKey, same_workspace
from config.db.workspace_model import WorkspaceModel
from markets.contacts.phones import PhoneProblem, tel_url
from markets.models.off_limits import OffLimits, is_off_limits, not_off_limits
from markets.models.suppressions import is_suppressed, names_in_force
from markets.models.workspaces import Workspace, validate_timezone
from markets.search.folding import LastPart, Lines, OtherDigits, StoredFold
from markets.search.indexes import TrigramIndex


class MarketQuerySet(AsOfQuerySet["Market"]):
    recorded_field = "created_at"

    def with_landscape(self) -> Self:
        """Annotates `landscape`, the number of contacts. A subquery, as a join would multiply other aggregates."""
        placed = self.same_as_of(MarketContact).filter(market=OuterRef("pk")).order_by().values("market")
        count = Subquery(placed.annotate(n=Count("*")).values("n"), output_field=models.IntegerField())
        return self.annotate(landscape=Coalesce(count, 0))


class Market(WorkspaceModel):
    """A practice area in a geography, with its landscape of contacts."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="markets")
    practice_area = models.CharField(max_length=80)
    geography = models.CharField(max_length=80)
    seniority = models.CharField(max_length=80, blank=True)
    firm_tier = models.CharField(max_length=80, blank=True)
    name = models.GeneratedField(
        expression=Concat("practice_area", models.Value(" -- "), "geography"),
        output_field=models.CharField(max_length=164),
        db_persist=True,
    )
    created_at = models.DateTimeField(default=now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = MarketQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="market_key_in_workspace"),
            models.UniqueConstraint(
                "workspace",
                Lower("practice_area"),
                Lower("geography"),
                name="market_name_unique",
                violation_error_message=_("This workspace already has a market of that practice area and geography."),
            ),
            models.CheckConstraint(condition=~Q(practice_area=""), name="market_has_practice_area"),
            models.CheckConstraint(condition=~Q(geography=""), name="market_has_geography"),
        ]

    def __str__(self) -> str:
        return f"{self.practice_area} -- {self.geography}"


BLANK: dict[str, Any] = {"default": "", "db_default": ""}
"""Empty by default in the database, too: imports insert only the columns that the file has."""
DERIVED_TEXT: dict[str, Any] = BLANK | {"blank": True, "editable": False}


class ContactQuerySet(models.QuerySet["Contact"]):
    def in_market(self, market: Market, day: date | None = None) -> Self:
        """Contacts in the market, or those in it at the end of a past day."""
        placed = MarketContact.objects.as_of(market.workspace, day).filter(market=market)
        return self.filter(Exists(placed.filter(contact=OuterRef("pk"))))

    def suppressed(self) -> Self:
        return self.filter(is_suppressed())

    def off_limits(self) -> Self:
        return self.filter(is_off_limits())

    def named_by(self, entry: OffLimits) -> Self:
        """The contacts that an off-limits entry names, whether or not it is in force."""
        if not entry.firm:
            return self.filter(pk=entry.contact_id)
        return self.alias(firm_key=Lower("firm")).filter(firm_key=entry.firm_key, workspace=entry.workspace_id)

    def with_wrong_phone(self) -> Self:
        """Contacts whose number was found to be wrong and has not been replaced."""
        return self.filter(~Q(wrong_phone=""), phone_e164=F("wrong_phone"))

    def to_repair(self) -> Self:
        """Contacts with a phone that cannot be called: it was found to be wrong, or is not a valid number."""
        return self.filter(Q(~Q(wrong_phone=""), phone_e164=F("wrong_phone")) | ~Q(phone_problem=""))

    def callable(self) -> Self:
        """Neither suppressed nor off-limits, with a phone number that is not known to be wrong."""
        return self.filter(may_be_called(), has_usable_phone())


class Contact(WorkspaceModel):
    """A person who may be called, once per workspace.

    The workspace has no foreign key in the database, whose check took a sixth of the time of inserting contacts.
    Workspaces are never deleted, and rows that refer to a contact check the workspace by a composite key.
    """

    workspace = models.ForeignKey(
        Workspace, models.PROTECT, db_constraint=False, db_index=False, related_name="contacts"
    )
    external_id = models.CharField("external ID", max_length=120, blank=True, **BLANK)
    full_name = models.CharField(max_length=200, blank=True, **BLANK)
    first_name = models.CharField(max_length=100, blank=True, **BLANK)
    last_name = models.CharField(max_length=100, blank=True, **BLANK)
    name_key = models.CharField(max_length=400, blank=True, **BLANK, editable=False)
    firm = models.CharField(max_length=200, blank=True, **BLANK)
    title = models.CharField(max_length=200, blank=True, **BLANK)
    seniority = models.CharField(max_length=80, blank=True, **BLANK)
    email = models.EmailField(blank=True, **BLANK, help_text=_("Kept in small letters."))
    phone = models.CharField(max_length=60, blank=True, **BLANK, help_text=_("As it was typed."))
    phone_e164 = models.CharField(
        "phone (E.164)",
        max_length=16,
        blank=True,
        **BLANK,
        editable=False,
        help_text=_("Empty unless it is valid."),
    )
    phone_extension = models.CharField(max_length=16, blank=True, **BLANK, editable=False)
    phone_problem = models.CharField(
        max_length=20, blank=True, **BLANK, editable=False, help_text=_("Why the phone as typed cannot be called.")
    )
    wrong_phone = models.CharField(
        max_length=16, **DERIVED_TEXT, help_text=_("The number that last turned out to be incorrect.")
    )
    city = models.CharField(max_length=120, blank=True, **BLANK)
    timezone = models.CharField("time zone", max_length=64, blank=True, **BLANK, validators=[validate_timezone])
    inferred_timezone = models.CharField(
        max_length=64, **DERIVED_TEXT, help_text=_("By the number or the city, if no zone is given.")
    )
    profile_url = models.URLField("profile URL", max_length=500, blank=True, **BLANK)
    profile_key = models.CharField(
        max_length=200, **DERIVED_TEXT, help_text=_("The canonical profile URL, by which rows match.")
    )
    custom = models.JSONField(
        default=dict, db_default=Value({}, models.JSONField()), editable=False, help_text=_("Values by custom field.")
    )
    person_fields = models.PositiveIntegerField(
        default=0,
        db_default=0,
        editable=False,
        help_text=_("Bitmask of fields that a person gave: no file changes them."),
    )
    search_text = models.GeneratedField(
        expression=StoredFold(
            Lines(
                *("full_name", "first_name", "last_name", "firm", "title", "email", "city", "external_id"),
                *(LastPart("profile_url"), OtherDigits("phone_e164", "phone")),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )
    created_at = models.DateTimeField(default=now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    markets = models.ManyToManyField(Market, through="MarketContact", related_name="contacts")

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["full_name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="contact_key_in_workspace"),
            models.UniqueConstraint(
                fields=["workspace", "external_id"],
                condition=~Q(external_id=""),
                name="contact_external_id_unique",
                violation_error_message=_("Somebody in this workspace has that external ID already."),
            ),
            models.UniqueConstraint(
                fields=["workspace", "email"],
                condition=~Q(email=""),
                name="contact_email_unique",
                violation_error_message=_("Somebody in this workspace has that email address already."),
            ),
            models.UniqueConstraint(
                fields=["workspace", "phone_e164", "name_key"],
                condition=~Q(phone_e164=""),
                name="contact_phone_and_name_unique",
                violation_error_message=_("Somebody of that name has that phone number in this workspace already."),
            ),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="contact_email_folded"),
            models.CheckConstraint(
                condition=~Q(external_id="")
                | ~Q(email="")
                | ~Q(profile_key="")
                | ~Q(phone="")
                | (~Q(full_name="") & ~Q(firm="")),
                name="contact_can_be_told_apart",
                violation_error_message=(
                    _(
                        "A person needs an external ID, an email address, a profile URL, a phone number, "
                        "or a full name with a firm."
                    )
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "full_name", "id"], name="contact_by_name"),
            models.Index(
                fields=["workspace", "name_key", "firm"], condition=~Q(name_key=""), name="contact_by_name_and_firm"
            ),
            models.Index(fields=["workspace", "firm", "id"], name="contact_by_firm"),
            models.Index(fields=["workspace", "updated_at"], name="contact_by_change"),  # systems ask what has changed
            models.Index(fields=["workspace"], condition=~Q(wrong_phone=""), name="contact_wrong_phone"),
            models.Index(fields=["workspace"], condition=~Q(phone_problem=""), name="contact_phone_problem"),
            models.Index(fields=["workspace", "profile_key"], condition=~Q(profile_key=""), name="contact_by_profile"),
            TrigramIndex("search_text", name="contact_search"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The most specific identification available."""
        return self.full_name or self.email or self.external_id or self.phone

    @property
    def has_wrong_phone(self) -> bool:
        return bool(self.phone_e164) and self.phone_e164 == self.wrong_phone

    @property
    def tel_url(self) -> str:
        return tel_url(self.phone_e164, self.phone_extension)

    @property
    def phone_problem_label(self) -> str:
        return str(PhoneProblem(self.phone_problem).label) if self.phone_problem in PhoneProblem.values else ""

    @property
    def why_not_callable(self) -> str:
        """A sentence about a phone that is not a valid number; empty for a valid one."""
        return PhoneProblem(self.phone_problem).sentence if self.phone_problem in PhoneProblem.values else ""


def has_usable_phone(contact: str = "") -> Q:
    """Q: there is a number to dial, and it is not known to be wrong. `contact` is the path to the contact."""
    return ~Q(**{f"{contact}phone_e164": ""}) & ~Q(**{f"{contact}phone_e164": F(f"{contact}wrong_phone")})


@cache
def may_be_called(contact: str = "") -> Q:
    """Q: neither suppressed nor off-limits; the same as `~is_suppressed() & ~is_off_limits()`.

    Each NOT EXISTS stands for itself, so that PostgreSQL can join many contacts with all suppressions at once. Behind
    an OR it looks for the suppressions of one contact after the other.
    """
    by_phone, by_email = (names_in_force(contact, **{key: key}, is_given=key) for key in ("phone_e164", "email"))
    return Q(~names_in_force(contact, contact="id")) & Q(~by_phone) & Q(~by_email) & not_off_limits(contact)


class MarketContactQuerySet(AsOfQuerySet["MarketContact"]):
    recorded_field = "added_at"


class MarketContact(WorkspaceModel):
    """A contact in a market's landscape. Composite foreign keys replace the single-column ones."""

    workspace = models.ForeignKey(
        Workspace, models.PROTECT, db_constraint=False, db_index=False, related_name="market_contacts"
    )
    market = WorkspaceForeignKey(
        Market, models.PROTECT, db_constraint=False, db_index=False, related_name="market_contacts"
    )
    contact = WorkspaceForeignKey(Contact, models.PROTECT, db_constraint=False, related_name="market_contacts")
    added_at = models.DateTimeField(default=now, editable=False)

    objects = MarketContactQuerySet.as_manager()

    class Meta:
        ordering = ["market", "contact"]
        constraints = [
            models.UniqueConstraint(
                fields=["market", "contact", "workspace"],
                name="market_contact_unique",
                violation_error_message=_("This person is in the market's landscape already."),
            ),
            same_workspace("market", "markets.Market", "market_contact_market_in_workspace"),
            same_workspace("contact", "markets.Contact", "market_contact_contact_in_workspace"),
        ]

    def __str__(self) -> str:
        return f"{self.contact} in {self.market}"
