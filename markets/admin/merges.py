"""Merged contacts, and pairs that were decided not to be duplicates: read-only."""

from django.contrib import admin
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from config.admin_history import HistoryAdmin, HistoryInline
from markets.models import ContactMerge, FormerKey, NotDuplicate


class FormerKeyInline(HistoryInline):
    model = FormerKey
    fields = ("kind", "value", "name_key")


@admin.register(ContactMerge)
class ContactMergeAdmin(HistoryAdmin):
    list_display = ("label", "contact", "workspace", "merged_at", "merged_by", "reason")
    list_filter = (("workspace", AutocompleteSelectFilter), "merged_at")
    search_fields = ("label", "contact__full_name", "keys__value", "=merged_id")
    list_select_related = ("workspace", "contact", "merged_by")
    ordering = ("-merged_at", "-id")
    date_hierarchy = "merged_at"
    fields = (
        *("workspace", "contact", "label", "merged_id", "merged_at", "merged_by", "reason"),
        *("fields", "replaced", "moved"),
    )
    inlines = (FormerKeyInline,)


@admin.register(NotDuplicate)
class NotDuplicateAdmin(HistoryAdmin):
    list_display = ("low", "high", "workspace", "decided_at", "decided_by")
    list_filter = (("workspace", AutocompleteSelectFilter), "decided_at")
    search_fields = ("low__full_name", "high__full_name")
    list_select_related = ("workspace", "low", "high", "decided_by")
    ordering = ("-decided_at", "-id")
    fields = ("workspace", "low", "high", "decided_at", "decided_by")
