from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from campaigns.tags.filters import TagFilter
from campaigns.tags.services import (
    delete_tag,
    offered_tags,
    rename_tag,
    tag_campaign,
    tag_contacts,
    untag,
    with_counts,
)
from campaigns.tags.tables import TagTable
from config.ui.forms import as_id, posted_text
from config.ui.lists.tables import table_page
from markets.models import Contact, Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page

NAME_PROBLEM = _("Enter a tag of at most 60 characters.")


@workspace_page(Role.VIEWER)
def tag_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponseBase:
    tags = with_counts(workspace.tags.select_related("created_by"))
    return table_page(
        request,
        "tags/list.html",
        table_class=TagTable,
        filterset=TagFilter(request.GET, tags, workspace=workspace),
        context={"section": "tags"},
        workspace=workspace,
        can_manage=request.access.can_manage,
    )


@workspace_page(Role.CALLER, "POST")
def contact_tags(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Adds the tag `name` to a person, or takes the tag `remove` off."""
    contact = get_object_or_404(workspace.contacts, pk=pk)

    def add(name: str) -> object:
        return tag_contacts(workspace=workspace, contacts=[contact], name=name, by=request.user)

    return _change(request, contact, add)


@workspace_page(Role.MANAGER, "POST")
def campaign_tags(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    campaign = get_object_or_404(workspace.campaigns, pk=pk)
    return _change(request, campaign, lambda name: tag_campaign(campaign=campaign, name=name, by=request.user))


def _change(request: WorkspaceRequest, subject: Contact | Campaign, add: Callable[[str], object]) -> HttpResponse:
    problem: str | Promise = ""
    if "remove" in request.POST:
        tag = get_object_or_404(subject.workspace.tags, pk=as_id(request.POST["remove"]))
        untag(subject, tag, by=request.user)
    else:
        try:
            add(posted_text(request.POST, "name"))
        except ValidationError:
            problem = NAME_PROBLEM
    if request.htmx:
        result = {"problem": problem, "opened": "name" in request.POST, "workspace": subject.workspace}
        context = chips_context(request, subject) | result
        return render(request, "tags/chips.html", context)
    if problem:
        messages.error(request, str(problem))
    is_contact = isinstance(subject, Contact)
    return redirect("contacts:detail" if is_contact else "campaigns:detail", subject.workspace.slug, subject.pk)


def chips_context(request: WorkspaceRequest, subject: Contact | Campaign) -> dict[str, object]:
    """What tags/chips.html needs for a person or campaign."""
    is_contact = isinstance(subject, Contact)
    tagging = {
        "tags": offered_tags(subject),
        "subject": subject,
        "post_to": "tags:contact" if is_contact else "tags:campaign",
        "list_url": "contacts:list" if is_contact else "campaigns:list",
        "can_tag": request.access.can_call if is_contact else request.access.can_manage,
    }
    return {"tagging": tagging}


@workspace_page(Role.MANAGER, "POST")
def tag_rename(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    tag = get_object_or_404(workspace.tags, pk=pk)
    try:
        kept = rename_tag(tag=tag, name=posted_text(request.POST, "name"), by=request.user)
        merged = (
            gettext("%(tag)s is now part of %(kept)s.") % {"tag": tag, "kept": kept}
            if kept.pk != tag.pk
            else gettext("%(tag)s is now called %(kept)s.") % {"tag": tag, "kept": kept}
        )
        messages.success(request, merged)
    except ValidationError:
        messages.error(request, NAME_PROBLEM)
    return redirect("tags:list", workspace.slug)


@workspace_page(Role.MANAGER, "POST")
def tag_delete(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    tag = get_object_or_404(workspace.tags, pk=pk)
    delete_tag(tag=tag, by=request.user)
    messages.success(request, gettext("Tag %(tag)s deleted.") % {"tag": tag})
    return redirect("tags:list", workspace.slug)
