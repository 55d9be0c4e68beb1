from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from campaigns.models import Campaign, Task
from campaigns.tasks.filters import TaskFilter
from campaigns.tasks.forms import TaskForm
from campaigns.tasks.services import open_tasks, set_done
from campaigns.tasks.tables import TaskTable
from config.ui.forms import as_id, save_or_add_error
from config.ui.lists.tables import table_page
from config.ui.optimistic_locking import save_edit
from markets.models import Contact, Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page

MOST_SHOWN = 10


@workspace_page(Role.VIEWER)
def task_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponseBase:
    tasks = workspace.tasks.select_related("owner", "contact", "campaign__market", "done_by")
    return table_page(
        request,
        "tasks/list.html",
        table_class=TaskTable,
        filterset=TaskFilter(request.GET, tasks, workspace=workspace, user=request.user),
        context={"section": "tasks"},
        workspace=workspace,
        can_call=request.access.can_call,
        today=workspace.today(),
    )


@workspace_page(Role.CALLER, "GET POST")
def task_create(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """`?contact=` and `?campaign=` say what the task is about. Its owner is the user unless another is chosen."""
    contact, campaign = (_about(request, name, rows) for name, rows in _subjects(workspace))
    form = TaskForm(request.POST or None, workspace=workspace, initial={"owner": request.user.pk})
    form.by = request.user
    task = form.instance
    task.contact, task.campaign, task.created_by = contact, campaign, request.user
    if form.is_valid() and save_or_add_error(form):
        messages.success(request, _("Task “%(title)s” added.") % {"title": task.title})
        return redirect(_page_of(task))
    return render(request, "tasks/form.html", {"section": "tasks", "form": form, "task": task})


def _subjects(workspace: Workspace) -> list[tuple[str, Any]]:
    return [("contact", workspace.contacts), ("campaign", workspace.campaigns.select_related("market"))]


def _about(request: WorkspaceRequest, name: str, rows: Any) -> Any:
    """The row that a query parameter names, or None without one. Raises Http404 for any other."""
    text = request.GET.get(name, "")
    return get_object_or_404(rows, pk=as_id(text)) if text else None


def _page_of(task: Task) -> str:
    slug = task.workspace.slug
    if task.contact_id:
        return reverse("contacts:detail", args=[slug, task.contact_id])
    if task.campaign_id:
        return reverse("campaigns:detail", args=[slug, task.campaign_id])
    return reverse("tasks:list", args=[slug])


@workspace_page(Role.CALLER, "GET POST")
def task_edit(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    task = get_object_or_404(workspace.tasks.select_related("contact", "campaign__market"), pk=pk)
    form = TaskForm(request.POST or None, instance=task, workspace=workspace)
    form.by = request.user
    if save_edit(request, form):
        return redirect("tasks:list", workspace.slug)
    context = {"section": "tasks", "form": form, "task": task}
    return render(request, "tasks/form.html", context, status=form.status_code)


@workspace_page(Role.CALLER, "POST")
def task_done(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """`done=yes` marks the task as done, anything else as open again. Goes back to the page in `next`."""
    task = get_object_or_404(workspace.tasks, pk=pk)
    is_done = request.POST.get("done") == "yes"
    if set_done(task=task, is_done=is_done, by=request.user):
        messages.success(
            request,
            (_("“%(title)s” is done.") if is_done else _("“%(title)s” is open again.")) % {"title": task.title},
        )
    back = request.POST.get("next", "")
    list_url = reverse("tasks:list", args=[workspace.slug])
    is_ours = back.startswith(f"/w/{workspace.slug}/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if is_ours and back.isprintable() else list_url)


def tasks_context(subject: Contact | Campaign) -> dict[str, object]:
    """What tasks/panel.html needs for a person or campaign. One query."""
    tasks = list(open_tasks(subject.tasks.all())[: MOST_SHOWN + 1])
    kind = "contact" if isinstance(subject, Contact) else "campaign"
    shown = {"open": tasks[:MOST_SHOWN], "has_more": len(tasks) > MOST_SHOWN, "kind": kind, "subject": subject}
    return {"tasks": shown}
