from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from config.ui.forms import WorkspaceModelForm
from markets.duplicates import KINDS
from markets.merging import CHOICES
from markets.models import Contact, Invitation, Market, Membership, Suppression
from markets.normalising import FIELDS, fold, normalise
from markets.phones import to_e164


class MarketForm(WorkspaceModelForm):
    class Meta:
        model = Market
        fields = ["practice_area", "geography", "seniority", "firm_tier"]
        help_texts = {"practice_area": "Such as M&A.", "geography": "Such as New York."}

    def clean(self) -> dict[str, Any]:
        return {name: " ".join(value.split()) for name, value in super().clean().items()}


class ContactForm(WorkspaceModelForm):
    class Meta:
        model = Contact
        fields = FIELDS
        field_classes = {"profile_url": forms.CharField, "email": forms.CharField}

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        if self.errors:
            return typed
        try:
            stored = normalise(typed, region=self.workspace.phone_region)
        except ValidationError as error:
            self.add_error(None, error)
            return typed
        for derived in ("name_key", "phone_e164"):
            setattr(self.instance, derived, stored.get(derived, ""))
        return {name: stored.get(name, "") for name in FIELDS}


class PhoneForm(forms.Form):
    """A new number for somebody whose number was incorrect."""

    phone = forms.CharField(max_length=60)

    def __init__(self, *args: Any, contact: Contact, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.contact = contact

    def clean_phone(self) -> str:
        typed: str = self.cleaned_data["phone"]
        self.contact.phone = typed
        self.contact.phone_e164 = to_e164(typed, self.contact.workspace.phone_region)
        if self.contact.has_wrong_phone:
            raise ValidationError(f"“{typed}” is the number that turned out to be incorrect.")
        self.contact.validate_constraints()
        return typed

    def save(self) -> None:
        self.contact.save(update_fields=["phone", "phone_e164", "updated_at"])


class SuppressionForm(WorkspaceModelForm):
    """By number or email; a person is suppressed from their own page."""

    phone = forms.CharField(required=False, max_length=60)

    class Meta:
        model = Suppression
        fields = ["phone", "email", "reason"]

    def clean_phone(self) -> str:
        typed: str = self.cleaned_data["phone"].strip()
        if typed:
            self.instance.phone_e164 = to_e164(typed, self.workspace.phone_region)
        return typed

    def clean_email(self) -> str:
        return fold(self.cleaned_data["email"])

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        if not self.errors and not (typed.get("phone") or typed.get("email")):
            raise ValidationError("Say whom: a phone number or an email address.")
        return typed


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=500)


class InvitationForm(forms.Form):
    email = forms.EmailField()
    role = forms.ChoiceField(choices=Invitation._meta.get_field("role").choices)


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Membership._meta.get_field("role").choices)


class DuplicateFilterForm(forms.Form):
    q = forms.CharField(required=False, label="Search")
    kind = forms.ChoiceField(required=False, choices=[("", "All signs"), *KINDS.items()], label="Sign")


class MergeForm(forms.Form):
    """Whom to keep and, by field, whose value; what is not said stays as the kept person has it."""

    reason = forms.CharField(required=False, max_length=500)

    def __init__(self, *args: Any, people: Sequence[Contact], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.people = {str(each.pk): each for each in people}
        for name in ("keep", *CHOICES):
            choices = [(pk, str(each)) for pk, each in self.people.items()]
            self.fields[name] = forms.ChoiceField(choices=choices, required=name == "keep")

    @property
    def chosen(self) -> dict[str, Any]:
        """The arguments of signals.merging.merge."""
        said = self.cleaned_data
        (gone,) = self.people.keys() - {said["keep"]}
        taking = [name for name in CHOICES if said[name] == gone]
        return {
            "keep": self.people[said["keep"]],
            "merged": self.people[gone],
            "taking": taking,
            "reason": said["reason"],
        }
