"""What managers decide about callbacks that nobody would make otherwise."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from calls.callbacks.decisions import decide, done
from calls.callbacks.handover import LEFT, REMOVED, describe_event, hand_over, is_decided, to_hand_over
from calls.filters import CallbackFilter
from calls.metrics import callbacks
from calls.models import CallbackDecision
from campaigns.callers.services import CallerRefused
from campaigns.forms.callers import HandOverForm
from campaigns.forms.status import DECISIONS, DecisionForm
from config.ui.formats import number
from config.ui.forms import as_id
from markets.models import Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page

MAX_SELECTED = 10_000
MAX_SHOWN = 50


@workspace_page(Role.MANAGER, "POST")
def callbacks_decide(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """Decides about the ticked callbacks that are owed, or about all of the list's filter."""
    form = DecisionForm(request.POST, workspace=workspace, choices=DECISIONS)
    if not form.is_valid() or not form.cleaned_data["callbacks"]:
        errors = [str(error) for name in form.errors for error in form.errors[name]]
        messages.error(request, " ".join(errors) or _("Choose what becomes of the callbacks. Nothing was decided."))
    elif not (calls := _chosen(request, workspace)):
        messages.error(request, _("Tick at least one callback. Nothing was decided."))
    else:
        decision = CallbackDecision(form.cleaned_data["callbacks"])
        to = form.cleaned_data.get("callbacks_to")
        decided = decide(workspace=workspace, calls=calls, decision=decision, by=request.user, to=to)
        if decided.count:
            messages.success(request, done(decision, decided.count))
        for refusal in decided.refusals:
            messages.error(request, refusal)
        if not (decided.count or decided.refusals):
            messages.info(request, _("Somebody else decided about these callbacks meanwhile."))
    return redirect(f"{reverse('callbacks:list', args=[workspace.slug])}?state=owed")


def _chosen(request: WorkspaceRequest, workspace: Workspace) -> list[int]:
    if "everybody" in request.POST:
        filterset = CallbackFilter(request.GET, callbacks.with_state(workspace), workspace=workspace)
        return list(filterset.qs.values_list("pk", flat=True)) if filterset.is_valid() else []
    ids = (as_id(text) for text in request.POST.getlist("call")[:MAX_SELECTED])
    return [pk for pk in ids if pk is not None]


@workspace_page(Role.MANAGER, "GET POST")
def callbacks_hand_over(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """The open callbacks of a caller who left. POST says who makes them."""
    event = get_object_or_404(workspace.audit_events.filter(action__in=[REMOVED, LEFT]), pk=pk)
    form = HandOverForm(request.POST if request.method == "POST" else None, workspace=workspace)
    if form.is_valid():
        chosen = form.cleaned_data
        try:
            takers = hand_over(
                workspace=workspace,
                event=event,
                to=chosen["to"] if chosen["how"] == "one" else None,
                evenly=chosen["how"] == "evenly",
                by=request.user,
            )
        except CallerRefused as refused:
            form.add_error("to", str(refused))
        else:
            handed = sum(takers.values())
            said = (
                _("Callbacks: %(count)s handed over.") % {"count": number(handed)}
                if handed
                else _("Callbacks: They are left to all callers.")
            )
            messages.success(request, said)
            return redirect("callbacks:list", workspace.slug)
    waiting = to_hand_over(workspace, event).select_related("contact", "campaign__market", "caller")
    context = {
        "section": "callbacks",
        "summary": describe_event(event),
        "form": form,
        "count": waiting.count(),
        "callbacks": waiting[:MAX_SHOWN],
        "is_decided": is_decided(event),
    }
    return render(request, "callbacks/hand_over.html", context, status=400 if form.errors else 200)
