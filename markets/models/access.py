"""Who gets in by something other than a membership: invitations, tokens of the API, domains of identity providers."""

import hashlib
import secrets
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Value
from django.db.models.functions import Lower
from django.utils.timezone import now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.db.composite_keys import same_workspace
from config.db.workspace_model import WorkspaceModel
from markets.models.workspaces import Role, Workspace, invitation_deadline


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def pending(self) -> Self:
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=now())

    def with_token(self, token: str) -> Self:
        return self.filter(token_hash=Invitation.hash_of(token))


class Invitation(models.Model):
    """A link with which one email address may join a workspace in a role. Only a hash of its token is stored."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=Role, default=Role.VIEWER)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)
    expires_at = models.DateTimeField(default=invitation_deadline)
    accepted_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="invitation_role_known"),
            models.UniqueConstraint(
                "workspace",
                Lower("email"),
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="invitation_open_unique",
                violation_error_message=_("There is an open invitation for this address already; revoke it first."),
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(email)s to %(workspace)s") % {"email": self.email, "workspace": self.workspace}

    @staticmethod
    def hash_of(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()

    @staticmethod
    def new_token() -> str:
        return secrets.token_urlsafe(32)


class Scope(models.TextChoices):
    """What a token may do in its workspace."""

    MARKETS_READ = "markets:read", _("Read markets and their numbers")
    CONTACTS_READ = "contacts:read", _("Read people")
    CONTACTS_WRITE = "contacts:write", _("Add and change people")
    CAMPAIGNS_READ = "campaigns:read", _("Read campaigns, their numbers and members")
    CAMPAIGNS_WRITE = "campaigns:write", _("Add people to campaigns and remove them")
    CALLS_READ = "calls:read", _("Read calls, meetings and callbacks")
    CALLS_WRITE = "calls:write", _("Send calls")
    MEETINGS_WRITE = "meetings:write", _("Move and cancel meetings, and record how they ended")
    SIGNALS_READ = "signals:read", _("Read signals")
    SUPPRESSIONS_READ = "suppressions:read", _("Read the do-not-call list")
    SUPPRESSIONS_WRITE = "suppressions:write", _("Add to the do-not-call list")
    IMPORTS_READ = "imports:read", _("Follow imports")
    IMPORTS_WRITE = "imports:write", _("Start imports")
    AUDIENCES_READ = "audiences:read", _("Run audiences")

    @property
    def role(self) -> Role:
        """The lowest role of a user who may do the same on the pages (product.md, section 6)."""
        if self in (Scope.CONTACTS_WRITE, Scope.CAMPAIGNS_WRITE, Scope.IMPORTS_WRITE):
            return Role.MANAGER
        is_callers = self in (Scope.CALLS_WRITE, Scope.MEETINGS_WRITE, Scope.SUPPRESSIONS_WRITE)
        return Role.CALLER if is_callers else Role.VIEWER


def calls_only() -> list[str]:
    return [Scope.CALLS_WRITE.value]


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def usable(self) -> Self:
        return self.filter(models.Q(expires_at=None) | models.Q(expires_at__gt=now()), revoked_at=None)

    def with_token(self, token: str) -> Self:
        return self.filter(token_hash=ApiToken.hash_of(token))


class ApiToken(models.Model):
    """A bearer token with which another system reads and writes in one workspace. Only a hash of it is stored."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=80, help_text=_("Who uses it, such as the dialer's name."))
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(
        default=calls_only, db_default=Value(["calls:write"], models.JSONField()), help_text=_("What it may do.")
    )
    expires_at = models.DateTimeField(null=True, blank=True, help_text=_("Empty: it works until it is revoked."))
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
            models.UniqueConstraint(fields=["workspace", "id"], name="api_token_key_in_workspace"),
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

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= now()

    @property
    def scope_labels(self) -> list[str]:
        return [str(scope.label) for scope in Scope if scope.value in self.scopes]


class IdempotencyKey(WorkspaceModel):
    """The response to a request of the API that named a key. The same request gets it again instead of being done
    twice. May hold personal data: erasing a contact deletes the keys of the workspace."""

    KEPT_FOR = timedelta(hours=24)

    workspace = models.ForeignKey(Workspace, models.PROTECT, db_index=False, related_name="idempotency_keys")
    token = models.ForeignKey(ApiToken, models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    key = models.CharField(max_length=200, help_text=_("As the header Idempotency-Key has it."))
    request_hash = models.CharField(max_length=64, help_text=_("Of the method, the address and the body."))
    status = models.PositiveSmallIntegerField(help_text=_("The status code of the response."))
    body = models.TextField(help_text=_("The response, as JSON."))
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "token", "key"], name="idempotency_key_unique"),
            same_workspace("token", "markets.ApiToken", "idempotency_key_token_in_workspace"),
        ]
        indexes = [models.Index(fields=["workspace", "created_at"], name="idempotency_key_by_age")]

    def __str__(self) -> str:
        return f"{self.key} of {self.token_id}"


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
