"""Sign-in with a company's identity provider: whom it may sign in, and which workspaces they join."""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import render
from django.utils.translation import gettext as _

from config.identity_providers import IdentityProvider
from config.ui.english import in_english
from markets.accounts.languages import language_of_sign_up
from markets.models import AuditAction, AuditEvent, Invitation, Membership, Role, SignInDomain, User
from markets.workspaces.audit import record_event
from markets.workspaces.invitations import accept, mark_email_verified


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """A provider vouches for addresses of its own domains only, and opens no account that nobody wants."""

    def can_authenticate_by_email(self, login: SocialLogin, email: str) -> bool:
        return vouches_for(provider_of(login), email)

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        provider, email = provider_of(sociallogin), email_of(sociallogin)
        if sociallogin.state.get("process") == "connect":
            refuse(request, _("Accounts are connected by signing in, not from here."))
        if not sociallogin.is_existing and not vouches_for(provider, email):
            name = provider.name if provider else _("The identity provider")
            sentence = _("%(provider)s signed you in as %(email)s, which it may not.")
            refuse(request, sentence % {"provider": name, "email": email or _("somebody without an email address")})
        if sociallogin.is_existing and provider and vouches_for(provider, email):
            join_workspaces(user_of(sociallogin), provider, email)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        provider, email = provider_of(sociallogin), email_of(sociallogin)
        return bool(
            provider
            and vouches_for(provider, email)
            and (rules_for(provider, email).exists() or invitations_of(email).exists())
        )

    @transaction.atomic
    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        user_of(sociallogin).email = email_of(sociallogin)
        user_of(sociallogin).language = language_of_sign_up(request)
        user: User = super().save_user(request, sociallogin, form)
        mark_email_verified(user)
        if provider := provider_of(sociallogin):
            join_workspaces(user, provider, user.email)
        return user


def refuse(request: HttpRequest, sentence: str) -> None:
    raise ImmediateHttpResponse(
        render(request, "socialaccount/authentication_error.html", {"sentence": sentence}, status=403)
    )


def provider_of(login: SocialLogin) -> IdentityProvider | None:
    app = login.provider.app
    found: IdentityProvider | None = settings.IDENTITY_PROVIDERS.get(app.provider_id)
    return found


def user_of(login: SocialLogin) -> User:
    assert isinstance(login.user, User)
    return login.user


def email_of(login: SocialLogin) -> str:
    return login.email_addresses[0].email.strip().casefold() if login.email_addresses else ""


def vouches_for(provider: IdentityProvider | None, email: str) -> bool:
    return provider is not None and email.rpartition("@")[2].casefold() in provider.domains


def rules_for(provider: IdentityProvider, email: str) -> Any:
    """The workspaces that take whoever signs in with the provider and an address of this domain."""
    domain = email.rpartition("@")[2]
    return SignInDomain.objects.filter(
        provider=provider.key, domain=domain, is_active=True, workspace__archived_at=None
    )


def invitations_of(email: str) -> Any:
    return Invitation.objects.pending().filter(email__iexact=email, workspace__archived_at=None)


@transaction.atomic
def join_workspaces(user: User, provider: IdentityProvider, email: str) -> None:
    """Accepts the user's invitations and adds the user to the workspaces of the domain, except for those from which the
    user was removed, as long as the audit log says so."""
    for invitation in invitations_of(email).select_related("workspace"):
        accept(invitation=invitation, user=user)
    removed_from = AuditEvent.objects.filter(action=AuditAction.MEMBER_REMOVED, subject_kind="user", subject_id=user.pk)
    rules = rules_for(provider, email).exclude(workspace__in=removed_from.values("workspace"))
    for rule in rules.select_related("workspace"):
        _membership, is_new = Membership.objects.get_or_create(
            workspace=rule.workspace, user=user, defaults={"role": rule.role}
        )
        if is_new:
            with in_english():
                role = str(Role(rule.role).label).lower()
            summary = f"Joined as {role} by signing in with an identity provider"
            record_event(
                workspace=rule.workspace,
                user=user,
                action=AuditAction.MEMBER_JOINED,
                summary=summary,
                subject=user,
            )
