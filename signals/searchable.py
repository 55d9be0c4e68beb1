"""The rows of this app that the search finds."""

from django.db.models import Model, Q

from markets.models import Contact
from markets.search.rows import PERSON
from markets.search.sources import Related, Source, texts
from signals.models import Signal, SignalSuggestion

SEARCHABLE: dict[type[Model], Source] = {
    Signal: Source(texts("evidence"), (PERSON,), recent=("-heard_at", "-pk"), has_text=~Q(evidence="")),
    SignalSuggestion: Source(related=(Related(Contact, key="pk", path="call__contact"),)),
}
