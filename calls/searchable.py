"""The rows of this app that the search finds."""

from django.db.models import Model, Q

from calls.models import Call, Meeting
from markets.models import Contact
from markets.search.rows import PERSON
from markets.search.sources import Related, Source, texts

SEARCHABLE: dict[type[Model], Source] = {
    Call: Source(texts("notes"), (PERSON,), recent=("-started_at", "-pk"), has_text=~Q(notes="")),
    Meeting: Source(related=(Related(Contact, key="pk", path="call__contact"),)),
}
