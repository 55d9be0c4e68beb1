from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from markets.forms import TokenForm
from markets.models import Role, Workspace
from markets.workspaces import api_tokens
from markets.workspaces.access import WorkspaceRequest, workspace_page


@workspace_page(Role.MANAGER, "GET POST")
def token_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """The tokens of the API. POST shows a new one, which cannot be shown again, instead of redirecting."""
    form, text = TokenForm(request.POST or None, workspace=workspace), ""
    if form.is_valid():
        try:
            token, text = api_tokens.issue(workspace=workspace, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("Token “%(name)s” created.") % {"name": token.name})
            form = TokenForm(workspace=workspace)
    tokens = workspace.api_tokens.filter(revoked_at=None).select_related("created_by").order_by("name", "pk")
    context = {"section": "settings", "form": form, "text": text, "tokens": tokens}
    return render(request, "markets/tokens.html", context)


@workspace_page(Role.MANAGER, "POST")
def token_revoke(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    token = get_object_or_404(workspace.api_tokens, pk=pk)
    try:
        api_tokens.revoke(token=token, by=request.user)
        messages.success(request, _("Token “%(name)s” revoked.") % {"name": token.name})
    except ValidationError as error:
        messages.error(request, error.message)
    return redirect("tokens", workspace.slug)
