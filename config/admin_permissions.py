"""What ops staff may do in the admin: every page and every table within a page asks here."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from markets.models import Workspace

ARCHIVED = gettext_lazy(
    "%(workspace)s is archived, so nothing in it can be changed. Bring it back first, on the page of the workspace."
)
NOT_INTO_ARCHIVED = gettext_lazy(
    "Select a valid choice. Nothing can be added to an archived workspace before it is brought back."
)


def archived_workspace(row: object) -> Workspace | None:
    """The workspace of the row, or the row itself, if it is an archived workspace."""
    workspace = row if isinstance(row, Workspace) else getattr(row, "workspace", None)
    return workspace if isinstance(workspace, Workspace) and workspace.archived_at else None


class OpsPermissions:
    """All ops staff may see every row. Each page says whether rows may be added, changed or deleted; in an archived
    workspace none may. For a table within a page `obj` is the row of the page."""

    admin_site: AdminSite

    may_add = may_change = True
    may_delete = False

    def _is_ops(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._is_ops(request)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self._is_ops(request)

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.may_add and self._is_ops(request) and not archived_workspace(obj)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.may_change and self._is_ops(request) and not archived_workspace(obj)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.may_delete and self._is_ops(request) and not archived_workspace(obj)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Takes no archived workspace for a new row."""
        if db_field.remote_field.model is Workspace:
            kwargs["queryset"] = Workspace.objects.active()
            kwargs["error_messages"] = {"invalid_choice": NOT_INTO_ARCHIVED}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc] # of ModelAdmin
