"""The rows of this app that can be searched."""

from django.db.models import Case, F, Model, TextField, Value, When

from markets.models import (
    Contact,
    ContactMerge,
    ContactPoint,
    FormerKey,
    ImportJob,
    ImportPreset,
    Market,
    OffLimits,
    Suppression,
    Tag,
)
from markets.models.contact_points import SEARCH_TEXT
from markets.search.folding import Fold, Folded, Lines
from markets.search.sources import Related, Source, texts

PERSON = Related(Contact, key="pk", path="contact")
BY_ITSELF = Lines("phone_e164", "email", "phone_prefix", "email_domain", "reason")
"""What a suppression says. One that a rule made says it again for each person that the rule covers."""

SEARCHABLE: dict[type[Model], Source] = {
    Contact: Source(
        lambda: Folded(F("search_text")),
        (Related(ContactPoint, key="contact", path="pk"),),
        name_lines=3,
        number="phone_e164",
    ),
    ContactPoint: Source(lambda: SEARCH_TEXT),
    Market: Source(texts("name"), name_lines=1),
    ContactMerge: Source(texts("label", "reason"), (PERSON, Related(FormerKey, key="merge", path="pk"))),
    FormerKey: Source(texts("value")),
    OffLimits: Source(texts("firm", "reason", "requested_by"), (PERSON,)),
    Suppression: Source(
        lambda: Fold(Case(When(rule=None, then=BY_ITSELF), default=Value(""), output_field=TextField())), (PERSON,)
    ),
    Tag: Source(texts("name")),
    ImportJob: Source(texts("file_name")),
    ImportPreset: Source(texts("name")),
}
