from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction

from config.ui.forms import WorkspaceModelForm
from markets.contacts.normalization import FIELDS, fold, normalise
from markets.contacts.phones import to_e164
from markets.models import Contact, Market, Suppression
from markets.suppressions.erased_keys import suppress_if_erased


class MarketForm(WorkspaceModelForm):
    class Meta:
        model = Market
        fields = ["practice_area", "geography", "seniority", "firm_tier"]
        help_texts = {"practice_area": "Such as M&A.", "geography": "Such as New York."}

    def clean(self) -> dict[str, object]:
        super().clean()
        return {name: " ".join(value.split()) for name, value in self.cleaned_data.items()}


class ContactForm(WorkspaceModelForm):
    class Meta:
        model = Contact
        fields = FIELDS
        field_classes = {"profile_url": forms.CharField, "email": forms.CharField}

    def clean(self) -> dict[str, object]:
        super().clean()
        if self.errors:
            return self.cleaned_data
        try:
            normalised = normalise(self.cleaned_data, region=self.workspace.phone_region)
        except ValidationError as error:
            self.add_error(None, error)
            return self.cleaned_data
        for derived in ("name_key", "phone_e164"):
            setattr(self.instance, derived, normalised.get(derived, ""))
        return {name: normalised.get(name, "") for name in FIELDS}

    @transaction.atomic
    def save(self, commit: bool = True) -> Contact:
        contact: Contact = super().save(commit)
        suppress_if_erased(workspace=contact.workspace_id, contacts=[contact.pk])
        return contact


class PhoneForm(forms.Form):
    """A new phone number for a contact whose number turned out to be wrong."""

    phone = forms.CharField(max_length=60)

    def __init__(self, data: Mapping[str, Any] | None = None, *, contact: Contact):
        super().__init__(data)
        self.contact = contact

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        self.contact.phone = phone
        self.contact.phone_e164 = to_e164(phone, self.contact.workspace.phone_region)
        if self.contact.has_wrong_phone:
            raise ValidationError(f"“{phone}” is the number that turned out to be incorrect.")
        try:
            self.contact.validate_constraints()
        except ValidationError as error:
            raise ValidationError(error.messages) from None
        return phone

    @transaction.atomic
    def save(self) -> None:
        self.contact.save(update_fields=["phone", "phone_e164", "updated_at"])
        suppress_if_erased(workspace=self.contact.workspace_id, contacts=[self.contact.pk])


class SuppressionForm(WorkspaceModelForm):
    """Suppresses a phone number or an email address. A contact is suppressed on its own page."""

    phone = forms.CharField(required=False, max_length=60)

    class Meta:
        model = Suppression
        fields = ["phone", "email", "reason"]

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"].strip()
        if phone:
            self.instance.phone_e164 = to_e164(phone, self.workspace.phone_region)
        return phone

    def clean_email(self) -> str:
        return fold(self.cleaned_data["email"])

    def clean(self) -> dict[str, object]:
        super().clean()
        data = self.cleaned_data
        if not {"phone", "email"} & self.errors.keys() and not (data["phone"] or data["email"]):
            raise ValidationError("Say whom: a phone number or an email address.")
        return data

    def validate_constraints(self) -> None:
        # An unreadable number leaves the row without one, and the constraints would report that instead.
        if "phone" not in self.errors:
            super().validate_constraints()


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=500)
