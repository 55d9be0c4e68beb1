from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction

from config.ui.forms import WorkspaceModelForm
from markets.contacts.normalization import FIELDS, fold, normalise
from markets.contacts.phones import to_e164
from markets.models import Contact, Market, Suppression
from markets.suppressions.erased_keys import keep_out


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

    @transaction.atomic
    def save(self, commit: bool = True) -> Contact:
        contact: Contact = super().save(commit)
        keep_out(workspace=contact.workspace_id, contacts=[contact.pk])
        return contact


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
        try:
            self.contact.validate_constraints()
        except ValidationError as error:
            raise ValidationError(error.messages) from None
        return typed

    @transaction.atomic
    def save(self) -> None:
        self.contact.save(update_fields=["phone", "phone_e164", "updated_at"])
        keep_out(workspace=self.contact.workspace_id, contacts=[self.contact.pk])


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
        if not {"phone", "email"} & self.errors.keys() and not (typed["phone"] or typed["email"]):
            raise ValidationError("Say whom: a phone number or an email address.")
        return typed

    def validate_constraints(self) -> None:
        if "phone" not in self.errors:  # by its number in E.164 the row knows nobody then
            super().validate_constraints()


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=500)
