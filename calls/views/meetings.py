from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from calls.filters import MeetingFilter
from calls.forms import MeetingForm
from calls.log.ics import meeting_to_ics
from calls.log.meetings import (
    MeetingConflict,
    MeetingRefused,
    can_change,
    change_meeting,
    possible_outcomes,
    upcoming_first,
)
from calls.models import Meeting, MeetingChange
from calls.models.meetings import MeetingQuerySet
from calls.tables import MeetingTable
from config.ui.lists.tables import table_page
from markets.models import Role, User, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page


@workspace_page(Role.VIEWER)
def meeting_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponseBase:
    meetings = workspace.meetings.select_related("call__contact", "call__campaign", "call__caller")
    return table_page(
        request,
        "meetings/list.html",
        table_class=MeetingTable,
        filterset=MeetingFilter(request.GET, upcoming_first(meetings), workspace=workspace),
        context={"section": "meetings"},
        workspace=workspace,
    )


@workspace_page(Role.VIEWER)
def meeting_detail(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    meeting = get_object_or_404(_meetings(workspace), pk=pk)
    return render(request, "meetings/detail.html", _context(meeting, MeetingForm(meeting=meeting)))


@workspace_page(Role.CALLER, "POST")
def meeting_change(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Records the outcome or a new time. Returns the page with the reason and 409 for a conflict, 400 if invalid."""
    meeting = get_object_or_404(_meetings(workspace), pk=pk)
    form = MeetingForm(request.POST, meeting=meeting)
    status = 400
    try:
        if change := _save(form, by=request.user):
            text = _("The meeting with %(person)s is %(status)s.")
            messages.success(request, text % {"person": meeting.call.contact, "status": change.get_to_status_display()})
            return redirect("meetings:detail", workspace.slug, pk)
    except MeetingRefused as refused:
        form.add_error(refused.code, str(refused))
    except MeetingConflict as conflict:
        status = 409
        form.add_error(None, str(conflict))
    return render(request, "meetings/detail.html", _context(meeting, form), status=max(status, form.status_code))


@transaction.atomic
def _save(form: MeetingForm, *, by: User) -> MeetingChange | None:
    if not form.is_valid():
        return None
    to, at, reason = (form.cleaned_data[name] for name in ("to", "at", "reason"))
    return change_meeting(meeting=form.meeting, to=to, at=at, reason=reason, by=by)


@workspace_page(Role.VIEWER)
def meeting_ics(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """The meeting as an iCalendar file. A meeting without a time has none."""
    meeting = get_object_or_404(_meetings(workspace), pk=pk)
    if meeting.scheduled_at is None:
        messages.error(
            request, _("This meeting has no time yet, so it can’t be added to a calendar. Set a time first.")
        )
        return redirect("meetings:detail", workspace.slug, pk)
    address = request.build_absolute_uri(f"/w/{workspace.slug}/meetings/{pk}/")
    response = HttpResponse(meeting_to_ics(meeting, address), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="meeting-{pk}.ics"'
    return response


def _meetings(workspace: Workspace) -> MeetingQuerySet:
    return workspace.meetings.select_related("call__contact", "call__campaign__market", "call__caller")


def _context(meeting: Meeting, form: MeetingForm) -> dict[str, object]:
    changes = meeting.changes.select_related("changed_by").order_by("-changed_at", "-id")
    return {
        "section": "meetings",
        "meeting": meeting,
        "call": meeting.call,
        "changes": changes,
        "may_change": can_change(meeting),
        "outcomes": possible_outcomes(meeting),
        "form": form,
    }
