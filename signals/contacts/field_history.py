"""Who said what of a contact: who gave each field last, what each source said last, and all changes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import Coalesce, RowNumber

from markets.contacts.changes import BITS, DERIVED_FIELDS, PARTS
from markets.custom_fields.values import PREFIX
from markets.models import Contact, ContactChange, ImportedContact, ImportJob, ImportState, User, Workspace


@dataclass(frozen=True)
class FieldWord:
    """A field with its value, and who said so last: a person or an import. Neither is known of a value from before
    changes were recorded."""

    name: str
    label: str
    value: str
    by: User | None = None
    job: ImportJob | None = None
    at: datetime | None = None
    is_kept: bool = False
    """A person gave it, so files do not change it."""


class FieldLabels:
    """The labels of fields: as on the contact's form, and the names of custom fields that are not hidden."""

    def __init__(self, workspace: Workspace):
        self.custom = {f"{PREFIX}{field.key}": field.name for field in workspace.custom_fields.shown()}

    def __getitem__(self, name: str) -> str:
        if name in self.custom:
            return self.custom[name]
        try:
            label = str(Contact._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
        except FieldDoesNotExist:
            label = name.removeprefix(PREFIX).replace("_", " ")
        return label[:1].upper() + label[1:]


def last_said(contact: Contact, labels: FieldLabels) -> list[FieldWord]:
    """The fields that have a value or that a person emptied."""
    changes = list(_standing_changes(contact))
    origin = _origin(contact)

    def last_word(name: str, parts: Collection[str], value: str, *, is_kept: bool) -> FieldWord:
        change = next((each for each in changes if not each.after.keys().isdisjoint(parts)), None)
        if change:
            by, job, at = change.changed_by, change.import_job, change.changed_at
            return FieldWord(name, labels[name], value, by, job, at, is_kept or by is not None)
        if origin and name in (origin.values or {}):
            at = origin.job.started_at or origin.job.created_at
            return FieldWord(name, labels[name], value, None, origin.job, at, is_kept)
        return FieldWord(name, labels[name], value, is_kept=is_kept)

    fields = [
        last_word(name, parts, getattr(contact, name), is_kept=bool(contact.person_fields & BITS[name]))
        for name, parts in PARTS.items()
        if getattr(contact, name) or contact.person_fields & BITS[name]
    ]
    custom = ((name, contact.custom.get(name.removeprefix(PREFIX))) for name in labels.custom)
    return fields + [last_word(name, {name}, str(value), is_kept=False) for name, value in custom if value is not None]


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


def changed_values(change: ContactChange, labels: FieldLabels) -> list[tuple[str, str, str]]:
    """Each field that a person or a file gave, with its values before and after."""
    return [
        (labels[name], change.before.get(name, ""), value)
        for name, value in change.after.items()
        if name not in DERIVED_FIELDS
    ]


def said_values(imported: ImportedContact, labels: FieldLabels) -> list[tuple[str, str]]:
    values: dict[str, str] = imported.values or {}
    return [(labels[name], value) for name, value in values.items() if name not in DERIVED_FIELDS]
