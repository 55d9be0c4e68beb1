import hashlib
import secrets
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.timezone import now

from markets.models.workspaces import Workspace


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def usable(self) -> Self:
        return self.filter(revoked_at=None)

    def with_token(self, token: str) -> Self:
        return self.filter(token_hash=ApiToken.hash_of(token))


class ApiToken(models.Model):
    """A bearer token with which a dialer sends calls to one workspace. Only a hash of it is stored."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=80, help_text="Who uses it, such as the dialer's name.")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["workspace", "name", "id"]
        verbose_name = "API token"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "name"],
                condition=models.Q(revoked_at=None),
                name="api_token_name_unique",
                violation_error_message="This workspace has a token of that name already; revoke it first.",
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="api_token_has_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.workspace}"

    @staticmethod
    def hash_of(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()

    @staticmethod
    def new_token() -> str:
        return secrets.token_urlsafe(32)
