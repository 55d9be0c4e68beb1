"""Markets, contacts, erasures and suppressions."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import action

from config.admin import OpsAdmin, ops_user
from config.admin_history import HistoryAdmin
from config.ui.optimistic_locking import VersionedModelForm
from markets.contacts.changes import DERIVED, record_change, set_derived, stored_values
from markets.contacts.normalization import FIELDS, normalise
from markets.contacts.points import add_points
from markets.imports.contacts.extras import FurtherPoint
from markets.models import Contact, Erasure, Market, MarketContact, Suppression
from markets.suppressions.rules import apply_suppression_rules
from markets.suppressions.services import lift
from signals.contacts.erasure import erase


class MarketForm(VersionedModelForm):
    def clean(self) -> dict[str, object]:
        super().clean()
        return {
            name: " ".join(value.split()) if isinstance(value, str) else value
            for name, value in self.cleaned_data.items()
        }


@admin.register(Market)
class MarketAdmin(OpsAdmin):
    form = MarketForm
    list_display = ("name", "workspace", "seniority", "firm_tier", "created_at")
    list_filter = ("workspace", "created_at")
    search_fields = ("name", "workspace__name")
    list_select_related = ("workspace",)
    ordering = ("name", "id")
    date_hierarchy = "created_at"
    autocomplete_fields = ("workspace",)
    fields = ("workspace", "practice_area", "geography", "seniority", "firm_tier", "created_at", "created_by")
    readonly_fields = ("created_at", "created_by")


class ContactForm(VersionedModelForm):
    points: Sequence[FurtherPoint] = ()

    class Meta:
        field_classes = {"profile_url": forms.CharField, "email": forms.CharField}

    def clean(self) -> dict[str, object]:
        super().clean()
        data = self.cleaned_data
        workspace = data.get("workspace") or (self.instance.workspace if self.instance.pk else None)
        if self.errors or workspace is None:
            return data
        try:
            parsed = normalise(data, region=workspace.phone_region)
        except ValidationError as error:
            self.add_error(None, error)
            return data
        for name, _text, reason in parsed.left_out:
            if name != "phone" or name not in parsed.fields:  # a phone that cannot be called is kept as typed
                self.add_error(name, reason)
        self.points = parsed.points
        set_derived(self.instance, parsed.fields)
        return {**data, **{name: parsed.fields.get(name, "") for name in FIELDS}}


@admin.register(Contact)
class ContactAdmin(OpsAdmin):
    form = ContactForm
    list_display = ("label", "workspace", "firm", "title", "email", "phone", "city")
    list_filter = (("workspace", AutocompleteSelectFilter), ("markets", AutocompleteSelectFilter), "created_at")
    search_fields = ("full_name", "firm", "email", "phone", "phone_e164", "=external_id")
    search_help_text = _("Name, firm, email, phone or the exact external ID")
    list_select_related = ("workspace",)
    ordering = ("-id",)
    autocomplete_fields = ("workspace",)
    readonly_fields = (*DERIVED["phone"], "wrong_phone", "created_at", "updated_at")
    fieldsets = (
        (None, {"fields": ("workspace", "full_name", "first_name", "last_name", "firm", "title", "seniority")}),
        (_("Reaching them"), {"fields": ("email", "phone", *DERIVED["phone"], "wrong_phone", "city", "timezone")}),
        (_("Where they are known"), {"fields": ("external_id", "profile_url", "created_at", "updated_at")}),
    )
    actions_detail = archived_actions = ("erase",)  # the right to be erased does not end with the work

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        before = stored_values(Contact.objects.get(pk=obj.pk)) if change else {}
        super().save_model(request, obj, form, change)
        record_change(obj, before, by=ops_user(request))
        add_points(workspace=obj.workspace_id, points={obj.pk: form.points} if form.points else {})
        apply_suppression_rules(workspace=obj.workspace_id, contacts=[obj.pk])

    @action(description=_("Erase"), url_path="erase")
    def erase(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def erase_contact(contact: Contact, reason: str) -> None:
            erase(contact=contact, by=ops_user(request), reason=reason)

        return self.confirm(request, object_id, title=gettext("Erase the person"), action=erase_contact)


@admin.register(Erasure)
class ErasureAdmin(HistoryAdmin):
    list_display = ("contact", "workspace", "erased_at", "erased_by", "reason")
    list_filter = (("workspace", AutocompleteSelectFilter), "erased_at")
    search_fields = ("=contact__id", "reason")
    list_select_related = ("workspace", "contact", "erased_by")
    ordering = ("-erased_at", "-id")
    date_hierarchy = "erased_at"
    fields = ("workspace", "contact", "erased_at", "erased_by", "reason")


@admin.register(MarketContact)
class MarketContactAdmin(HistoryAdmin):
    may_add = True
    list_display = ("contact", "market", "workspace", "added_at")
    list_filter = (("workspace", AutocompleteSelectFilter), ("market", AutocompleteSelectFilter))
    search_fields = ("contact__full_name", "contact__email", "market__name")
    list_select_related = ("contact", "market", "workspace")
    ordering = ("-id",)
    autocomplete_fields = ("workspace", "market", "contact")
    fields = ("workspace", "market", "contact", "added_at")
    readonly_fields = ("added_at",)


@admin.register(Suppression)
class SuppressionAdmin(HistoryAdmin):
    list_display = ("whom", "workspace", "reason", "created_at", "created_by", "lifted_at")
    list_filter = (("workspace", AutocompleteSelectFilter), ("lifted_at", admin.EmptyFieldListFilter), "created_at")
    search_fields = ("contact__full_name", "phone_e164", "email", "phone_prefix", "email_domain", "reason")
    list_select_related = ("workspace", "contact", "created_by")
    ordering = ("-created_at", "-id")
    date_hierarchy = "created_at"
    fields = (
        *("workspace", "contact", "phone_e164", "email", "phone_prefix", "email_domain", "rule", "reason"),
        *("created_at", "created_by", "lifted_at", "lifted_by", "lift_reason"),
    )
    actions_detail = ("lift",)

    @admin.display(description=_("whom"))
    def whom(self, suppression: Suppression) -> str:
        return suppression.whom

    @action(description=_("Lift"), url_path="lift")
    def lift(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def lift_suppression(suppression: Suppression, reason: str) -> None:
            lift(suppression=suppression, by=ops_user(request), reason=reason)

        return self.confirm(request, object_id, title=gettext("Lift the suppression"), action=lift_suppression)
