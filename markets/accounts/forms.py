from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm, SignupForm
from allauth.core import context
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from markets.models import User
from markets.workspaces.invitations import SESSION_KEY, accept, pending_invitation


class SignInForm(LoginForm):
    def __init__(self, *args: object, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "Email"
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        if "remember" in self.fields:
            self.fields["remember"].label = f"Stay signed in on this device for {settings.SESSION_DAYS} days"


class AddPasskeyForm(AddWebAuthnForm):
    def __init__(self, *args: object, **kwargs: Any):
        super().__init__(*args, **kwargs)
        name, alone = self.fields["name"], self.fields["passwordless"]
        name.label, name.help_text = "Name", "How you tell it from others, such as “Work laptop”."
        alone.initial, alone.label = True, "Sign in with it alone, without a password"
        alone.help_text = "The device then asks for its PIN, your fingerprint or your face."


class InvitedSignupForm(SignupForm):
    """allauth's sign-up form, fixed to the invited address. Opening the link has verified it."""

    def __init__(self, *args: object, **kwargs: Any):
        super().__init__(*args, **kwargs)
        invitation = pending_invitation(context.request)
        self.initial["email"] = invitation.email if invitation else ""
        self.fields["email"].disabled = True

    def save(self, request: HttpRequest) -> User:
        invitation = pending_invitation(request)
        assert invitation, "the adapter closes sign-up without an invitation"
        with transaction.atomic():
            get_adapter(request).stash_verified_email(request, invitation.email)
            user = super().save(request)
            assert isinstance(user, User)
            accept(invitation=invitation, user=user)
        request.session.pop(SESSION_KEY, None)
        return user
