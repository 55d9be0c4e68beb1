"""The notice about a bulk action, with a button that undoes it."""

from django.contrib import messages
from django.template.loader import render_to_string

from campaigns.bulk.sentences import describe
from campaigns.bulk.undo import may_undo
from campaigns.models import BulkAction
from markets.workspaces.access import WorkspaceRequest


def report(request: WorkspaceRequest, action: BulkAction, then: str = "", *, sentence: str = "") -> None:
    """The page that shows it needs the form of calls/undo_form.html. `then` is what comes next, `sentence` replaces
    what the action says of itself."""
    context = {
        "sentence": sentence or describe(action),
        "then": then,
        "action": action,
        "can_undo": action.pk is not None and may_undo(action, request.user, request.access.role),
        "workspace": action.workspace,
    }
    level = messages.success if action.people_count else messages.error
    level(request, render_to_string("selection/done.html", context))
