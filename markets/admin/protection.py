"""Off-limits entries: read-only."""

from django.contrib import admin
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from config.admin_history import HistoryAdmin
from markets.models import OffLimits


@admin.register(OffLimits)
class OffLimitsAdmin(HistoryAdmin):
    list_display = (
        *("contact", "firm", "workspace", "reason", "requested_by"),
        *("created_at", "created_by", "expires_at", "lifted_at"),
    )
    list_filter = (
        ("workspace", AutocompleteSelectFilter),
        ("lifted_at", admin.EmptyFieldListFilter),
        ("expires_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("contact__full_name", "firm", "reason", "requested_by")
    list_select_related = ("contact", "workspace", "created_by")
    ordering = ("-created_at", "-id")
    fields = (
        *("workspace", "contact", "firm", "reason", "requested_by", "expires_at", "created_at", "created_by"),
        *("lifted_at", "lifted_by", "lift_reason"),
    )
