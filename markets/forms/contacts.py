from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from config.ui.formats import number
from config.ui.forms import FoldedFields, WorkspaceModelForm
from config.ui.optimistic_locking import VersionedModelForm, attribution
from markets.audit.edits import RecordedForm
from markets.contacts.changes import DERIVED, record_change, set_derived, stored_values
from markets.contacts.inferred_timezone import set_inferred_timezone
from markets.contacts.normalization import FIELDS, normalise
from markets.contacts.phones import parse_phone, phone_error
from markets.contacts.points import add_points
from markets.custom_fields.fields import set_values
from markets.custom_fields.shown import form_fields, form_values, shown_fields, typed_texts
from markets.imports.contacts.extras import FurtherPoint
from markets.models import AuditAction, Contact, Market, Suppression, User
from markets.models.workspaces import validate_timezone
from markets.suppressions.keys import read_keys
from markets.suppressions.rules import apply_suppression_rules
from markets.suppressions.services import add, check_new_rule


class MarketForm(FoldedFields, RecordedForm, VersionedModelForm, WorkspaceModelForm):
    rare_fields = ("seniority", "firm_tier")
    added, changed = AuditAction.MARKET_ADDED, AuditAction.MARKET_CHANGED

    class Meta:
        model = Market
        fields = ["practice_area", "geography", "seniority", "firm_tier"]
        help_texts = {"practice_area": _("Such as M&A."), "geography": _("Such as New York.")}

    def clean(self) -> dict[str, object]:
        super().clean()
        return {name: " ".join(value.split()) for name, value in self.cleaned_data.items()}


