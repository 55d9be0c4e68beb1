"""Who said what of a contact: who gave each field last, what each source said last, and all changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import Coalesce, RowNumber

from markets.contacts.changes import BITS, DERIVED_FIELDS, PARTS
from markets.custom_fields.values import PREFIX
from markets.models import Contact, ContactChange, ImportedContact, ImportJob, ImportState, User


@dataclass(frozen=True)
class FieldWord:
    """A field with its value, and who said so last: a person or an import. Neither is known of a value from before
    changes were recorded."""

    name: str
    value: str
    by: User | None = None
    job: ImportJob | None = None
    at: datetime | None = None
    is_kept: bool = False
    """A person gave it, so files do not change it."""

    @property
    def label(self) -> str:
        return field_label(self.name)


def field_label(name: str) -> str:
    """As on the contact's form; other names, such as those of custom fields, as they are."""
    try:
        label = str(Contact._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    except FieldDoesNotExist:
        label = name.removeprefix(PREFIX).replace("_", " ")
    return label[:1].upper() + label[1:]


def last_said(contact: Contact) -> list[FieldWord]:
    """The fields that have a value or that a person emptied."""
    changes = list(_standing_changes(contact))
    origin = _origin(contact)
    return [
        _last_word(contact, name, changes, origin)
        for name in PARTS
        if getattr(contact, name) or contact.person_fields & BITS[name]
    ]


def _last_word(
    contact: Contact, name: str, changes: Sequence[ContactChange], origin: ImportedContact | None
) -> FieldWord:
    value, is_kept = getattr(contact, name), bool(contact.person_fields & BITS[name])
    change = next((each for each in changes if PARTS[name] & each.after.keys()), None)
    if change:
        return FieldWord(name, value, change.changed_by, change.import_job, change.changed_at, is_kept)
    if origin and name in (origin.values or {}):
        return FieldWord(name, value, None, origin.job, origin.job.started_at or origin.job.created_at, is_kept)
    return FieldWord(name, value, is_kept=is_kept)


def _standing_changes(contact: Contact) -> QuerySet[ContactChange]:
    """Newest first, without those of imports that were undone."""
    changes = contact.changes.exclude(import_job__state=ImportState.UNDONE)
    return changes.select_related("changed_by", "import_job").order_by("-changed_at", "-id")


def _origin(contact: Contact) -> ImportedContact | None:
    """The import that created the contact."""
    created = contact.imports.filter(outcome=ImportedContact.Outcome.CREATED, values__isnull=False)
    return created.exclude(job__state=ImportState.UNDONE).select_related("job").first()


def all_changes(contact: Contact) -> QuerySet[ContactChange]:
    """Newest first, with those that an undo took back."""
    return contact.changes.select_related("changed_by", "import_job").order_by("-changed_at", "-id")


def source_words(contact: Contact) -> list[ImportedContact]:
    """What each source last said, newest first."""
    started = Coalesce("job__started_at", "job__created_at")
    newest_first = Window(RowNumber(), partition_by=F("job__preset"), order_by=[started.desc(), F("job").desc()])
    said = contact.imports.filter(~Q(job__state=ImportState.UNDONE), values__isnull=False)
    newest = said.annotate(age=newest_first, said_at=started).filter(age=1)
    return list(newest.select_related("job", "job__preset").order_by("-said_at"))


def changed_values(change: ContactChange) -> list[tuple[str, str, str]]:
    """Each field that a person or a file gave, with its values before and after."""
    return [
        (field_label(name), change.before.get(name, ""), value)
        for name, value in change.after.items()
        if name not in DERIVED_FIELDS
    ]


def said_values(imported: ImportedContact) -> list[tuple[str, str]]:
    values: dict[str, str] = imported.values or {}
    return [(field_label(name), value) for name, value in values.items() if name not in DERIVED_FIELDS]
