from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.ui.formats import number
from config.ui.forms import as_id, posted_text, save_or_add_error
from config.ui.lists.tables import table_page
from config.ui.optimistic_locking import save_edit
from markets.models import Role, Webhook, Workspace
from markets.models.webhooks import DeliveryState
from markets.webhooks import services
from markets.webhooks.filters import DeliveryFilter, WebhookFilter
from markets.webhooks.forms import WebhookForm
from markets.webhooks.queue import replay
from markets.webhooks.tables import DeliveryTable, WebhookTable
from markets.workspaces.access import WorkspaceRequest, workspace_page

SECTION: dict[str, object] = {"section": "webhooks"}


@workspace_page(Role.MANAGER)
def webhook_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponseBase:
    webhooks = workspace.webhooks.kept().select_related("created_by")
    return table_page(
        request,
        "webhooks/list.html",
        table_class=WebhookTable,
        filterset=WebhookFilter(request.GET, webhooks, workspace=workspace),
        context=SECTION,
        workspace=workspace,
    )


@workspace_page(Role.MANAGER, "GET POST")
def webhook_create(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """Answers with the page that shows the secret: it is nowhere to be seen again."""
    webhook = Webhook(workspace=workspace, created_by=request.user)
    secret = services.set_new_secret(webhook)
    form = WebhookForm(request.POST or None, instance=webhook)
    form.by = request.user
    if form.is_valid() and save_or_add_error(form):
        return render(request, "webhooks/secret.html", SECTION | {"webhook": webhook, "secret": secret})
    return render(request, "webhooks/form.html", SECTION | {"form": form, "webhook": None})


@workspace_page(Role.MANAGER, "GET POST")
def webhook_edit(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    webhook = get_object_or_404(workspace.webhooks.kept(), pk=pk)
    form = WebhookForm(request.POST or None, instance=webhook)
    form.by = request.user
    if save_edit(request, form):
        messages.success(request, _("Webhook saved."))
        return redirect("webhooks:detail", workspace.slug, webhook.pk)
    context = SECTION | {"form": form, "webhook": workspace.webhooks.get(pk=pk)}
    return render(request, "webhooks/form.html", context, status=form.status_code)


@workspace_page(Role.MANAGER)
def webhook_detail(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponseBase:
    """The log of deliveries."""
    webhook = get_object_or_404(workspace.webhooks.kept(), pk=pk)
    deliveries = workspace.webhook_deliveries.of_webhook(webhook).select_related("event")
    failed = deliveries.filter(state=DeliveryState.FAILED)
    waiting = deliveries.waiting()
    return table_page(
        request,
        "webhooks/detail.html",
        table_class=DeliveryTable,
        filterset=DeliveryFilter(request.GET, deliveries, workspace=workspace),
        context=SECTION | {"webhook": webhook, "has_failed": failed.exists(), "waiting": waiting.count()},
        workspace=workspace,
        webhook=webhook,
    )


@workspace_page(Role.MANAGER, "POST")
def webhook_switch(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Starts or stops it, as `to` says."""
    webhook = get_object_or_404(workspace.webhooks.kept(), pk=pk)
    if posted_text(request.POST, "to") == "start":
        services.start(webhook=webhook, by=request.user)
        messages.success(request, _("Webhook started. What waits is delivered now."))
    else:
        services.stop(webhook=webhook, by=request.user)
        messages.success(request, _("Webhook stopped. Nothing is sent, and what happens meanwhile is never sent."))
    return redirect("webhooks:detail", workspace.slug, pk)


@workspace_page(Role.MANAGER, "POST")
def webhook_delete(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    webhook = get_object_or_404(workspace.webhooks.kept(), pk=pk)
    services.delete(webhook=webhook, by=request.user)
    messages.success(request, _("Webhook deleted. Nothing is sent to %(url)s any more.") % {"url": webhook.url})
    return redirect("webhooks:list", workspace.slug)


@workspace_page(Role.MANAGER, "POST")
def webhook_rotate(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    webhook = get_object_or_404(workspace.webhooks.kept(), pk=pk)
    secret = services.rotate_secret(webhook=webhook, by=request.user)
    return render(request, "webhooks/secret.html", SECTION | {"webhook": webhook, "secret": secret, "is_new": True})


@workspace_page(Role.MANAGER, "POST")
def webhook_test(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    webhook = get_object_or_404(workspace.webhooks.kept(), pk=pk)
    if webhook.is_active:
        services.send_test(webhook)
        messages.success(request, _("A test event is on its way. Its answer appears below in a few seconds."))
    else:
        messages.error(request, _("Nothing is sent while the webhook is stopped. Start it first."))
    return redirect("webhooks:detail", workspace.slug, pk)


@workspace_page(Role.MANAGER, "POST")
def webhook_replay(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Sends one delivery again (`delivery`), or all that failed."""
    webhook = get_object_or_404(workspace.webhooks.kept(), pk=pk)
    deliveries = workspace.webhook_deliveries.of_webhook(webhook)
    if "delivery" in request.POST:
        chosen = deliveries.filter(pk=as_id(posted_text(request.POST, "delivery")) or 0)
    else:
        chosen = deliveries.filter(state=DeliveryState.FAILED)
    count = replay(chosen)
    sentence = ngettext("%(count)s event is sent again.", "%(count)s events are sent again.", count)
    messages.success(request, sentence % {"count": number(count)})
    return redirect("webhooks:detail", workspace.slug, pk)
