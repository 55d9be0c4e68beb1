from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import action, display

from campaigns.lifecycle.transitions import TRANSITIONS, StatusConflict, change_status, delete_draft
from campaigns.membership import remove
from campaigns.models import (
    Absence,
    Audience,
    BulkAction,
    Campaign,
    CampaignContact,
    CampaignReport,
    SharedLink,
    Status,
    StatusChange,
)
from config.admin import OpsAdmin, Reason, ops_user
from config.admin_history import HistoryAdmin, HistoryInline
from config.ui.optimistic_locking import VersionedModelForm

STATUS_COLOURS: dict[str, str] = {Status.DRAFT: "info", Status.ACTIVE: "success", Status.PAUSED: "warning"}


class StatusChangeInline(HistoryInline):
    model = StatusChange
    fields = ("changed_at", "from_status", "to_status", "changed_by", "reason")
    ordering = ("changed_at", "id")


class CampaignForm(VersionedModelForm):
    def clean_starts_on(self) -> object:
        day = self.cleaned_data["starts_on"]
        if day is None and self.instance.status != Status.DRAFT:
            raise ValidationError(gettext("A campaign that is under way has the day it started on."))
        return day


@admin.register(Campaign)
class CampaignAdmin(OpsAdmin):
    """The status changes only by the actions at the top of a campaign's page."""

    form = CampaignForm
    list_display = ("name", "market", "workspace", "kind", "shown_status", "starts_on", "ends_on", "owner")
    list_filter = ("status", "kind", ("workspace", AutocompleteSelectFilter), ("market", AutocompleteSelectFilter))
    search_fields = ("name", "market__name", "workspace__name")
    list_select_related = ("market", "workspace", "owner")
    ordering = ("-id",)
    date_hierarchy = "starts_on"
    autocomplete_fields = ("workspace", "market", "owner", "follows")
    fixed_fields = ("workspace", "market")
    fields = (
        *("workspace", "market", "name", "kind", "status", "starts_on", "ends_on", "brief", "owner", "follows"),
        *("script_opening", "script_questions", "script_objections", "script_close", "calls_per_day"),
        *("most_attempts", "rest_days", "people", "created_at", "created_by"),
    )
    readonly_fields = ("status", "people", "created_at", "created_by")
    inlines = (StatusChangeInline,)
    may_delete = True
    actions_detail = ("activate", "pause", "complete")

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, campaign: Campaign) -> tuple[str, str]:
        return campaign.status, campaign.get_status_display()

    @admin.display(description="people")
    def people(self, campaign: Campaign) -> str:
        if not campaign.pk:
            return gettext("Chosen in the portal, from the market's landscape.")
        url = f"{reverse('admin:campaigns_campaigncontact_changelist')}?campaign__id__exact={campaign.pk}"
        return format_html('<a href="{}">{} people</a>', url, campaign.members.current().count())

    def get_actions_detail(self, request: HttpRequest, object_id: int | str) -> list[Any]:
        campaign = self.get_object(request, str(object_id))
        steps = {step.to for step in TRANSITIONS[campaign.status]} if campaign else set()
        targets = {"activate": Status.ACTIVE, "pause": Status.PAUSED, "complete": Status.COMPLETED}
        names = {f"campaigns_campaign_{name}" for name, status in targets.items() if status in steps}
        return [each for each in super().get_actions_detail(request, object_id) if each.action_name in names]

    def _step(self, request: HttpRequest, object_id: str, to: Status, title: str) -> HttpResponse:
        def take_step(campaign: Campaign, reason: str) -> None:
            change_status(campaign=campaign, to=to, by=ops_user(request), reason=reason)

        return self.confirm(request, object_id, title=title, action=take_step, reason=Reason.OPTIONAL)

    @action(description=_("Activate"), url_path="activate")
    def activate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._step(request, object_id, Status.ACTIVE, gettext("Activate the campaign"))

    @action(description=_("Pause"), url_path="pause")
    def pause(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._step(request, object_id, Status.PAUSED, gettext("Pause the campaign"))

    @action(description=_("Complete"), url_path="complete")
    def complete(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._step(request, object_id, Status.COMPLETED, gettext("Complete the campaign"))

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        is_allowed = super().has_delete_permission(request, obj)
        return is_allowed and (not isinstance(obj, Campaign) or obj.can_be_deleted)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Deleting a draft deletes its members. A campaign that follows it prevents that."""
        protected = [gettext("%(each)s follows it") % {"each": each} for each in Campaign.objects.following(objs)]
        people = CampaignContact.objects.filter(campaign__in=objs).count()
        return [str(each) for each in objs], {"campaigns": len(objs), "people in it": people}, set(), protected

    def delete_model(self, request: HttpRequest, obj: Campaign) -> None:
        try:
            delete_draft(campaign=obj, by=ops_user(request))
        except StatusConflict as conflict:
            raise PermissionDenied(str(conflict)) from conflict


@admin.register(CampaignContact)
class CampaignContactAdmin(HistoryAdmin):
    list_display = (
        *("contact", "campaign", "workspace", "attempt_count", "conversation_count"),
        *("last_disposition", "last_call_at", "callback_due_at", "removed_at"),
    )
    list_filter = (
        ("workspace", AutocompleteSelectFilter),
        ("campaign", AutocompleteSelectFilter),
        "last_disposition",
        "is_closed",
        ("removed_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("contact__full_name", "contact__email", "contact__phone_e164", "campaign__name")
    list_select_related = ("contact", "campaign", "workspace")
    ordering = ("-id",)
    actions_detail = ("remove",)

    @action(description=_("Remove from the campaign"), url_path="remove")
    def remove(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def remove_member(member: CampaignContact, reason: str) -> None:
            if not remove(campaign=member.campaign, contacts=[member.contact_id], by=ops_user(request), reason=reason):
                raise ValidationError(gettext("%(contact)s was removed already.") % {"contact": member.contact})

        return self.confirm(request, object_id, title=gettext("Remove from the campaign"), action=remove_member)


@admin.register(StatusChange)
class StatusChangeAdmin(HistoryAdmin):
    list_display = ("campaign", "workspace", "from_status", "to_status", "changed_at", "changed_by", "reason")
    list_filter = (("workspace", AutocompleteSelectFilter), "to_status", "changed_at")
    search_fields = ("campaign__name", "reason", "changed_by__email")
    list_select_related = ("campaign", "workspace", "changed_by")
    ordering = ("-changed_at", "-id")
    date_hierarchy = "changed_at"


@admin.register(Absence)
class AbsenceAdmin(HistoryAdmin):
    list_display = (
        *("contact", "campaign", "workspace", "removed_at", "removed_by", "removed_reason"),
        *("returned_at", "returned_by"),
    )
    list_filter = (
        ("workspace", AutocompleteSelectFilter),
        ("campaign", AutocompleteSelectFilter),
        "returned_at",
    )
    search_fields = ("contact__full_name", "contact__email", "campaign__name", "removed_reason")
    list_select_related = ("contact", "campaign", "workspace", "removed_by", "returned_by")
    ordering = ("-returned_at", "-id")
    date_hierarchy = "returned_at"


@admin.register(BulkAction)
class BulkActionAdmin(HistoryAdmin):
    list_display = (
        *("kind", "workspace", "campaign", "tag", "people_count", "done_at", "done_by"),
        *("undone_at", "undone_by", "undone_count"),
    )
    list_filter = (
        ("workspace", AutocompleteSelectFilter),
        "kind",
        "done_at",
        ("undone_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("campaign__name", "tag__name", "done_by__email")
    list_select_related = ("workspace", "campaign", "tag", "done_by", "undone_by")
    ordering = ("-done_at", "-id")
    date_hierarchy = "done_at"


@admin.register(Audience)
class AudienceAdmin(HistoryAdmin):
    list_display = ("name", "workspace", "created_at", "created_by", "updated_at")
    list_filter = (("workspace", AutocompleteSelectFilter), "created_at")
    search_fields = ("name", "created_by__email")
    list_select_related = ("workspace", "created_by")
    ordering = ("-updated_at", "-id")


@admin.register(CampaignReport)
class CampaignReportAdmin(HistoryAdmin):
    """Without the document, which the portal shows."""

    list_display = ("campaign", "workspace", "version", "made_at", "made_by")
    list_filter = (("workspace", AutocompleteSelectFilter), "made_at")
    search_fields = ("campaign__name", "made_by__email")
    list_select_related = ("campaign", "workspace", "made_by")
    ordering = ("-made_at", "-id")
    fields = ("workspace", "campaign", "version", "made_at", "made_by")


@admin.register(SharedLink)
class SharedLinkAdmin(HistoryAdmin):
    """Without what it shows, and without the hashes of its token and password."""

    list_display = ("label", "workspace", "report", "market", "shows_people", "created_at", "expires_at", "revoked_at")
    list_filter = (("workspace", AutocompleteSelectFilter), "shows_people", ("revoked_at", admin.EmptyFieldListFilter))
    search_fields = ("label", "report__campaign__name", "market__name", "created_by__email")
    list_select_related = ("workspace", "report__campaign", "market")
    ordering = ("-created_at", "-id")
    fields = (
        *("workspace", "label", "report", "market", "sections", "period", "shows_people", "expires_at"),
        *("created_at", "created_by", "revoked_at", "revoked_by"),
    )
