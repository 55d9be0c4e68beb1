from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.db.composite_keys import WorkspaceForeignKey, same_workspace
from config.db.workspace_model import WorkspaceModel
from markets.contacts.phones import tel_url
from markets.models.landscape import BLANK, Contact
from markets.models.workspaces import Workspace
from markets.search.folding import Digits, Fold, Lines
from markets.search.indexes import TrigramIndex

SEARCH_TEXT = Fold(Lines("typed", Digits("phone_e164"), Digits("typed")))


class ContactPoint(WorkspaceModel):
    """A further phone number or email address of a contact, in the order in which the caller should try them."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("Phone")
        EMAIL = "email", _("Email")

    workspace = models.ForeignKey(Workspace, models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    contact = WorkspaceForeignKey(Contact, models.PROTECT, db_constraint=False, related_name="contact_points")
    kind = models.CharField(max_length=5, choices=Kind)
    position = models.PositiveSmallIntegerField(default=0)
    typed = models.CharField(max_length=254, help_text=_("As it was typed."))
    phone_e164 = models.CharField(
        "phone (E.164)", max_length=16, blank=True, **BLANK, help_text=_("Empty unless valid.")
    )
    extension = models.CharField(max_length=16, blank=True, **BLANK)

    class Meta:
        ordering = ["contact", "kind", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["contact", "kind", "typed", "workspace"], name="contact_point_unique"),
            models.CheckConstraint(condition=Q(kind__in=["phone", "email"]), name="contact_point_kind_known"),
            models.CheckConstraint(condition=~Q(typed=""), name="contact_point_has_value"),
            same_workspace("contact", "markets.Contact", "contact_point_contact_in_workspace"),
        ]
        indexes = [TrigramIndex(SEARCH_TEXT, name="contact_point_search")]

    def __str__(self) -> str:
        return self.typed

    @property
    def tel_url(self) -> str:
        return tel_url(self.phone_e164, self.extension)
