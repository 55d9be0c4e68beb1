from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from calls.checking import CallRefused
from config.ui.tables import table_page
from markets.access import workspace_page
from markets.models import Role, Workspace
from signals.correcting import correct, questions_about
from signals.filters import SignalFilter
from signals.forms import SignalCorrectionForm
from signals.tables import SignalTable


@workspace_page(Role.VIEWER)
def signal_list(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    signals = workspace.signals.select_related("contact", "call__campaign")
    return table_page(
        request,
        "signals/list.html",
        table_class=SignalTable,
        filterset=SignalFilter(request.GET, signals, workspace=workspace),
        context={"section": "signals"},
        workspace=workspace,
    )


@workspace_page(Role.CALLER, "GET POST")
def signal_correct(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """What is known of somebody, to be put right by something newer."""
    signal = get_object_or_404(workspace.signals.select_related("contact", "call"), pk=pk)
    form = SignalCorrectionForm(request.POST or None, signal=signal)
    if form.is_valid():
        form.ask(questions_about(signal, form.heard()))
    if form.is_valid():
        try:
            made = correct(signal=signal, heard=form.heard(), by=request.user)
            messages.success(request, f"{made.get_type_display()} of {signal.contact} is {made.value} now.")
            return redirect("contacts:detail", workspace.slug, signal.contact_id)
        except CallRefused as refused:
            form.add_error("value" if refused.code == "value" else None, str(refused))
    return render(request, "signals/correct.html", {"section": "contacts", "signal": signal, "form": form})
