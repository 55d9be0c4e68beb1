"""Suggestions from the notes of recent conversations: most were decided, a few wait."""

from datetime import datetime, timedelta
from itertools import count

from calls.models import Call
from markets.models import Workspace
from signals.models import SignalSuggestion
from signals.suggestions.services import accept, refuse, suggest

FROM_THE_LAST = timedelta(days=60)
DECIDED_WITHIN = timedelta(minutes=3)


def suggest_from_notes(workspace: Workspace, moment: datetime) -> None:
    """Of each five suggestions one is refused. Those of the last week are open."""
    number = count()
    calls = workspace.calls.conversations().filter(voided_at=None, started_at__gte=moment - FROM_THE_LAST)
    for call in calls.exclude(notes="").select_related("caller", "campaign").order_by("started_at", "pk"):
        for each in suggest(call):
            if call.caller and call.started_at < moment - timedelta(days=7):
                decide = refuse if next(number) % 5 == 4 else accept
                decide(suggestion=each.suggestion, by=call.caller)
        _backdate(call)


def _backdate(call: Call) -> None:
    suggestions = SignalSuggestion.objects.filter(call=call)
    suggestions.update(suggested_at=call.recorded_at)
    suggestions.exclude(decided_at=None).update(decided_at=call.recorded_at + DECIDED_WITHIN)
