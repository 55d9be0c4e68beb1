from django.contrib import admin
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from config.admin import OpsAdmin
from markets.models import SignInDomain


@admin.register(SignInDomain)
class SignInDomainAdmin(OpsAdmin):
    fixed_fields = ("workspace", "domain", "provider")
    fields = ("workspace", "domain", "provider", "role", "is_active")
    list_display = ("domain", "workspace", "provider", "role", "is_active", "created_at")
    list_filter = (("workspace", AutocompleteSelectFilter), "role")
    search_fields = ("domain", "workspace__name")
    autocomplete_fields = ("workspace",)
    list_select_related = ("workspace",)
