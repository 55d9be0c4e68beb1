"""What a source said before about contacts: it changes a field only where it changes its own last word (product.md,
section 8)."""

import json
from collections.abc import Collection, Mapping

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from markets.contacts.changes import DERIVED, DERIVED_FIELDS
from markets.imports.contacts.prefilter import Fields
from markets.models import ImportedContact, ImportJob, ImportState

NOT_KEPT = frozenset({"name_key", "profile_key", "phone_problem"})
"""Fields that say no more than others of the row."""
DEPTH = 12
"""How many of the source's last imports of a contact are read. Older ones matter only for a field that these left
blank."""
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def to_json(fields: Fields) -> str:
    """What a row said, as `ImportedContact.values` holds it."""
    if NOT_KEPT.isdisjoint(fields):
        return _encode(fields)
    return _encode({name: value for name, value in fields.items() if name not in NOT_KEPT})


def last_words(job: ImportJob, contacts: Collection[int]) -> dict[int, Fields]:
    """What the job's source last said about each of the contacts in other imports, except undone ones."""
    if not contacts:
        return {}
    said = ImportedContact.objects.filter(
        workspace=job.workspace_id, contact__in=list(contacts), values__isnull=False, job__preset=job.preset_id
    )
    said = said.exclude(job=job.pk).exclude(job__state=ImportState.UNDONE)
    newest_first = Window(RowNumber(), partition_by="contact", order_by=[F("job__started_at").desc(), F("job").desc()])
    rows = said.annotate(age=newest_first).filter(age__lte=DEPTH).order_by("-age")
    words: dict[int, Fields] = {}
    for contact, values in rows.values_list("contact", "values"):
        word = words.setdefault(contact, {})
        news: Fields = values or {}
        if "phone" in news:
            for name in DERIVED["phone"]:
                word.pop(name, None)
        word.update(news)
    return words


def same_word(name: str, one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two rows say the same in a field. A phone number is the same however it was typed."""
    if name == "phone" and one.get("phone_e164") and other.get("phone_e164"):
        return all(one.get(part, "") == other.get(part, "") for part in ("phone_e164", "phone_extension"))
    return one.get(name, "") == other.get(name, "")


def typed_fields(row: Fields) -> list[str]:
    """The fields of a row that are not derived from others."""
    return [name for name in row if name not in DERIVED_FIELDS]
