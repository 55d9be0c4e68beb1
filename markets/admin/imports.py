"""Import jobs and their rejected rows: read-only, except that a job can be stopped."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import action

from config.admin import Reason, ops_user
from config.admin_history import HistoryAdmin, HistoryInline
from markets.imports.jobs import stop
from markets.models import ImportJob, ImportRejection

COUNTS = ("created", "updated", "unchanged", "rejected", "enrolled", "do_not_call")


class RejectionInline(HistoryInline):
    model = ImportRejection
    fields = ("line", "code", "message")


@admin.register(ImportJob)
class ImportJobAdmin(HistoryAdmin):
    list_display = ("file_name", "workspace", "kind", "state", "checkpoint", "row_count", *COUNTS, "created_at")
    list_filter = ("state", "kind", ("workspace", AutocompleteSelectFilter), "created_at")
    search_fields = ("file_name", "=sha256", "workspace__name")
    search_help_text = _("File name, workspace or the exact SHA-256 of the file")
    list_select_related = ("workspace",)
    ordering = ("-created_at", "-id")
    date_hierarchy = "created_at"
    fieldsets = (
        (None, {"fields": ("workspace", "kind", "state", "failure", "file_name", "format_description", "sha256")}),
        (_("Rows"), {"fields": ("row_count", "checkpoint", *COUNTS)}),
        (_("How it is read"), {"fields": ("header", "options")}),
        (
            _("Who and when"),
            {
                "fields": (
                    *("created_at", "created_by", "started_at", "finished_at"),
                    *("lease_owner", "lease_until", "heartbeat_at", "undone_at", "undone_by", "undo_report"),
                )
            },
        ),
    )
    inlines = (RejectionInline,)
    actions_detail = ("stop",)

    @action(description=_("Stop"), url_path="stop")
    def stop(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def stop_job(job: ImportJob, reason: str) -> None:
            stop(job=job, by=ops_user(request))

        return self.confirm(request, object_id, title=gettext("Stop the import"), action=stop_job, reason=Reason.NONE)
