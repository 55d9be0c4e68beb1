"""Events of signing in and of what protects an account, by allauth's adapter methods. They belong to no workspace,
because a user may be a member of several."""

from ipaddress import ip_address, ip_network
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, LoginWebAuthnForm
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from markets.models import AuditAction, User
from markets.workspaces.audit import record_event
from markets.workspaces.throttles import throttle

MOST_FAILURES = 120
"""Failed sign-ins that are recorded in a minute: a flood of them may not fill a table that nothing is deleted from."""
WITHOUT_ACCOUNT = {"password": "for an address without an account", "passkey": "for no known account"}
METHODS = {
    "password": "a password",
    "password_reset": "a new password",
    "code": "a code by mail",
    "totp": "an authenticator app",
    "recovery_codes": "a recovery code",
    "webauthn": "a passkey",
}
NOTICES = {
    "account/email/password_changed": (AuditAction.PASSWORD_CHANGED, "Changed the password"),
    "account/email/password_set": (AuditAction.PASSWORD_CHANGED, "Set a password"),
    "account/email/password_reset": (AuditAction.PASSWORD_CHANGED, "Reset the password by a link"),
    "account/email/email_changed": (AuditAction.EMAIL_CHANGED, "Changed the email address"),
    "account/email/email_confirm": (AuditAction.EMAIL_CHANGED, "Confirmed an email address"),
    "account/email/email_deleted": (AuditAction.EMAIL_CHANGED, "Removed an email address"),
    "mfa/email/totp_activated": (AuditAction.SECOND_FACTOR_CHANGED, "Set up an authenticator app"),
    "mfa/email/totp_deactivated": (AuditAction.SECOND_FACTOR_CHANGED, "Removed the authenticator app"),
    "mfa/email/recovery_codes_generated": (AuditAction.SECOND_FACTOR_CHANGED, "Made new recovery codes"),
    "mfa/email/webauthn_added": (AuditAction.SECOND_FACTOR_CHANGED, "Added a passkey"),
    "mfa/email/webauthn_removed": (AuditAction.SECOND_FACTOR_CHANGED, "Removed a passkey"),
    "socialaccount/email/account_connected": (AuditAction.PROVIDER_CHANGED, "Connected an identity provider"),
    "socialaccount/email/account_disconnected": (AuditAction.PROVIDER_CHANGED, "Disconnected an identity provider"),
}
"""What allauth notifies a user of, whether or not a mail is sent."""


class RecordedSignIns:
    """For an account adapter. Comes before allauth's own."""

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **details: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **details)  # type: ignore[misc] # of allauth's
        methods = [_method(each) for each in get_authentication_records(request, user)]
        how = " and ".join(dict.fromkeys(METHODS.get(each, each) for each in methods)) or "a link"
        _record(request, user, AuditAction.SIGNED_IN, f"Signed in with {how}", {"methods": methods})
        return response

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)  # type: ignore[misc] # of allauth's
        known = User.objects.filter(email=str(credentials.get("email", "")).strip().casefold()).first()
        record_failure(request, known, "password")

    def logout(self, request: HttpRequest) -> None:
        _record(request, request.user, AuditAction.SIGNED_OUT, "Signed out", {})
        super().logout(request)  # type: ignore[misc] # of allauth's

    def send_notification_mail(self, template_prefix: str, user: AbstractBaseUser, *args: Any, **kwargs: Any) -> None:
        if template_prefix in NOTICES:
            _record(context.request, user, *NOTICES[template_prefix], {})
        super().send_notification_mail(template_prefix, user, *args, **kwargs)  # type: ignore[misc] # of allauth's


class SecondFactorForm(AuthenticateForm):
    """Records a wrong code."""

    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()
        except ValidationError:
            record_failure(context.request, self.user, "code")
            raise
        return code


class SecondFactorPasskeyForm(AuthenticateWebAuthnForm):
    """Records a passkey that is not the user's."""

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except ValidationError:
            record_failure(context.request, self.user, "passkey")
            raise


class PasskeySignInForm(LoginWebAuthnForm):
    """Records a passkey that signs nobody in. Whose account it names proves nothing: anybody can write that."""

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except ValidationError:
            record_failure(context.request, None, "passkey")
            raise


def record_sessions_ended(request: HttpRequest, user: User, count: int) -> None:
    """Sessions that the user has ended elsewhere."""
    sessions = "a session" if count == 1 else f"{count} sessions"
    _record(request, user, AuditAction.SIGNED_OUT, f"Signed out of {sessions} elsewhere", {"sessions": count})


def record_failure(request: HttpRequest, user: User | None, what: str) -> None:
    """A failed sign-in, without what was typed. `user` is whose address was typed, if anybody's."""
    if throttle("audit-sign-in-failed", most=MOST_FAILURES):
        return
    whose = "of an account" if user else WITHOUT_ACCOUNT[what]
    record_event(
        workspace=None,
        user=None,
        action=AuditAction.SIGN_IN_FAILED,
        summary=f"Wrong {what} {whose}",
        subject=user,
        details={"known": user is not None, "network": network_of(request)},
    )


def network_of(request: HttpRequest | None) -> str:
    """The network that a request came from: enough to see a strange one, and no address of a person's own line."""
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", "") if request else "")
    except ValueError:
        return ""
    return str(ip_network((address, 24 if address.version == 4 else 48), strict=False))


def _method(record: dict[str, Any]) -> str:
    return str(record.get("type") or record.get("provider") or record["method"])


def _record(
    request: HttpRequest | None, user: Any, action: AuditAction, summary: str, details: dict[str, object]
) -> None:
    who = user if isinstance(user, User) else None
    details |= {"network": network_of(request)}
    record_event(workspace=None, user=who, action=action, summary=summary, subject=who, details=details)