class ContactForm(FoldedFields, VersionedModelForm, WorkspaceModelForm):
    rare_fields = ("first_name", "last_name", "external_id", "profile_url", "timezone")
    points: Sequence[FurtherPoint] = ()

    class Meta:
        model = Contact
        fields = FIELDS
        field_classes = {"profile_url": forms.CharField, "email": forms.CharField}

    def __init__(self, *args: Any, by: User | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.by = by
        self.before = stored_values(self.instance)
        self.custom_fields = list(shown_fields(self.workspace))
        fields = dict(form_fields(self.custom_fields, self.instance))
        self.fields.update({name: field for name, field in fields.items() if not self.is_bound or name in self.data})
        self.initial.update(form_values(self.custom_fields, self.instance))

    def lock(self) -> None:
        super().lock()
        self.before = stored_values(self.instance)
        self.initial.update(form_values(self.custom_fields, self.instance))

    def changed_by(self, name: str) -> str:
        change = self.instance.changes.filter(after__has_key=name).select_related("changed_by").last()
        is_current = change and change.after[name] == self.initial[name]
        return attribution(change.changed_by or gettext("an import"), change.changed_at) if is_current else ""

    def clean_timezone(self) -> str:
        """A person gives the IANA name; files may have others."""
        zone: str = self.cleaned_data["timezone"]
        if zone:
            validate_timezone(zone)
        return zone

    def clean(self) -> dict[str, object]:
        super().clean()
        if self.errors:
            return self.cleaned_data
        try:
            parsed = normalise(self.cleaned_data, region=self.workspace.phone_region)
        except ValidationError as error:
            self.add_error(None, error)
            return self.cleaned_data
        for name, _text, reason in parsed.left_out:
            if name != "phone" or name not in parsed.fields:  # a phone that cannot be called is kept as typed
                self.add_error(name, reason)
        self.points = parsed.points
        set_derived(self.instance, parsed.fields)
        kinds = {field.key: field.kind for field in self.custom_fields}
        set_values(self.instance, typed_texts(self.custom_fields, self.cleaned_data), kinds)
        return {name: parsed.fields.get(name, "") for name in FIELDS}

    @transaction.atomic
    def save(self, commit: bool = True) -> Contact:
        contact: Contact = super().save(commit)
        record_change(contact, self.before, by=self.by)
        add_points(workspace=contact.workspace_id, points={contact.pk: self.points} if self.points else {})
        apply_suppression_rules(workspace=contact.workspace_id, contacts=[contact.pk])
        return contact


class QuickContactForm(ContactForm):
    """The fields that a list edits in place. The others stay as they are stored."""

    class Meta(ContactForm.Meta):
        fields = ("firm", "title", "phone")  # type: ignore[assignment] # fewer

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.custom_fields = []
        self.fields["phone"].help_text = ""
        self.fields["firm"].widget.attrs["autofocus"] = True
        for name in self.fields.keys() - {*self.Meta.fields, "version"}:
            del self.fields[name]

    def clean(self) -> dict[str, object]:
        stored = {name: getattr(self.instance, name) for name in FIELDS if name not in self.fields}
        self.cleaned_data = stored | self.cleaned_data
        return super().clean()

    def add_error(self, field: str | None, error: Any) -> None:
        """What is stored in another field may be wrong since long ago; that is nothing to mend here."""
        if field is None or field in self.fields:
            super().add_error(field, error)


class PhoneForm(forms.Form):
    """A new phone number for a contact whose number turned out to be wrong."""

    phone = forms.CharField(max_length=60, label=_("Phone"))

    def __init__(self, data: Mapping[str, Any] | None = None, *, contact: Contact, by: User | None = None):
        super().__init__(data)
        self.contact, self.by = contact, by
        self.before = stored_values(contact)

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        number = parse_phone(phone.strip(), self.contact.workspace.phone_region)
        if not number.e164:
            raise ValidationError(phone_error(number))
        self.contact.phone, self.contact.phone_e164 = phone, number.e164
        self.contact.phone_extension, self.contact.phone_problem = number.extension, ""
        set_inferred_timezone(self.contact)
        if self.contact.has_wrong_phone:
            raise ValidationError(_("“%(phone)s” is the number that turned out to be incorrect.") % {"phone": phone})
        try:
            self.contact.validate_constraints()
        except ValidationError as error:
            raise ValidationError(error.messages) from None
        return phone

    @transaction.atomic
    def save(self) -> None:
        self.contact.contact_points.filter(phone_e164=self.contact.phone_e164).delete()
        self.contact.save(update_fields=["phone", *DERIVED["phone"], "inferred_timezone", "updated_at"])
        record_change(self.contact, self.before, by=self.by)
        apply_suppression_rules(workspace=self.contact.workspace_id, contacts=[self.contact.pk])


class SuppressionForm(WorkspaceModelForm):
    """Suppresses a number, an email address, a prefix or a domain. A contact is suppressed on its own page."""

    phone = forms.CharField(
        required=False,
        max_length=60,
        label=_("Phone number"),
        help_text=_("Or the first digits and a star for all numbers that begin so: +1212555*"),
    )
    email = forms.CharField(
        required=False,
        max_length=254,
        label=_("Email address"),
        help_text=_("Or a domain for everybody with an address there: @example.com"),
    )
    covered = 0

    class Meta:
        model = Suppression
        fields = ["phone", "email", "reason"]

    def clean_phone(self) -> str:
        return self._read("phone")

    def clean_email(self) -> str:
        return self._read("email")

    def _read(self, name: str) -> str:
        typed: str = self.cleaned_data[name].strip()
        keys = read_keys(**{name: typed}, region=self.workspace.phone_region)
        if name == "phone":
            self.instance.phone_e164, self.instance.phone_prefix = keys.phone_e164, keys.phone_prefix
            return typed
        self.instance.email_domain = keys.email_domain
        return keys.email

    def clean(self) -> dict[str, object]:
        super().clean()
        data, made = self.cleaned_data, self.instance
        if not {"phone", "email"} & self.errors.keys():
            if not (data["phone"] or data["email"] or made.email_domain):
                raise ValidationError(_("Say whom: a phone number or an email address."))
            check_new_rule(made)
        return data

    def validate_constraints(self) -> None:
        # An unreadable number leaves the row without one, and the constraints would report that instead.
        if "phone" not in self.errors:
            super().validate_constraints()

    def save(self, commit: bool = True) -> Suppression:
        self.covered = add(self.instance)
        return self.instance

    @property
    def confirmation(self) -> str:
        if not self.instance.is_rule:
            return gettext("Nobody with that number or address will be called.")
        sentence = ngettext(
            "%(whom)s is on the do-not-call list. %(count)s person is covered now, and everybody who comes later.",
            "%(whom)s is on the do-not-call list. %(count)s people are covered now, and everybody who comes later.",
            self.covered,
        )
        return sentence % {"whom": self.instance.whom, "count": number(self.covered)}


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=500, label=_("Reason"))
