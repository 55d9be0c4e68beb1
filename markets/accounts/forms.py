from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm, SignupForm
from allauth.core import context
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from markets.accounts.languages import language_of_sign_up
from markets.models import User
from markets.workspaces.invitations import SESSION_KEY, accept, pending_invitation


class SignInForm(LoginForm):
    def __init__(self, *args: object, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Email")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        if "remember" in self.fields:
            self.fields["remember"].label = ngettext(
                "Stay signed in on this device for %(days)s day",
                "Stay signed in on this device for %(days)s days",
                settings.SESSION_DAYS,
            ) % {"days": settings.SESSION_DAYS}


class AddPasskeyForm(AddWebAuthnForm):
    def __init__(self, *args: object, **kwargs: Any):
        super().__init__(*args, **kwargs)
        name, alone = self.fields["name"], self.fields["passwordless"]
        name.label = _("Name")
        name.help_text = _("How you tell it from others, such as “Work laptop”.")
        alone.initial, alone.label = True, _("Sign in with it alone, without a password")
        alone.help_text = _("The device then asks for its PIN, your fingerprint or your face.")


class NameForm(forms.ModelForm):  # type: ignore[type-arg] # not generic at run time
    """How others see the user, and in which language the user sees the portal."""

    class Meta:
        model = User
        fields = ["first_name", "last_name", "language"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["first_name"].required = True
        self.fields["first_name"].widget.attrs["autocomplete"] = "given-name"
        self.fields["last_name"].widget.attrs["autocomplete"] = "family-name"
        language = cast(forms.ChoiceField, self.fields["language"])
        language.choices = [("", _("As in the browser")), *settings.LANGUAGES]

    def clean(self) -> dict[str, Any]:
        super().clean()
        return {name: " ".join(value.split()) for name, value in self.cleaned_data.items()}


class InvitedSignupForm(SignupForm):
    """allauth's sign-up form with a name, fixed to the invited address. Opening the link has verified it."""

    first_name = forms.CharField(
        label=gettext_lazy("First name"), max_length=150, widget=forms.TextInput({"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label=gettext_lazy("Last name"),
        max_length=150,
        required=False,
        widget=forms.TextInput({"autocomplete": "family-name"}),
    )

    def __init__(self, *args: object, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.order_fields(["first_name", "last_name"])
        invitation = pending_invitation(context.request)
        self.initial["email"] = invitation.email if invitation else ""
        self.fields["email"].disabled = True

    def clean_first_name(self) -> str:
        return " ".join(self.cleaned_data["first_name"].split())

    def clean_last_name(self) -> str:
        return " ".join(self.cleaned_data["last_name"].split())

    def save(self, request: HttpRequest) -> User:
        invitation = pending_invitation(request)
        assert invitation, "the adapter closes sign-up without an invitation"
        with transaction.atomic():
            get_adapter(request).stash_verified_email(request, invitation.email)
            user = super().save(request)
            assert isinstance(user, User)
            user.language = language_of_sign_up(request)
            user.save(update_fields=["language"])
            accept(invitation=invitation, user=user)
        request.session.pop(SESSION_KEY, None)
        return user
