"""Notes with three suggestions, and what tests do with them."""

from django.urls import reverse

from calls.models import Call
from signals.suggestions.services import suggest

NOTES = "Good talk. Says that he is underpaid, and has started asking around. Call him any time!"


def values(of_call):
    """With a call loaded anew, as the page does."""
    return [each.suggestion.value for each in suggest(Call.objects.get(pk=of_call.pk))]


def suggestion_of(of_call, value):
    return next(each.suggestion for each in suggest(of_call) if each.suggestion.value == value)


def decide(client, suggestion, decision, **more):
    return client.post(reverse("signals:decide", args=["acme", suggestion.pk]), {"decision": decision}, **more)
