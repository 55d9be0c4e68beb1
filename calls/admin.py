from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextInputWidget

from calls.derived.locks import lock_campaign
from calls.log.meetings import MeetingConflict, MeetingRefused, change_meeting
from calls.log.services import void
from calls.models import Call, CampaignDay, CampaignHour, Correction, Meeting, MeetingChange
from config.admin import OpsAdmin, ops_user
from config.admin_history import HistoryAdmin, HistoryInline
from config.admin_permissions import OpsPermissions
from config.ui.optimistic_locking import VersionedModelForm
from markets.models import User


class MeetingInline(OpsPermissions, StackedInline):  # type: ignore[misc] # Unfold narrows formfield_overrides
    model = Meeting
    may_add = may_change = False
    show_change_link = True
    fields = ("scheduled_at", "status")


class CorrectionInline(HistoryInline):
    model = Correction
    fields = ("corrected_at", "before", "after", "corrected_by", "reason")
    ordering = ("corrected_at", "id")


class MeetingChangeInline(HistoryInline):
    model = MeetingChange
    fields = ("changed_at", "from_status", "to_status", "from_time", "to_time", "changed_by", "reason")
    ordering = ("changed_at", "id")


@admin.register(Call)
class CallAdmin(HistoryAdmin):
    """Ordered by key rather than by time, so that a page never sorts the whole table."""

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
    search_help_text = _("A person, a campaign, the dialer's exact call ID or the exact number dialled")
    list_select_related = ("contact", "campaign", "workspace", "caller")
    ordering = ("-id",)
    exclude = ("request_key",)
    readonly_fields = ("recorded_at", "fulfilled_at", "suppression", "voided_at", "voided_by", "void_reason")
    inlines = (MeetingInline, CorrectionInline)
    actions_detail = ("void",)

    @action(description=_("Void"), url_path="void")
    def void(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def void_call(call: Call, reason: str) -> None:
            void(call=call, by=ops_user(request), reason=reason)

        return self.confirm(request, object_id, title=gettext("Void the call"), action=void_call)


class MeetingForm(VersionedModelForm):
    """Takes the same steps as the meeting's page in the portal: first the new time, then the outcome."""

    together = frozenset({"scheduled_at", "status"})

    reason = forms.CharField(
        required=False,
        max_length=500,
        widget=UnfoldAdminTextInputWidget,
        label=_("Reason"),
        help_text=_("Needed to cancel it."),
    )

    def lock(self) -> None:
        lock_campaign(self.instance.call.campaign)
        super().lock()

    def clean(self) -> dict[str, object]:
        """Checks the steps by taking them in a transaction that is rolled back."""
        super().clean()
        if self.errors:
            return self.cleaned_data
        try:
            with transaction.atomic():
                self.change(by=None)
                transaction.set_rollback(True)
        except (MeetingConflict, MeetingRefused) as refused:
            name = {"to": "status", "at": "scheduled_at", "reason": "reason"}.get(getattr(refused, "code", ""))
            self.add_error(name, str(refused))
        return self.cleaned_data

    def change(self, *, by: User | None) -> None:
        data, before = self.cleaned_data, {name: self[name].initial for name in ("scheduled_at", "status")}
        meeting = Meeting.objects.select_related("call__campaign").get(pk=self.instance.pk)
        at, to, reason = data["scheduled_at"], data["status"], data["reason"]
        is_moved = at != before["scheduled_at"]
        if is_moved or (to != before["status"] and to == Meeting.Status.SCHEDULED):
            change_meeting(meeting=meeting, to=Meeting.Status.SCHEDULED, at=at, by=by, reason=reason)
        if to != Meeting.Status.SCHEDULED and (is_moved or to != before["status"]):
            change_meeting(meeting=meeting, to=to, by=by, reason=reason)


@admin.register(Meeting)
class MeetingAdmin(OpsAdmin):
    """A meeting is added by its call; its time and outcome can be changed here."""

    form = MeetingForm
    inlines = (MeetingChangeInline,)
    may_add = False
    list_display = ("contact", "campaign", "workspace", "scheduled_at", "status")
    list_filter = ("status", ("workspace", AutocompleteSelectFilter), "scheduled_at")
    search_fields = ("call__contact__full_name", "call__contact__email", "call__campaign__name")
    list_select_related = ("workspace", "call__contact", "call__campaign")
    ordering = ("-id",)
    date_hierarchy = "scheduled_at"
    fields = ("workspace", "call", "scheduled_at", "status", "reason", "created_at")
    fixed_fields = ("workspace", "call")
    readonly_fields = ("created_at",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        form.change(by=ops_user(request))

    @admin.display(ordering="call__contact__full_name", description=_("Contact"))
    def contact(self, meeting: Meeting) -> str:
        return str(meeting.call.contact)

    @admin.display(ordering="call__campaign__name", description=_("Campaign"))
    def campaign(self, meeting: Meeting) -> str:
        return str(meeting.call.campaign)


@admin.register(MeetingChange)
class MeetingChangeAdmin(HistoryAdmin):
    list_display = ("meeting", "workspace", "from_status", "to_status", "to_time", "changed_at", "changed_by", "reason")
    list_filter = (("workspace", AutocompleteSelectFilter), "to_status", "changed_at")
    search_fields = ("meeting__call__contact__full_name", "reason", "changed_by__email")
    list_select_related = ("meeting__call__contact", "workspace", "changed_by")
    ordering = ("-changed_at", "-id")
    date_hierarchy = "changed_at"


@admin.register(Correction)
class CorrectionAdmin(HistoryAdmin):
    list_display = ("call", "workspace", "before", "after", "corrected_at", "corrected_by", "reason")
    list_filter = (("workspace", AutocompleteSelectFilter), "corrected_at")
    search_fields = ("call__contact__full_name", "reason", "corrected_by__email")
    list_select_related = ("call__contact", "workspace", "corrected_by")
    ordering = ("-corrected_at", "-id")
    date_hierarchy = "corrected_at"


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


@admin.register(CampaignHour)
class CampaignHourAdmin(HistoryAdmin):
    list_display = ("campaign", "workspace", "day", "hour", "call_count", "conversation_count")
    list_filter = (("workspace", AutocompleteSelectFilter), ("campaign", AutocompleteSelectFilter), "day")
    search_fields = ("campaign__name",)
    list_select_related = ("campaign", "workspace")
    ordering = ("-day", "-hour", "-id")
    date_hierarchy = "day"
