from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from calls.log.validation import CallRefused
from config.ui.lists.tables import table_page
from markets.models import Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page
from signals.capture.supersede import correct, new_contradictions
from signals.filters import RuleFilter, SignalFilter, SuggestionFilter
from signals.forms import SignalCorrectionForm
from signals.suggestions.rule_stats import rule_stats
from signals.suggestions.services import accept, refuse
from signals.tables import RuleTable, SignalTable, SuggestionTable


@workspace_page(Role.VIEWER)
def signal_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponseBase:
    signals = workspace.signals.select_related("contact", "call__campaign__market")
    return table_page(
        request,
        "signals/list.html",
        table_class=SignalTable,
        filterset=SignalFilter(request.GET, signals, workspace=workspace),
        context={"section": "signals"},
        workspace=workspace,
    )


@workspace_page(Role.CALLER, "GET POST")
def signal_correct(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Replaces a signal by a newer one."""
    signal = get_object_or_404(workspace.signals.select_related("contact", "call"), pk=pk)
    form = SignalCorrectionForm(request.POST or None, signal=signal)
    if form.is_valid():
        form.require_confirmation(new_contradictions(signal, form.new_signal()))
    if form.is_valid():
        try:
            new = correct(signal=signal, replacement=form.new_signal(), by=request.user)
            said = {"type": new.get_type_display(), "person": signal.contact, "value": _(new.value)}
            messages.success(request, _("%(type)s of %(person)s is %(value)s now.") % said)
            return redirect("contacts:detail", workspace.slug, signal.contact_id)
        except CallRefused as refused:
            form.add_error("value" if refused.code == "value" else None, str(refused))
    return render(request, "signals/correct.html", {"section": "contacts", "signal": signal, "form": form})


@workspace_page(Role.CALLER, "POST")
def suggestion_decide(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Accepts or refuses a suggestion and returns to its call."""
    suggestion = get_object_or_404(workspace.signal_suggestions.select_related("call__campaign"), pk=pk)
    decision = request.POST.get("decision", "")
    try:
        if decision == "accept":
            accept(suggestion=suggestion, by=request.user)
            messages.success(request, _("Captured: %(signal)s.") % {"signal": suggestion.label})
        elif decision == "refuse":
            refuse(suggestion=suggestion, by=request.user)
            messages.success(request, _("Refused: %(signal)s.") % {"signal": suggestion.label})
        else:
            text = _("“%(decision)s” decides nothing; choose Accept or Refuse.") % {"decision": decision[:40]}
            messages.error(request, text)
    except CallRefused as refused:
        messages.error(request, str(refused))
    return redirect("calls:detail", workspace.slug, suggestion.call_id)


@workspace_page(Role.VIEWER)
def suggestion_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponseBase:
    suggestions = workspace.signal_suggestions.select_related("call__contact", "decided_by")
    return table_page(
        request,
        "signals/suggestions.html",
        table_class=SuggestionTable,
        filterset=SuggestionFilter(request.GET, suggestions, workspace=workspace),
        context={"section": "signals"},
        workspace=workspace,
    )


@workspace_page(Role.MANAGER)
def rule_list(request: WorkspaceRequest, workspace: Workspace) -> HttpResponseBase:
    """The acceptance rate of each rule."""
    filterset = RuleFilter(request.GET, workspace.signal_suggestions.all(), workspace=workspace)
    return table_page(
        request,
        "signals/rules.html",
        table_class=RuleTable,
        filterset=filterset,
        context={"section": "signals"},
        rows_of=rule_stats,
        workspace=workspace,
        days={name: request.GET[name] for name in ("from", "to") if request.GET.get(name)},
    )
