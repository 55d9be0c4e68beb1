"""Keys and names that a person corrected: a file that still has the old ones means the same contact, not a new one."""

from collections import defaultdict
from collections.abc import Iterator

from markets.contacts.name_similarity import may_be_same_name
from markets.contacts.normalization import fold
from markets.imports.contacts.prefilter import KEYS, Fields
from markets.models import ContactChange, ImportJob

PLAIN_KEYS = ("external_id", "email", "profile_key")
CORRECTED = [*PLAIN_KEYS, "phone_e164", "name_key", "firm"]


class CorrectedKeys:
    """The old keys of all contacts of a job's workspace, as of the beginning of the import."""

    def __init__(self, job: ImportJob):
        self._contacts: dict[tuple[str, ...], int] = {}
        self._names: defaultdict[int, set[str]] = defaultdict(set)
        changes = ContactChange.objects.filter(
            workspace=job.workspace_id, import_job=None, before__has_any_keys=CORRECTED
        )
        now = [f"contact__{name}" for name in ("full_name", "name_key", "phone_e164", "firm")]
        for contact, before, full_name, *stored in changes.order_by("changed_at", "id").values_list(
            "contact", "before", *now
        ):
            self._names[contact] |= {full_name, before.get("full_name", "")} - {""}
            current = dict(zip(("name_key", "phone_e164", "firm"), stored, strict=True))
            for key in _keys(before, current):
                self._contacts[key] = contact

    def __bool__(self) -> bool:
        return bool(self._contacts)

    def find(self, row: Fields) -> int | None:
        """The contact that had one of the row's keys, unless the row gives a name that the contact never had."""
        for key in _keys(row, {}):
            contact = self._contacts.get(key)
            if contact and self._may_be_called(contact, row.get("full_name", "")):
                return contact
        return None

    def _may_be_called(self, contact: int, name: str) -> bool:
        names = self._names[contact]
        return not (name and names) or any(may_be_same_name(name, each) for each in names)


def _keys(values: Fields, current: Fields) -> Iterator[tuple[str, ...]]:
    """The keys in a row; or, with what is stored now, those that a contact had before a change."""
    for name in PLAIN_KEYS:
        if value := values.get(name):
            yield name, value
    both = current | values
    for name_key in {both.get("name_key", ""), current.get("name_key", "")}:
        if phone := both.get("phone_e164"):
            yield "phone_e164", phone, name_key
        if name_key and both.get("firm") and values.keys().isdisjoint(KEYS if not current else ()):
            yield "firm", fold(both["firm"]), name_key
