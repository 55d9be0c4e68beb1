"""What remains of an erased person: a record of the erasure, and hashed keys of those never to call again."""

import hmac
from collections.abc import Iterable
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from config.db.composite_keys import WorkspaceForeignKey, same_workspace
from config.db.workspace_model import WorkspaceModel
from markets.models.history.merges import KeyKind
from markets.models.landscape import Contact
from markets.models.suppressions import Suppression
from markets.models.workspaces import Workspace


class Erasure(WorkspaceModel):
    """The erasure of a person's data: who did it, when and why, without naming the person. Rows are only added."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="erasures")
    contact = WorkspaceForeignKey(Contact, models.PROTECT, db_constraint=False, related_name="erasures")
    erased_at = models.DateTimeField(default=now, editable=False)
    erased_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")
    reason = models.CharField(max_length=500)

    class Meta:
        ordering = ["-erased_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="erasure_has_reason",
                violation_error_message=_("Say why the person is erased."),
            ),
            same_workspace("contact", "markets.Contact", "erasure_contact_in_workspace"),
        ]

    def __str__(self) -> str:
        return f"{self.contact}, erased"


class ErasedKeyQuerySet(models.QuerySet["ErasedKey"]):
    def in_force(self) -> Self:
        """Keys whose suppression was not lifted."""
        return self.filter(suppression__lifted_at=None)


class ErasedKey(WorkspaceModel):
    """A hashed phone number, email or external ID of an erased person who must not be called.

    A new contact with the same key is suppressed, too. The hash is keyed with SECRET_KEY and the workspace, so that it
    cannot be reversed by hashing all phone numbers, nor compared across workspaces. After a change of SECRET_KEY the
    old one must stay in SECRET_KEY_FALLBACKS.
    """

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="erased_keys")
    suppression = WorkspaceForeignKey(
        Suppression, models.PROTECT, db_constraint=False, db_index=False, related_name="erased_keys"
    )
    kind = models.CharField(max_length=12, choices=KeyKind)
    digest = models.CharField(max_length=64)

    objects = ErasedKeyQuerySet.as_manager()

    class Meta:
        ordering = ["suppression", "id"]
        constraints = [
            models.UniqueConstraint(fields=["suppression", "kind", "digest", "workspace"], name="erased_key_unique"),
            models.CheckConstraint(condition=Q(kind__in=KeyKind.values), name="erased_key_kind_known"),
            models.CheckConstraint(condition=~Q(digest=""), name="erased_key_has_digest"),
            same_workspace("suppression", "markets.Suppression", "erased_key_suppression_in_workspace"),
        ]
        indexes = [models.Index(fields=["workspace", "digest"], name="erased_key_by_digest")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of somebody who was erased"


class KeyHasher:
    """Hashes contact keys of one workspace with the current secret and the fallback secrets. `salt` is the id of the
    workspace or, if it was imported as a whole, the id that it had first."""

    def __init__(self, salt: int):
        secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        self._keys = [
            salted_hmac(f"markets.erased_keys {salt}", "", secret=secret, algorithm="sha256").digest()
            for secret in secrets
        ]

    @staticmethod
    def salt_of(workspace: int) -> int:
        stored = Workspace.objects.values_list("erased_key_salt", flat=True).get(pk=workspace)
        return workspace if stored is None else stored

    @classmethod
    def of_workspace(cls, workspace: int) -> Self:
        return cls(cls.salt_of(workspace))

    def digest(self, kind: str, value: str) -> str:
        """The hash to store."""
        return self._digest(self._keys[0], kind, value)

    def digests(self, kind: str, value: str) -> Iterable[str]:
        """The hashes under which a key may have been stored, also before a change of the secret."""
        return [self._digest(key, kind, value) for key in self._keys]

    def _digest(self, key: bytes, kind: str, value: str) -> str:
        return hmac.digest(key, f"{kind} {value}".encode(), "sha256").hex()
