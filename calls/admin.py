from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from unfold.admin import StackedInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import action

from calls.models import Call, CampaignDay, Meeting
from calls.recording import void
from config.admin import HistoryAdmin, OpsAdmin, OpsPermissions


class MeetingInline(OpsPermissions, StackedInline):
    model = Meeting
    may_add = may_change = False
    show_change_link = True
    fields = ("scheduled_at", "status")


@admin.register(Call)
class CallAdmin(HistoryAdmin):
    """Newest first by number rather than by time: the whole table is never sorted for a page."""

    list_display = ("contact", "campaign", "workspace", "disposition", "started_at", "direction", "caller", "voided_at")
    list_filter = (
        ("workspace", AutocompleteSelectFilter),
        ("campaign", AutocompleteSelectFilter),
        "disposition",
        "direction",
        ("voided_at", admin.EmptyFieldListFilter),
        "started_at",
    )
    search_fields = ("contact__full_name", "contact__email", "campaign__name", "=dialer_call_id", "=dialled")
    search_help_text = "A person, a campaign, the dialer's exact call ID or the exact number dialled"
    list_select_related = ("contact", "campaign", "workspace", "caller")
    ordering = ("-id",)
    exclude = ("request_key",)
    readonly_fields = ("recorded_at", "suppression", "voided_at", "voided_by", "void_reason")
    inlines = (MeetingInline,)
    actions_detail = ("void",)

    @action(description="Void", url_path="void")
    def void(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def act(call: Call, reason: str) -> None:
            void(call=call, by=request.user, reason=reason)

        return self.ask(request, object_id, title="Void the call", act=act)


@admin.register(Meeting)
class MeetingAdmin(OpsAdmin):
    """Made by its call; when it is and what became of it can be changed."""

    may_add = False
    list_display = ("contact", "campaign", "workspace", "scheduled_at", "status")
    list_filter = ("status", ("workspace", AutocompleteSelectFilter), "scheduled_at")
    search_fields = ("call__contact__full_name", "call__contact__email", "call__campaign__name")
    list_select_related = ("workspace", "call__contact", "call__campaign")
    ordering = ("-id",)
    date_hierarchy = "scheduled_at"
    fields = ("workspace", "call", "scheduled_at", "status", "created_at")
    fixed_fields = ("workspace", "call")
    readonly_fields = ("created_at",)

    @admin.display(ordering="call__contact__full_name")
    def contact(self, meeting: Meeting) -> str:
        return str(meeting.call.contact)

    @admin.display(ordering="call__campaign__name")
    def campaign(self, meeting: Meeting) -> str:
        return str(meeting.call.campaign)


@admin.register(CampaignDay)
class CampaignDayAdmin(HistoryAdmin):
    list_display = (
        *("campaign", "workspace", "day"),
        *("call_count", "conversation_count", "meeting_count", "signal_count"),
    )
    list_filter = (("workspace", AutocompleteSelectFilter), ("campaign", AutocompleteSelectFilter), "day")
    search_fields = ("campaign__name",)
    list_select_related = ("campaign", "workspace")
    ordering = ("-day", "-id")
    date_hierarchy = "day"
