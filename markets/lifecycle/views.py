from collections.abc import Callable

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from markets.lifecycle.archive import archive, bring_back, cancel_deletion, request_deletion
from markets.models import Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page


class DeletionForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name of the workspace"), max_length=120, widget=forms.TextInput({"autocomplete": "off"})
    )


@workspace_page(Role.MANAGER, "GET POST", changes_archived=True)
def workspace_archive(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """What archiving and deleting mean, and each step that is possible now. POST archives."""
    if request.method != "POST":
        return _page(request, workspace, DeletionForm())
    return _after(
        request,
        lambda: archive(workspace=workspace, by=request.user),
        _("%(workspace)s archived. Only managers can open it now.") % {"workspace": workspace},
    )


@workspace_page(Role.MANAGER, "POST", changes_archived=True)
def workspace_bring_back(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    return _after(
        request,
        lambda: bring_back(workspace=workspace, by=request.user),
        _("%(workspace)s is back. Everybody in the team can open it again.") % {"workspace": workspace},
    )


@workspace_page(Role.MANAGER, "POST", changes_archived=True)
def workspace_delete(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """Requests the deletion. It takes the name of the workspace, typed."""
    form = DeletionForm(request.POST)
    if form.is_valid():
        url = request.build_absolute_uri(reverse("archive", args=[workspace.slug]))
        try:
            request_deletion(workspace=workspace, name=form.cleaned_data["name"], url=url, by=request.user)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("Deletion requested. All managers were told by mail."))
            return redirect("archive", workspace.slug)
    return _page(request, workspace, form)


@workspace_page(Role.MANAGER, "POST", changes_archived=True)
def workspace_keep(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    return _after(
        request,
        lambda: cancel_deletion(workspace=workspace, by=request.user),
        _("Deletion cancelled. %(workspace)s stays archived.") % {"workspace": workspace},
    )


def _after(request: WorkspaceRequest, step: Callable[[], None], done: str) -> HttpResponse:
    try:
        step()
        messages.success(request, done)
    except ValidationError as refused:
        messages.error(request, refused.message)
    return redirect("archive", request.access.workspace.slug)


def _page(request: WorkspaceRequest, workspace: Workspace, form: DeletionForm) -> HttpResponse:
    context = {"section": "settings", "form": form, "days": settings.WORKSPACE_DELETION_DAYS}
    return render(request, "markets/archive.html", context)
