"""The templates of a workspace, with which new campaigns begin."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from campaigns.forms import TemplateForm
from campaigns.planning import delete_template
from config.ui.forms import save_or_add_error
from config.ui.optimistic_locking import save_edit
from markets.models import Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page


@workspace_page(Role.MANAGER)
def template_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    templates = workspace.campaign_templates.select_related("created_by")
    return render(request, "campaigns/templates.html", {"section": "campaigns", "templates": templates})


@workspace_page(Role.MANAGER, "GET POST")
def template_create(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    form = TemplateForm(request.POST or None, workspace=workspace)
    form.instance.created_by = form.by = request.user
    if form.is_valid() and save_or_add_error(form):
        messages.success(request, _("Template “%(instance)s” saved.") % {"instance": form.instance})
        return redirect("campaigns:templates", workspace.slug)
    return render(request, "campaigns/template.html", {"section": "campaigns", "form": form})


@workspace_page(Role.MANAGER, "GET POST")
def template_edit(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    template = get_object_or_404(workspace.campaign_templates, pk=pk)
    form = TemplateForm(request.POST or None, instance=template, workspace=workspace)
    form.by = request.user
    if save_edit(request, form):
        messages.success(
            request,
            _("Template “%(template)s” saved. Campaigns made from it stay as they are.") % {"template": template},
        )
        return redirect("campaigns:templates", workspace.slug)
    context = {"section": "campaigns", "form": form, "template": template}
    return render(request, "campaigns/template.html", context, status=form.status_code)


@workspace_page(Role.MANAGER, "POST")
def template_delete(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    template = get_object_or_404(workspace.campaign_templates, pk=pk)
    delete_template(template=template, by=request.user)
    messages.success(
        request, _("Template “%(template)s” deleted. Campaigns made from it stay as they are.") % {"template": template}
    )
    return redirect("campaigns:templates", workspace.slug)
