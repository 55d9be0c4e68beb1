"""Who gets in by something other than a membership: tokens of the API and domains of identity providers."""

import hashlib
import secrets
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from markets.models.workspaces import Role, Workspace


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def usable(self) -> Self:
        return self.filter(revoked_at=None)

    def with_token(self, token: str) -> Self:
        return self.filter(token_hash=ApiToken.hash_of(token))


class ApiToken(models.Model):
    """A bearer token with which a dialer sends calls to one workspace. Only a hash of it is stored."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=80, help_text=_("Who uses it, such as the dialer's name."))
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
                violation_error_message=_("This workspace has a token of that name already; revoke it first."),
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


def validate_provider(key: str) -> None:
    known = sorted(each.key for each in settings.IDENTITY_PROVIDERS.values())
    if key not in known:
        there_are = f"There are: {', '.join(known)}" if known else "There are none; set OIDC_<NAME> or SAML_<NAME>"
        raise ValidationError(
            _("“%(key)s” is no identity provider. %(there_are)s.") % {"key": key, "there_are": there_are}
        )


class SignInDomain(models.Model):
    """Whoever signs in with an identity provider and an address of this domain becomes a member of the workspace.

    Ops staff add it once they know that the domain is the client's. Whom a manager has removed is not added again.
    """

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="sign_in_domains")
    domain = models.CharField(
        max_length=200, validators=[RegexValidator(r"^[a-z0-9-]+(\.[a-z0-9-]+)+\Z", _("Write it like “acme.example”."))]
    )
    provider = models.CharField(
        max_length=200, validators=[validate_provider], help_text=_("The name after OIDC_ or SAML_, in small letters.")
    )
    role = models.CharField(max_length=10, choices=Role, default=Role.VIEWER)
    is_active = models.BooleanField(default=True, help_text=_("Switched off, nobody joins by it; members stay."))
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        ordering = ["domain", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "domain", "provider"],
                name="sign_in_domain_unique",
                violation_error_message=_("The workspace has this domain already."),
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="sign_in_domain_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.domain} to {self.workspace}"
