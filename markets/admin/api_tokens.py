"""What dialers show to send calls into a workspace: issued, and seen once; then only revoked."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import action

from config.admin import HistoryAdmin
from config.ui.forms import CheckedForm
from markets.models import ApiToken
from markets.workspaces import api_tokens


class ApiTokenForm(CheckedForm):
    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        if "workspace" in typed:
            api_tokens.check_is_open(typed["workspace"])
        return typed


@admin.register(ApiToken)
class ApiTokenAdmin(HistoryAdmin):
    form = ApiTokenForm
    may_add = True
    list_display = ("name", "workspace", "created_at", "created_by", "last_used_at", "revoked_at")
    list_filter = (
        ("workspace", AutocompleteSelectFilter),
        ("revoked_at", admin.EmptyFieldListFilter),
        ("last_used_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("name", "workspace__name")
    list_select_related = ("workspace", "created_by")
    ordering = ("-created_at", "-id")
    date_hierarchy = "created_at"
    actions_detail = ("revoke",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        asked = ("workspace", "name")
        return (*asked, "created_at", "created_by", "last_used_at", "revoked_at", "revoked_by") if obj else asked

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        made, text = api_tokens.issue(workspace=obj.workspace, name=obj.name, by=request.user)
        obj.pk = made.pk
        messages.warning(request, f"The token, which is shown only now: {text}")

    @action(description="Revoke", url_path="revoke")
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def act(token: ApiToken, reason: str) -> None:
            api_tokens.revoke(token=token, by=request.user)

        return self.ask(request, object_id, title="Revoke the token", act=act, reason=None)
