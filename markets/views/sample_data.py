from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from markets.models import Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page
from signals.sample.trial import add_sample, foresee_removal, remove_sample


@workspace_page(Role.MANAGER, "GET POST")
def sample_data(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """GET says what adding or removing the sample would do; POST does it."""
    if request.method != "POST":
        removal = foresee_removal(workspace) if workspace.has_sample_data else None
        return render(request, "markets/sample_data.html", {"section": "settings", "removal": removal})
    try:
        match request.POST.get("do"):
            case "add":
                add_sample(workspace=workspace, by=request.user)
                messages.success(
                    request, _("Sample data added. Log a call to try it, and remove the data at any time.")
                )
            case "remove":
                kept = remove_sample(workspace=workspace, by=request.user).kept_in_words
                sentence = _("Sample data removed. Kept: %(kept)s.") % {"kept": kept}
                messages.success(request, sentence if kept else _("Sample data removed."))
            case _:
                messages.error(request, _("Choose whether to add or to remove the sample data."))
    except ValidationError as error:
        messages.error(request, error.message)
    return redirect("dashboard", workspace.slug)
