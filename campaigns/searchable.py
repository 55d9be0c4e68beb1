"""The rows of this app that the search finds."""

from django.db.models import Model

from campaigns.models import Campaign, CampaignContact, Mention, ProposedChange, SharedLink, Task
from markets.search.rows import PERSON
from markets.search.sources import Source, texts

SEARCHABLE: dict[type[Model], Source] = {
    Campaign: Source(texts("name", "market__name"), name_lines=1),
    CampaignContact: Source(related=(PERSON,)),
    ProposedChange: Source(related=(PERSON,)),
    Task: Source(texts("title", "campaign__name"), (PERSON,)),
    Mention: Source(texts("note__text")),
    SharedLink: Source(texts("label")),
}
