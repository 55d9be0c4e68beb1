from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from config.ui.forms import focus_first_error
from config.ui.optimistic_locking import save_edit
from markets.audit.reading import record_view
from markets.forms import QuickContactForm
from markets.models import Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page


@workspace_page(Role.MANAGER, "GET POST")
def contact_quick_edit(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Edits firm, title and number in the row of a list; without scripts on a page. Goes back to the page in `next`.

    After saving in a row the list is fetched again: it asks for that on the event `saved`.
    """
    contact = get_object_or_404(workspace.contacts, pk=pk)
    record_view(request, contact)
    back = _list_url(request, workspace)
    form = QuickContactForm(
        request.POST or None, instance=contact, workspace=workspace, by=request.user, auto_id=f"quick-{pk}-%s"
    )
    if save_edit(request, form):
        return HttpResponse(status=204, headers={"HX-Trigger": "saved"}) if request.htmx else redirect(back)
    focus_first_error(form)
    if not form.errors:
        form.fields["firm"].widget.attrs["autofocus"] = True
    context = {"section": "contacts", "form": form, "contact": contact, "back": back}
    if request.htmx:  # which swaps no answer with an error's status
        response = render(request, "contacts/quick_row.html", context)
    else:
        response = render(request, "contacts/quick_edit.html", context, status=form.status_code)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _list_url(request: WorkspaceRequest, workspace: Workspace) -> str:
    target = request.POST.get("next", "") or request.GET.get("next", "")
    is_ours = target.startswith(f"/w/{workspace.slug}/") and url_has_allowed_host_and_scheme(target, None)
    return target if is_ours and target.isprintable() else reverse("contacts:list", args=[workspace.slug])
