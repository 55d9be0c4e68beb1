"""Merged duplicates, the keys they were known by, and pairs that were found not to be duplicates."""

from collections.abc import Collection
from functools import reduce
from operator import or_
from typing import NamedTuple, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from config.db.composite_keys import WorkspaceForeignKey, same_workspace
from config.db.workspace_model import WorkspaceModel
from markets.models.landscape import Contact
from markets.models.workspaces import Workspace


class KeyKind(models.TextChoices):
    EXTERNAL_ID = "external_id", _("External ID")
    EMAIL = "email", _("Email")
    PROFILE = "profile_key", _("Profile URL")
    PHONE = "phone_e164", _("Phone")


class FormerKeyMatch(NamedTuple):
    """A key that a merged contact had, and the contact it was merged into. `name_key` is set for phones only."""

    kind: str
    value: str
    name_key: str
    contact: int


class ContactMergeQuerySet(models.QuerySet["ContactMerge"]):
    def matching_former_keys(
        self,
        *,
        workspace: Workspace | int,
        external_ids: Collection[str] = (),
        emails: Collection[str] = (),
        profiles: Collection[str] = (),
        phones: Collection[str] = (),
    ) -> list[FormerKeyMatch]:
        """The contacts that keys of merged contacts now stand for, oldest merge first: a later match overrides.

        A contact that has the key today takes precedence over all of them. Emails are lower case, phones E.164.
        """
        values_by_kind = {
            KeyKind.EXTERNAL_ID: external_ids,
            KeyKind.EMAIL: emails,
            KeyKind.PROFILE: profiles,
            KeyKind.PHONE: phones,
        }
        conditions = [Q(keys__kind=kind, keys__value__in=values) for kind, values in values_by_kind.items() if values]
        if not conditions:
            return []
        merges = self.filter(reduce(or_, conditions), workspace=workspace, keys__workspace=workspace)
        found = merges.order_by("pk", "keys")
        return [
            FormerKeyMatch(*row) for row in found.values_list("keys__kind", "keys__value", "keys__name_key", "contact")
        ]

    def for_merged_contact(self, merged: int) -> Self:
        """The merge, if any, of the contact with that ID into another."""
        return self.filter(merged_id=merged)


class ContactMerge(WorkspaceModel):
    """A merge of one contact into another. Rows are only added; `contact` moves on when it is merged itself."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="contact_merges")
    contact = WorkspaceForeignKey(Contact, models.PROTECT, db_constraint=False, related_name="merges")
    merged_id = models.BigIntegerField("merged contact's ID")
    label = models.CharField("merged person", max_length=254)
    fields = models.JSONField(help_text=_("What was stored of the merged person."))
    replaced = models.JSONField(default=dict, help_text=_("What the kept person had before, where it was replaced."))
    moved = models.JSONField(help_text=_("The ids of what moved, by kind."))
    merged_at = models.DateTimeField(default=now, editable=False)
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")
    reason = models.CharField(max_length=500, blank=True)

    objects = ContactMergeQuerySet.as_manager()

    class Meta:
        ordering = ["-merged_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="contact_merge_key_in_workspace"),
            models.UniqueConstraint(
                fields=["workspace", "merged_id"],
                name="contact_merge_unique",
                violation_error_message=_("This person was merged already."),
            ),
            models.CheckConstraint(
                condition=~Q(contact=F("merged_id")),
                name="contact_merge_of_two",
                violation_error_message=_("A person cannot be merged into themselves."),
            ),
            same_workspace("contact", "markets.Contact", "contact_merge_contact_in_workspace"),
        ]
        indexes = [models.Index(fields=["workspace", "-merged_at", "-id"], name="contact_merge_by_time")]

    def __str__(self) -> str:
        return f"{self.label} into {self.contact}"

    def count_of(self, kind: str) -> int:
        return len(self.moved.get(kind, ()))

    @property
    def calls(self) -> int:
        return self.count_of("calls")

    @property
    def signals(self) -> int:
        return self.count_of("signals")

    @property
    def campaigns(self) -> int:
        return self.count_of("campaigns")

    @property
    def markets(self) -> int:
        return self.count_of("markets")

    @property
    def suppressions(self) -> int:
        return self.count_of("suppressions")


class FormerKey(WorkspaceModel):
    """A key of a contact before it was merged. Later imports match the kept contact by it."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="former_keys")
    merge = WorkspaceForeignKey(ContactMerge, models.PROTECT, db_constraint=False, related_name="keys")
    kind = models.CharField(max_length=12, choices=KeyKind)
    value = models.CharField(max_length=254)
    name_key = models.CharField(max_length=400, blank=True, help_text=_("The name that belongs to a phone number."))

    class Meta:
        ordering = ["merge", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=KeyKind.values), name="former_key_kind_known"),
            models.CheckConstraint(condition=~Q(value=""), name="former_key_has_value"),
            same_workspace("merge", "markets.ContactMerge", "former_key_merge_in_workspace"),
        ]
        indexes = [models.Index(fields=["workspace", "kind", "value"], name="former_key_by_value")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}"


class NotDuplicateQuerySet(models.QuerySet["NotDuplicate"]):
    def about(self, contact: Contact) -> Self:
        return self.filter(Q(low=contact) | Q(high=contact))

    def between(self, one: Contact, other: Contact) -> Self:
        return self.filter(low=min(one.pk, other.pk), high=max(one.pk, other.pk))


class NotDuplicate(WorkspaceModel):
    """The decision that two similar contacts are different people."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="not_duplicates")
    low = WorkspaceForeignKey(Contact, models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    high = WorkspaceForeignKey(Contact, models.PROTECT, db_constraint=False, related_name="+")
    decided_at = models.DateTimeField(default=now, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = NotDuplicateQuerySet.as_manager()

    class Meta:
        ordering = ["-decided_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["low", "high", "workspace"], name="not_duplicate_unique"),
            models.CheckConstraint(condition=Q(low__lt=F("high")), name="not_duplicate_in_order"),
            same_workspace("low", "markets.Contact", "not_duplicate_low_in_workspace"),
            same_workspace("high", "markets.Contact", "not_duplicate_high_in_workspace"),
        ]

    def __str__(self) -> str:
        return f"{self.low} is not {self.high}"
