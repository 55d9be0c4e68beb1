"""API tokens: their text is shown once, when they are issued; afterwards they can only be revoked."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import action

from config.admin import Reason, ops_user
from config.admin_history import HistoryAdmin
from markets.models import ApiToken
from markets.workspaces import api_tokens


@admin.register(ApiToken)
class ApiTokenAdmin(HistoryAdmin):
    may_add = True
    list_display = ("name", "workspace", "expires_at", "created_at", "created_by", "last_used_at", "revoked_at")
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

    def get_fields(self, request: HttpRequest, obj: object = None) -> tuple[str, ...]:
        chosen = ("workspace", "name")
        return (
            (*chosen, "scopes", "expires_at", "created_at", "created_by", "last_used_at", "revoked_at", "revoked_by")
            if obj
            else chosen
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        token, text = api_tokens.issue(workspace=obj.workspace, name=obj.name, by=ops_user(request))
        obj.pk = token.pk
        messages.warning(request, gettext("The token, which is shown only now: %(token)s") % {"token": text})

    @action(description=_("Revoke"), url_path="revoke")
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def revoke_token(token: ApiToken, reason: str) -> None:
            api_tokens.revoke(token=token, by=ops_user(request))

        return self.confirm(
            request, object_id, title=gettext("Revoke the token"), action=revoke_token, reason=Reason.NONE
        )
