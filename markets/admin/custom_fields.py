"""The custom fields of workspaces: ops rename, hide and order them. Files create them, and so may ops."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from config.admin import OpsAdmin
from config.ui.forms import CheckedForm
from markets.custom_fields.fields import check_name, field_key
from markets.models import CustomField
from markets.models.custom_fields import MAX_CUSTOM_FIELDS


class CustomFieldForm(CheckedForm):
    def clean(self) -> dict[str, object]:
        super().clean()
        data, field = self.cleaned_data, self.instance
        workspace, kind = data.get("workspace") or (field.workspace if field.pk else None), data.get("kind")
        if workspace and "name" in data:
            data["name"] = " ".join(data["name"].split())
            field.workspace = workspace
            field.key = field.key or field_key(data["name"])
            check_name(field, data["name"])
        if field.pk and kind not in (field.kind, CustomField.Kind.TEXT):
            self.add_error("kind", _("A field can only become a text, which every value is."))
        if not field.pk and workspace and workspace.custom_fields.count() >= MAX_CUSTOM_FIELDS:
            raise ValidationError(_("A workspace has at most %(most)s custom fields.") % {"most": MAX_CUSTOM_FIELDS})
        return data


@admin.register(CustomField)
class CustomFieldAdmin(OpsAdmin):
    form = CustomFieldForm
    list_display = ("name", "workspace", "kind", "position", "is_hidden", "key", "created_at")
    list_filter = (("workspace", AutocompleteSelectFilter), "kind", "is_hidden")
    search_fields = ("name", "key", "workspace__name")
    list_select_related = ("workspace",)
    ordering = ("workspace", "position", "id")
    fields = ("workspace", "name", "kind", "position", "is_hidden", "key", "choices", "created_at")
    readonly_fields = ("key", "choices", "created_at")
    autocomplete_fields = ("workspace",)
