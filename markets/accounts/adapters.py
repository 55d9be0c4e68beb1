import logging
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.db import encryption
from config.monitoring.metrics import SIGN_IN_FAILURES
from config.ui.browsers import browser_name
from markets.accounts import sessions
from markets.accounts.known_devices import remember_device
from markets.accounts.languages import writing_to
from markets.accounts.sign_in_limits import Attempt, account_key, in_words
from markets.audit.sign_ins import RecordedSignIns
from markets.models import User
from markets.workspaces.invitations import pending_invitation

logger = logging.getLogger(__name__)
WAYS_TO_CONFIRM = {
    "reauthenticate": _("Use your password"),
    "mfa_reauthenticate": _("Use a code"),
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
}
AWAITED = {
    "account/email/password_reset_key",
    "account/email/unknown_account",
    "account/email/email_confirmation",
    "account/email/email_confirmation_signup",
}
"""Mails that somebody waits for before they can go on; the others are notices."""


class AccountAdapter(RecordedSignIns, DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account has been deactivated."),
        "email_password_mismatch": _("The email address or the password is wrong."),
        "email_taken": _("Another account has this email address."),
        "duplicate_email": _("Your account has this email address already."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_password": _("This is not your password."),
        "unverified_primary_email": _("Confirm your email address first."),
        "too_many_login_attempts": _("Too many wrong codes. Try again in 5 minutes."),
        "rate_limited": _("Too many attempts. Try again in 5 minutes."),
    }
    attempt: Attempt

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return pending_invitation(request) is not None

    def is_safe_url(self, url: str) -> bool:
        try:
            return bool(super().is_safe_url(url))
        except ValueError:  # no URL at all, as http://[
            return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Replaces allauth's limits, which refuse everybody behind an address. Raises ValidationError."""
        email = credentials.get("email") or ""
        self.attempt = Attempt.of(request, email=email, client_ip=self.get_client_ip(request))
        if wait := self.attempt.begin():
            SIGN_IN_FAILURES.inc()
            raise ValidationError(
                gettext("Too many failed sign-ins. Try again in %(time)s, or reset your password.")
                % {"time": in_words(wait)},
                code="too_many_login_attempts",
            )

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user:
            self.attempt.succeeded()
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        SIGN_IN_FAILURES.inc()
        self.attempt.failed()
        super().authentication_failed(request, **credentials)

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **details: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **details)
        emails = EmailAddress.objects.filter(user_id=user.pk).values_list("email", flat=True)
        remember_device(request, response, map(account_key, emails))
        return response

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        sessions.begin(request.session)

    def is_reauthentication_required(self, *, app: str, **kwargs: object) -> bool:
        """Nobody is asked for the password right after signing in: setting up a second factor would begin with it."""
        request = context.request
        if request and sessions.began_recently(request.session):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict[str, Any]]:
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [each | {"description": WAYS_TO_CONFIRM.get(each["id"], each["description"])} for each in methods]

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail server that is down fails no page: what was changed is changed, and the log says what is missing."""
        try:
            with self._writing_to(context.get("user")):
                super().send_mail(template_prefix, email, context)
        except OSError as error:
            logger.error("The mail %s could not be sent: %s", template_prefix, type(error).__name__)
            if self.request and template_prefix in AWAITED:
                messages.error(self.request, gettext("The mail could not be sent. Try again in a few minutes."))

    def _writing_to(self, user: object) -> AbstractContextManager[None]:
        """The language of the receiver; that of the page for an address without an account."""
        return writing_to(user) if isinstance(user, User) else nullcontext()


class MFAAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code or passkey is not known. A code changes every 30 seconds and works once."),
        "cannot_generate_recovery_codes": _("Set up an authenticator app or a passkey first."),
    }

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        """What a passkey is called unless its user names it."""
        return browser_name(context.request.headers.get("User-Agent", ""))

    def encrypt(self, text: str) -> str:
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.decrypt(encrypted_text)
