import logging
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware, now
from django.utils.translation import gettext, ngettext

from campaigns.models import Campaign, Note
from campaigns.notes.filters import MentionFilter
from campaigns.notes.forms import NoteForm
from campaigns.notes.mentions import Mentions
from campaigns.notes.services import delete_note, mark_seen, mark_unseen, mentions_of, write_note
from campaigns.notes.tables import MentionTable
from config.ui.formats import number
from config.ui.forms import posted_text
from config.ui.lists.tables import table_page
from config.ui.optimistic_locking import save_edit
from config.ui.requests import is_visit
from markets.models import Contact, Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page

logger = logging.getLogger(__name__)
ABOUT = ("contact", "campaign__market", "written_by")


@workspace_page(Role.CALLER, "POST")
def contact_note(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    contact = get_object_or_404(workspace.contacts, pk=pk)
    _write(request, workspace, contact=contact)
    return redirect("contacts:detail", workspace.slug, contact.pk)


@workspace_page(Role.CALLER, "POST")
def campaign_note(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    campaign = get_object_or_404(workspace.campaigns, pk=pk)
    _write(request, workspace, campaign=campaign)
    return redirect("campaigns:detail", workspace.slug, campaign.pk)


def _write(
    request: WorkspaceRequest,
    workspace: Workspace,
    *,
    contact: Contact | None = None,
    campaign: Campaign | None = None,
) -> None:
    text = posted_text(request.POST, "text")
    try:
        _, mentions = write_note(workspace=workspace, text=text, by=request.user, contact=contact, campaign=campaign)
        _report(request, mentions)
    except ValidationError as error:
        messages.error(request, error.message)


def _report(request: WorkspaceRequest, mentions: Mentions) -> None:
    told = [str(user) for user in mentions.users if user != request.user]
    messages.success(
        request,
        gettext("Note saved. %(names)s will be told.") % {"names": ", ".join(told)} if told else gettext("Note saved."),
    )
    if mentions.hint:
        messages.warning(request, mentions.hint)


@workspace_page(Role.VIEWER, writes_on_get=True)
def note_detail(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """A note with what it is about. Opening it marks a mention of the user as read."""
    note = get_object_or_404(workspace.notes.filter(deleted_at=None).select_related(*ABOUT), pk=pk)
    unseen = mentions_of(workspace, request.user).filter(note=note, seen_at=None)
    if is_visit(request) and not workspace.archived_at and unseen.exists():
        try:
            mark_seen(unseen)
        except DatabaseError as error:  # such as a read-only standby: the page is shown all the same
            logger.warning("A mention in note %s was not marked as read: %s", note.pk, error)
    context = {"section": "mentions", "note": note, "can_change": may_change(request, note)}
    return render(request, "notes/detail.html", context)


@workspace_page(Role.CALLER, "GET POST")
def note_edit(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    note = get_object_or_404(workspace.notes.filter(deleted_at=None).select_related(*ABOUT), pk=pk)
    if not may_change(request, note):
        raise PermissionDenied(gettext("Only its author and managers can change this note."))
    form = NoteForm(request.POST or None, instance=note)
    form.by = request.user
    if save_edit(request, form):
        _report(request, form.mentions)
        return redirect("notes:detail", workspace.slug, note.pk)
    context = {"section": "mentions", "note": note, "form": form}
    return render(request, "notes/edit.html", context, status=form.status_code)


def may_change(request: WorkspaceRequest, note: Note) -> bool:
    is_author = note.written_by_id == request.user.pk and request.access.can_call
    return is_author or request.access.can_manage


@workspace_page(Role.CALLER, "POST")
def note_delete(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    note = get_object_or_404(workspace.notes.filter(deleted_at=None), pk=pk)
    if not may_change(request, note):
        raise PermissionDenied(gettext("Only its author and managers can delete this note."))
    delete_note(note=note, by=request.user)
    messages.success(request, gettext("Note deleted."))
    if note.contact_id:
        return redirect("contacts:detail", workspace.slug, note.contact_id)
    return redirect("campaigns:detail", workspace.slug, note.campaign_id)


@workspace_page(Role.VIEWER)
def mention_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponseBase:
    related = [f"note__{name}" for name in ABOUT]
    mentions = mentions_of(workspace, request.user).select_related(*related).order_by("-note__written_at", "-pk")
    membership = request.access.membership
    return table_page(
        request,
        "notes/mentions.html",
        table_class=MentionTable,
        filterset=MentionFilter(request.GET, mentions, workspace=workspace),
        context={"section": "mentions", "membership": membership},
        workspace=workspace,
    )


@workspace_page(Role.VIEWER, "POST")
def mentions_seen(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """Marks all mentions of the user as read; `?undo=` and the moment, those marked at it as unread again."""
    mentions, moment = mentions_of(workspace, request.user), _moment(request.GET.get("undo", "")) or now()
    if "undo" in request.GET:
        count = mark_unseen(mentions, moment)
        text = ngettext("%(count)s mention is unread again.", "%(count)s mentions are unread again.", count)
        messages.success(request, text % {"count": number(count)})
    else:
        count = mark_seen(mentions, moment)
        context = {"count": count, "moment": moment.isoformat(), "workspace": workspace}
        messages.success(request, render_to_string("notes/seen.html", context))
    return redirect("mentions:list", workspace.slug)


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and is_aware(moment) else None


@workspace_page(Role.VIEWER, "POST")
def mention_mail(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """Turns the mails about mentions on or off for the user in this workspace."""
    membership = request.access.membership
    if membership:
        membership.wants_mention_mail = request.POST.get("mail") == "on"
        membership.save(update_fields=["wants_mention_mail"])
    return redirect("mentions:list", workspace.slug)
