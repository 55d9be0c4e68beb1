from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from config.ui.forms import posted_text
from config.ui.optimistic_locking import save_edit
from markets.accounts.second_factors import members_without, require_second_factor
from markets.forms import CalendarForm, DefaultPeriodForm
from markets.models import Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page
from markets.workspaces.calendar import working_days

A_YEAR = timedelta(days=365)


@workspace_page(Role.MANAGER, "GET POST")
def settings(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """The working days of the workspace."""
    form = CalendarForm(request.POST or None, instance=workspace)
    form.by = request.user
    if save_edit(request, form):
        messages.success(request, _("Working days saved. Forecasts use them from now on."))
        return redirect("settings", workspace.slug)
    today = workspace.today()
    stored = Workspace(
        phone_region=workspace.phone_region,
        holiday_country=form.initial["holiday_country"],
        holiday_region=form.initial["holiday_region"],
    )
    holidays = working_days(stored).holidays(today, today + A_YEAR)
    context = {
        "section": "settings",
        "form": form,
        "holidays": holidays,
        "period_form": DefaultPeriodForm(instance=workspace),
        "without_factor": members_without(workspace),
    }
    return render(request, "markets/settings.html", context, status=form.status_code)


@workspace_page(Role.MANAGER, "POST")
def second_factor_rule(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """Whether members need a second factor."""
    required = posted_text(request.POST, "required") == "1"
    try:
        require_second_factor(workspace=workspace, required=required, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        done = _("Members now need a second factor.") if required else _("Members no longer need a second factor.")
        messages.success(request, done)
    return redirect("settings", workspace.slug)


@workspace_page(Role.MANAGER, "POST")
def default_period(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """The period that pages show until somebody chooses another one."""
    form = DefaultPeriodForm(request.POST, instance=workspace)
    form.by = request.user
    if form.is_valid():
        form.save()
        messages.success(
            request,
            _("Default period saved: %(period)s.") % {"period": workspace.get_default_period_display()},
        )
    else:
        messages.error(request, " ".join(map(str, form.errors["default_period"])))
    return redirect("settings", workspace.slug)
