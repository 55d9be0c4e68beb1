from django.contrib import admin
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from config.admin_history import HistoryAdmin
from signals.models import Signal, SignalSuggestion


@admin.register(Signal)
class SignalAdmin(HistoryAdmin):
    list_display = ("contact", "type", "value", "confidence", "heard_at", "captured_by", "workspace")
    list_filter = (("workspace", AutocompleteSelectFilter), "type", "confidence", "heard_at")
    search_fields = ("contact__full_name", "contact__email", "value", "evidence")
    list_select_related = ("contact", "captured_by", "workspace")
    ordering = ("-id",)
    readonly_fields = ("captured_at",)


@admin.register(SignalSuggestion)
class SignalSuggestionAdmin(HistoryAdmin):
    list_display = ("call", "type", "value", "rule", "state", "decided_by", "decided_at", "workspace")
    list_filter = (("workspace", AutocompleteSelectFilter), "type", "state", "suggested_at")
    search_fields = ("call__contact__full_name", "rule", "words")
    list_select_related = ("call__contact", "decided_by", "workspace")
    ordering = ("-id",)
    readonly_fields = ("suggested_at",)
