from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.models import SavedView
from campaigns.models.viewing import ViewedList
from campaigns.viewing.services import (
    address_query,
    clear_default,
    delete_view,
    may_change,
    rename_view,
    save_view,
    set_default,
    views_for,
)
from config.ui.forms import posted_text
from config.ui.lists.addresses import address_of
from markets.models import Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page

MANAGERS_ONLY = _("Only managers can change the views of the workspace. Ask a manager, or save one of your own.")


@workspace_page(Role.VIEWER)
def view_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """Lists the user's own views and the workspace's, to rename or delete."""
    rows = [
        (view, _url_of(view, workspace), may_change(view, request.user, can_manage=request.access.can_manage))
        for view in views_for(workspace, request.user)
    ]
    return render(request, "saved_views/list.html", {"section": "contacts", "rows": rows})


def _url_of(view: SavedView, workspace: Workspace) -> str:
    """Empty for lists of which there are several."""
    is_contacts = view.list_name == ViewedList.CONTACTS
    return address_of(reverse("contacts:list", args=[workspace.slug]), address_query(view)) if is_contacts else ""


@workspace_page(Role.VIEWER, "POST")
def view_save(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """Saves what the list shows under a name: for the user, or, by a manager, for everybody."""
    is_shared = "shared" in request.POST
    if is_shared and not request.access.can_manage:
        messages.error(request, MANAGERS_ONLY)
        return _back(request, workspace)
    try:
        query = QueryDict(posted_text(request.POST, "query")[:20_000])
        view = save_view(
            workspace=workspace,
            list_name=posted_text(request.POST, "list"),
            name=posted_text(request.POST, "name"),
            owner=None if is_shared else request.user,
            query=query,
            by=request.user,
        )
    except ValidationError as problem:
        messages.error(request, _sentence(problem))
        return _back(request, workspace)
    messages.success(request, gettext("View “%(view)s” saved.") % {"view": view})
    path = _back(request, workspace).url.partition("?")[0]
    return redirect(address_of(path, address_query(view)))


@workspace_page(Role.VIEWER, "POST")
def view_change(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Renames or deletes a view, or makes it the one that the user's lists open with. The button says which."""
    view = _view(request, workspace, pk)
    action = request.POST.get("do", "")
    if action == "default":
        set_default(view=view, user=request.user)
        messages.success(
            request,
            gettext("%(list)s open with the columns and order of “%(view)s”.")
            % {"list": view.get_list_name_display(), "view": view},
        )
    elif action == "no_default":
        clear_default(workspace=workspace, user=request.user, list_name=view.list_name)
        messages.success(
            request,
            gettext("%(list)s open with their usual columns.") % {"list": view.get_list_name_display()},
        )
    elif not may_change(view, request.user, can_manage=request.access.can_manage):
        messages.error(request, MANAGERS_ONLY)
    elif action == "delete":
        delete_view(view=view)
        messages.success(request, gettext("View “%(view)s” deleted.") % {"view": view})
    else:
        try:
            rename_view(view=view, name=posted_text(request.POST, "name"))
            messages.success(request, gettext("View renamed to “%(view)s”.") % {"view": view})
        except ValidationError as problem:
            messages.error(request, _sentence(problem))
    return _back(request, workspace)


def _view(request: WorkspaceRequest, workspace: Workspace, pk: int) -> SavedView:
    """Views of other users do not exist."""
    view = get_object_or_404(workspace.saved_views, pk=pk)
    if view.owner_id not in (None, request.user.pk):
        raise Http404
    return view


def _sentence(problem: ValidationError) -> str:
    if "name" in getattr(problem, "error_dict", {}):
        return gettext("Enter a name of at most 60 characters for the view.")
    if hasattr(problem, "error_dict") and "__all__" not in problem.error_dict:
        return gettext("This view can't be saved. Open the list again and save it there.")
    return " ".join(problem.messages)


def _back(request: WorkspaceRequest, workspace: Workspace) -> HttpResponseRedirect:
    """To the page that the form names, within the portal; else to the list of views."""
    target = posted_text(request.POST, "next")
    home = reverse("views:manage", args=[workspace.slug])
    is_ours = target.startswith(f"/w/{workspace.slug}/") and url_has_allowed_host_and_scheme(target, None)
    return HttpResponseRedirect(target if is_ours and target.isprintable() else home)
