"""The whole audit log, read-only, with what belongs to no workspace."""

import csv
import json
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from config.admin import ops_user
from config.admin_history import HistoryAdmin
from config.db.timeouts.statements import without_statement_timeout
from config.ui.lists.exports import Echo, escape_formula
from markets.audit.mentions import plain_sentence
from markets.audit.sentences import SENTENCES
from markets.models import AuditAction, AuditEvent
from markets.workspaces.audit import record_event

HEADER = ("Number", "When", "Workspace", "Who", "Action", "What happened", "About", "Key", "Details")


class ActionFilter(admin.SimpleListFilter):
    title = _("action")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, str(label)) for value, label in AuditAction.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(AuditEvent)
class AuditEventAdmin(HistoryAdmin):
    list_display = ("happened_at", "workspace", "user", "label", "sentence", "subject_kind", "subject_id")
    list_filter = (
        ("workspace", AutocompleteSelectFilter),
        ("user", AutocompleteSelectFilter),
        "happened_at",
        ActionFilter,
        ("workspace", admin.EmptyFieldListFilter),
    )
    search_fields = ("=subject_id", "=id", "=user__email")
    search_help_text = _("The number of what it is about, of the event, or the exact address of a user")
    list_select_related = ("workspace", "user")
    ordering = ("-happened_at", "-id")
    date_hierarchy = "happened_at"
    list_before_template = "admin/audit_export.html"  # type: ignore[assignment] # Unfold's default is None

    @admin.display(description=_("summary"))
    def sentence(self, event: AuditEvent) -> str:
        return SENTENCES.in_language(event.summary)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:  # type: ignore[override] # any response will do
        """`_export=csv` answers with all events of the filters instead."""
        if request.GET.get("_export") != "csv":
            return super().changelist_view(request, extra_context)
        query = request.GET.copy()
        del query["_export"]
        request.GET = query  # type: ignore[assignment] # the list knows no such filter
        return _export(request, self.get_changelist_instance(request).get_queryset(request))


def _export(request: HttpRequest, events: QuerySet[AuditEvent]) -> StreamingHttpResponse:
    record_event(
        workspace=None,
        user=ops_user(request),
        action=AuditAction.LIST_EXPORTED,
        summary=f"Exported {events.count():,} events of the whole audit log as CSV",
    )
    response = StreamingHttpResponse(_lines(events), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="audit-log.csv"'
    return response


def _lines(events: QuerySet[AuditEvent]) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield writer.writerow(HEADER)
    with without_statement_timeout(using=events.db):
        for event in events.select_related("workspace", "user").iterator(chunk_size=1000):
            row: tuple[object, ...] = (
                *(event.pk, event.happened_at.isoformat(), event.workspace or "", event.user or "", event.label),
                *(plain_sentence(event), event.subject_kind, event.subject_id or "", json.dumps(event.details)),
            )
            yield writer.writerow([escape_formula(str(cell)) for cell in row])
