"""Replaces an erased person in stored documents. The numbers stay; names, firms, titles and words go."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.db.models import QuerySet

from campaigns.models import CampaignReport, SharedLink
from markets.contacts.erasure import ERASED_TEXT, Identity
from signals.report.shape import Person

IS_DATE = re.compile(r"\d{4}-\d\d-\d\d(T|$)")
SAID = ("words", "note", "notes", "evidence")
"""Keys of what was said by the person that a row is about, or written about them."""


def erase_reports(identity: Identity) -> None:
    """In all frozen reports and shared links of the person's workspace. The campaigns of the person are locked, so
    that none of them is completed meanwhile."""
    eraser = Eraser(identity)
    for row in _with_documents(identity):
        if eraser.erase(row.document):
            row.save(update_fields=["document"])


def _with_documents(identity: Identity) -> Iterator[CampaignReport | SharedLink]:
    workspace = identity.contact.workspace_id
    reports: QuerySet[CampaignReport] = CampaignReport.objects.filter(workspace=workspace)
    links: QuerySet[SharedLink] = SharedLink.objects.filter(workspace=workspace, document__isnull=False)
    yield from reports.order_by("pk").iterator(chunk_size=10)
    yield from links.order_by("pk").iterator(chunk_size=10)


class Eraser:
    """Erases one person from any number of documents. Their texts repeat, so each is looked at once."""

    def __init__(self, identity: Identity):
        self.identity = identity
        self.ids = {str(key) for key in identity.ids}
        self.erased = Person(name=identity.label, firm="", title="")
        self.names_person = cache(lambda text: not IS_DATE.match(text) and identity.is_in_text(text))

    def erase(self, value: Any, *, is_own: bool = False) -> bool:
        """Changes a document in place. Returns whether it named or quoted the person.

        `is_own` is true within a row about them.
        """
        if isinstance(value, list):
            changes = [self._erase_at(value, place, inner, is_own) for place, inner in enumerate(value)]
            return any(changes)
        if not isinstance(value, dict):
            return False
        is_own = is_own or str(value.get("person")) in self.ids
        changes = [self._erase_at(value, key, inner, is_own) for key, inner in value.items()]
        return any(changes)

    def _erase_at(self, holder: Any, key: Any, inner: Any, is_own: bool) -> bool:
        if key == "people" and isinstance(inner, dict):
            named = [each for each in self.ids & inner.keys() if inner[each] != self.erased]
            inner.update(dict.fromkeys(named, self.erased))
            return bool(named)
        if not isinstance(inner, str):
            return self.erase(inner, is_own=is_own)
        if inner in ("", ERASED_TEXT) or not ((is_own and key in SAID) or self.names_person(inner)):
            return False
        holder[key] = ERASED_TEXT
        return True
