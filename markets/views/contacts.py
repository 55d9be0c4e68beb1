from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from campaigns.membership import place_in_market
from config.ui.forms import as_id
from config.ui.tables import table_page
from markets.access import workspace_page
from markets.filters import ContactFilter
from markets.forms import ContactForm, PhoneForm, ReasonForm
from markets.models import Role, Workspace
from markets.suppressing import suppress
from markets.tables import ContactTable
from signals.intelligence import history_of


@workspace_page(Role.VIEWER)
def contact_list(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    return table_page(
        request,
        "contacts/list.html",
        table_class=ContactTable,
        filterset=ContactFilter(request.GET, workspace.contacts.all(), workspace=workspace),
        context={"section": "contacts"},
        workspace=workspace,
    )


@workspace_page(Role.MANAGER, "GET POST")
def contact_create(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """`?market=` names the landscape that the new person is placed in."""
    wanted = request.GET.get("market", "")
    market = get_object_or_404(workspace.markets, pk=as_id(wanted)) if wanted else None
    form = ContactForm(request.POST or None, workspace=workspace)
    if form.is_valid():
        with transaction.atomic():
            contact = form.save()
            if market:
                place_in_market(workspace_id=workspace.pk, market_id=market.pk, contacts=[contact.pk])
        return redirect("contacts:detail", workspace.slug, contact.pk)
    return render(request, "contacts/form.html", {"section": "contacts", "form": form, "market": market})


@workspace_page(Role.VIEWER)
def contact_detail(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Who was merged into somebody is found there for good."""
    contact = workspace.contacts.filter(pk=pk).first()
    if contact is None:
        merge = get_object_or_404(workspace.contact_merges, merged_id=pk)
        return redirect("contacts:detail", workspace.slug, merge.contact_id, permanent=True)
    context = {"section": "contacts", "contact": contact, **history_of(contact)}
    return render(request, "contacts/detail.html", context)


@workspace_page(Role.MANAGER, "GET POST")
def contact_edit(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponse:
    contact = get_object_or_404(workspace.contacts, pk=pk)
    form = ContactForm(request.POST or None, instance=contact, workspace=workspace)
    if form.is_valid():
        form.save()
        return redirect("contacts:detail", workspace.slug, contact.pk)
    return render(request, "contacts/form.html", {"section": "contacts", "form": form, "contact": contact})


@workspace_page(Role.CALLER, "POST")
def contact_repair(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Saves another number for somebody whose number was incorrect or missing."""
    contact = get_object_or_404(workspace.contacts, pk=pk)
    form = PhoneForm(request.POST, contact=contact)
    if form.is_valid():
        form.save()
        messages.success(request, f"{contact} can be reached at {contact.phone} from now on.")
    else:
        messages.error(request, " ".join(sentence for errors in form.errors.values() for sentence in errors))
    return redirect("contacts:detail", workspace.slug, pk)


@workspace_page(Role.CALLER, "POST")
def contact_suppress(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponse:
    contact = get_object_or_404(workspace.contacts, pk=pk)
    form = ReasonForm(request.POST)
    if form.is_valid():
        suppress(contact=contact, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, f"{contact} will not be called again, in any campaign.")
    else:
        messages.error(request, "Say why this person must not be called, in at most 500 characters.")
    return redirect("contacts:detail", workspace.slug, pk)
