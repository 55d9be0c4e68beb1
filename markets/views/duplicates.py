"""Likely duplicates: the list, the comparison of two contacts, merging them, and the list of merges."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from config.ui.lists.addresses import chips_of, link_without, replace_while_typing
from config.ui.lists.tables import PER_PAGE, table_page
from markets.audit.reading import record_view
from markets.contacts.duplicates import Pair, in_words, likely_duplicates, mark_not_duplicates
from markets.contacts.merge import AlreadyMerged, MergeRefused
from markets.filters import MergeFilter
from markets.forms import DuplicateFilterForm, MergeForm
from markets.models import Contact, Role, Workspace
from markets.search import matching
from markets.tables import MergeTable
from markets.workspaces.access import WorkspaceRequest, workspace_page
from signals.contacts.merge import merge
from signals.contacts.merge_preview import compare


@workspace_page(Role.VIEWER)
def duplicate_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    form = DuplicateFilterForm(request.GET)
    pairs = _filter(likely_duplicates(workspace), form, workspace) if form.is_valid() else []
    page = Paginator(pairs, PER_PAGE).get_page(request.GET.get("page"))
    people = workspace.contacts.in_bulk([pk for pair in page for pk in (pair.low, pair.high)])
    existing = [pair for pair in page if pair.low in people and pair.high in people]
    rows = [
        (people[pair.low], people[pair.high], [in_words(reason) for reason in pair.reasons.values()])
        for pair in existing
    ]
    chips = list(chips_of(form, request.GET, request.path))
    unfiltered = link_without(request.GET, form.fields, request.path)
    context = {
        "section": "contacts",
        "form": form,
        "page": page,
        "pairs": rows,
        "chips": chips,
        "unfiltered": unfiltered,
    }
    fragment = "#table" if request.htmx and request.htmx.target == "table" else ""
    response = render(request, f"contacts/duplicates.html{fragment}", context)
    replace_while_typing(request, response, {"q"})
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def _filter(pairs: list[Pair], form: DuplicateFilterForm, workspace: Workspace) -> list[Pair]:
    if kind := form.cleaned_data["kind"]:
        pairs = [pair for pair in pairs if kind in pair.reasons]
    if text := form.cleaned_data["q"]:
        matches = set(matching(workspace.contacts.all(), text, workspace).values_list("pk", flat=True))
        pairs = [pair for pair in pairs if pair.low in matches or pair.high in matches]
    return pairs


def with_both_contacts(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Passes both contacts to the view. If one of them was merged meanwhile, redirects to the one that remains."""

    @wraps(view)
    def wrapper(request: WorkspaceRequest, workspace: Workspace, one: int, other: int) -> HttpResponse:
        if one == other:
            raise Http404("These are not two people.")
        people = []
        for pk in (one, other):
            contact = workspace.contacts.filter(pk=pk).first()
            if contact is None:
                merges = workspace.contact_merges.select_related("workspace", "contact", "merged_by")
                return _redirect_to_merged(request, workspace, AlreadyMerged(get_object_or_404(merges, merged_id=pk)))
            people.append(contact)
        return view(request, workspace, *people)

    return wrapper


def _redirect_to_merged(request: WorkspaceRequest, workspace: Workspace, error: AlreadyMerged) -> HttpResponse:
    messages.info(request, str(error))
    return redirect("contacts:detail", workspace.slug, error.merge.contact_id)


@workspace_page(Role.VIEWER)
@with_both_contacts
def duplicate_compare(request: WorkspaceRequest, workspace: Workspace, one: Contact, other: Contact) -> HttpResponse:
    record_view(request, one, other)
    decision = workspace.not_duplicates.between(one, other).select_related("decided_by").first()
    context = {"section": "contacts", "one": one, "other": other, "decision": decision, **compare(one, other)}
    return render(request, "contacts/compare.html", context)


@workspace_page(Role.MANAGER, "POST")
@with_both_contacts
def contact_merge(request: WorkspaceRequest, workspace: Workspace, one: Contact, other: Contact) -> HttpResponse:
    form = MergeForm(request.POST, people=[one, other])
    if not form.is_valid():
        messages.error(request, _("Say whom to keep, and why in at most 500 characters. Nothing was merged."))
        return redirect("contacts:duplicate", workspace.slug, one.pk, other.pk)
    try:
        merge(by=request.user, **form.merge_arguments)
    except AlreadyMerged as error:
        return _redirect_to_merged(request, workspace, error)
    except MergeRefused as refused:
        messages.error(request, str(refused))
        return redirect("contacts:duplicate", workspace.slug, one.pk, other.pk)
    kept = form.merge_arguments["keep"]
    messages.success(
        request,
        _("%(merged)s and %(kept)s are one person now.") % {"merged": form.merge_arguments["merged"], "kept": kept},
    )
    return redirect("contacts:detail", workspace.slug, kept.pk)


@workspace_page(Role.MANAGER, "POST")
@with_both_contacts
def contacts_set_apart(request: WorkspaceRequest, workspace: Workspace, one: Contact, other: Contact) -> HttpResponse:
    mark_not_duplicates(workspace=workspace, one=one, other=other, by=request.user)
    messages.success(
        request, _("%(one)s and %(other)s are two people; they are not listed again.") % {"one": one, "other": other}
    )
    return redirect("contacts:duplicates", workspace.slug)


@workspace_page(Role.VIEWER)
def merge_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponseBase:
    merges = workspace.contact_merges.select_related("contact", "merged_by")
    return table_page(
        request,
        "contacts/merges.html",
        table_class=MergeTable,
        filterset=MergeFilter(request.GET, merges, workspace=workspace),
        context={"section": "contacts"},
        workspace=workspace,
    )
