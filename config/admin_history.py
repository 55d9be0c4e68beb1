"""The base classes of read-only pages and tables of the admin, whose rows only the domain writes."""

from unfold.admin import TabularInline

from config.admin import OpsAdmin
from config.admin_permissions import OpsPermissions


class HistoryAdmin(OpsAdmin):
    """A read-only page: its rows are changed only by actions, which call the domain."""

    actions_detail: tuple[str, ...] = ()
    may_add = may_change = False


class HistoryInline(OpsPermissions, TabularInline):  # type: ignore[misc] # Unfold narrows formfield_overrides
    may_add = may_change = False
    extra = 0
    per_page = 20  # type: ignore[assignment] # Unfold's default is None
