"""Files on their way in, and what each of them did: to be read, and to be stopped."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import action

from config.admin import HistoryAdmin, HistoryInline
from markets.imports.jobs import stop
from markets.models import ImportJob, ImportRejection

COUNTED = ("created", "updated", "unchanged", "rejected", "enrolled", "do_not_call")


class RejectionInline(HistoryInline):
    model = ImportRejection
    fields = ("line", "code", "message")


@admin.register(ImportJob)
class ImportJobAdmin(HistoryAdmin):
    list_display = ("file_name", "workspace", "kind", "state", "checkpoint", "row_count", *COUNTED, "created_at")
    list_filter = ("state", "kind", ("workspace", AutocompleteSelectFilter), "created_at")
    search_fields = ("file_name", "=sha256", "workspace__name")
    search_help_text = "File name, workspace or the exact SHA-256 of the file"
    list_select_related = ("workspace",)
    ordering = ("-created_at", "-id")
    date_hierarchy = "created_at"
    fieldsets = (
        (None, {"fields": ("workspace", "kind", "state", "failure", "file_name", "format_description", "sha256")}),
        ("Rows", {"fields": ("row_count", "checkpoint", *COUNTED)}),
        ("How it is read", {"fields": ("header", "options")}),
        (
            "Who and when",
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

    @action(description="Stop", url_path="stop")
    def stop(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def act(job: ImportJob, reason: str) -> Any:
            stop(job=job, by=request.user)

        return self.ask(request, object_id, title="Stop the import", act=act, reason=None)
