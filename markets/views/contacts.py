from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.timezone import now
from django.utils.translation import gettext as _

from campaigns.bulk.selection import PeopleList
from campaigns.bulk.views.bar import complete_with, selection_bar
from campaigns.membership import add_to_market
from campaigns.models import SavedView
from campaigns.tags.views import chips_context
from campaigns.tasks.views import tasks_context
from campaigns.viewing.menu import view_menu
from config.ui.forms import as_id, focus_first_empty, save_or_add_error
from config.ui.lists.tables import PER_PAGE, page_of, table_page
from config.ui.optimistic_locking import save_edit
from markets.audit.reading import record_view
from markets.filters import ContactFilter
from markets.forms import ContactForm, PhoneForm, SuppressContactForm
from markets.models import Contact, ContactChange, Market, Role, Workspace
from markets.off_limits.forms import OffLimitsForm
from markets.tables import ContactTable
from markets.workspaces.access import WorkspaceRequest, workspace_page
from signals.capture.supersede import signal_histories
from signals.contacts import field_history
from signals.contacts.next_steps import next_steps
from signals.contacts.timeline import KINDS, Timeline
from signals.market_page.page import history_of


@workspace_page(Role.VIEWER)
def contact_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponseBase:
    views = view_menu(request, workspace, SavedView.List.CONTACTS)
    if views.redirect:
        return redirect(views.redirect)
    filterset = ContactFilter(request.GET, workspace.contacts.all(), workspace=workspace)
    bar = selection_bar(request, PeopleList(workspace), filterset)
    return table_page(
        request,
        "contacts/list.html",
        table_class=ContactTable,
        filterset=filterset,
        context={"section": "contacts", "views": views, "bar": bar},
        complete_page=complete_with(bar),
        workspace=workspace,
        can_edit=request.access.can_manage,
        can_select=bar is not None,
        extra_columns=filterset.custom_columns,
    )


@workspace_page(Role.MANAGER, "GET POST")
def contact_create(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """`?market=` is the market whose landscape gets the new contact."""
    market_id = request.GET.get("market", "")
    market = get_object_or_404(workspace.markets, pk=as_id(market_id)) if market_id else None
    form = ContactForm(request.POST or None, workspace=workspace, by=request.user)
    if form.is_valid() and _create(form, market):
        return redirect("contacts:detail", workspace.slug, form.instance.pk)
    focus_first_empty(form)
    return render(request, "contacts/form.html", {"section": "contacts", "form": form, "market": market})


@transaction.atomic
def _create(form: ContactForm, market: Market | None) -> bool:
    is_saved = save_or_add_error(form)
    if is_saved and market:
        add_to_market(workspace_id=form.workspace.pk, market_id=market.pk, contacts=[form.instance.pk])
    return is_saved


@workspace_page(Role.VIEWER)
def contact_detail(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """A contact and their timeline. The URL of a merged contact redirects permanently to the one that remains."""
    contact = workspace.contacts.filter(pk=pk).first()
    if contact is None:
        merge = get_object_or_404(workspace.contact_merges, merged_id=pk)
        return redirect("contacts:detail", workspace.slug, merge.contact_id, permanent=True)
    record_view(request, contact)
    context = {"section": "contacts", "contact": contact, **_timeline(request, contact)}
    if request.htmx and request.htmx.target == "timeline":
        response = render(request, "contacts/timeline.html", context)
    else:
        words = field_history.last_said(contact, field_history.FieldLabels(workspace))
        context |= history_of(contact) | {"known": signal_histories(contact), "words": words}
        context |= _steps_context(contact, context)
        context["suppress_form"] = SuppressContactForm(contact=contact)
        context |= chips_context(request, contact) | tasks_context(contact)
        context["off_limits_form"] = OffLimitsForm(workspace=workspace, contact=contact)
        response = render(request, "contacts/detail.html", context)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def _steps_context(contact: Contact, history: dict[str, Any]) -> dict[str, object]:
    """Evaluates the memberships and what bars a call, which the page shows as well."""
    memberships = list(history["memberships"])
    is_barred = any(history[name] for name in ("suppressions", "off_limits", "erasures"))
    steps = next_steps(contact, memberships, now(), is_barred=is_barred)
    return {"memberships": memberships, "steps": steps}


def _timeline(request: WorkspaceRequest, contact: Contact) -> dict[str, object]:
    """The requested page of the timeline, with notices about invalid query parameters."""
    kind = request.GET.get("kind", "")
    is_valid = kind in ("", *KINDS)
    timeline: Any = Timeline(contact, kind) if is_valid else []
    events, notices = page_of(Paginator(timeline, PER_PAGE), request.GET.get("page", ""))
    if not is_valid:
        notices = [f"There is no kind of event “{kind[:40]}”; use one of {', '.join(KINDS)}.", *notices]
    return {"events": events, "kind": kind if is_valid else "", "kinds": KINDS, "notices": notices}


@workspace_page(Role.VIEWER)
def contact_history(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Who gave each field last, what each source said last, and all changes."""
    contact = get_object_or_404(workspace.contacts, pk=pk)
    record_view(request, contact)
    page, notices = page_of(Paginator(field_history.all_changes(contact), PER_PAGE), request.GET.get("page", ""))
    changes, labels = cast("list[ContactChange]", list(page)), field_history.FieldLabels(workspace)
    context = {
        "section": "contacts",
        "contact": contact,
        "words": field_history.last_said(contact, labels),
        "sources": [(each, field_history.said_values(each, labels)) for each in field_history.source_words(contact)],
        "page": page,
        "changes": [(change, field_history.changed_values(change, labels)) for change in changes],
        "notices": notices,
    }
    return render(request, "contacts/history.html", context)


@workspace_page(Role.MANAGER, "GET POST")
def contact_edit(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    contact = get_object_or_404(workspace.contacts, pk=pk)
    record_view(request, contact)
    form = ContactForm(request.POST or None, instance=contact, workspace=workspace, by=request.user)
    if save_edit(request, form):
        return redirect("contacts:detail", workspace.slug, contact.pk)
    context = {"section": "contacts", "form": form, "contact": contact}
    return render(request, "contacts/form.html", context, status=form.status_code)


@workspace_page(Role.CALLER, "POST")
def contact_repair(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Saves a new number for a contact whose number was wrong or missing."""
    contact = get_object_or_404(workspace.contacts, pk=pk)
    form = PhoneForm(request.POST, contact=contact, by=request.user)
    if form.is_valid() and save_or_add_error(form):
        messages.success(
            request,
            _("%(contact)s can be reached at %(phone)s from now on.") % {"contact": contact, "phone": contact.phone},
        )
    else:
        messages.error(request, " ".join(str(sentence) for errors in form.errors.values() for sentence in errors))
    return redirect("contacts:detail", workspace.slug, pk)


@workspace_page(Role.CALLER, "POST")
def contact_suppress(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    contact = get_object_or_404(workspace.contacts, pk=pk)
    form = SuppressContactForm(request.POST, contact=contact)
    if form.is_valid():
        form.save(by=request.user)
        messages.success(request, _("%(contact)s will not be called again, in any campaign.") % {"contact": contact})
    else:
        messages.error(request, " ".join(str(sentence) for errors in form.errors.values() for sentence in errors))
    return redirect("contacts:detail", workspace.slug, pk)
