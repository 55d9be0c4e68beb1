"""The custom fields of a workspace: how columns find theirs, and how new ones are made."""

import hashlib
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext as _

from markets.custom_fields.values import PREFIX, read_value
from markets.imports.presets.shipped import shipped_presets
from markets.imports.readers import match_key
from markets.imports.registry import file_kind
from markets.models import Contact, CustomField, ImportKind, Workspace
from markets.models.custom_fields import MAX_CUSTOM_FIELDS

if TYPE_CHECKING:
    from markets.custom_fields.inspection import FoundColumn

MAX_KEY = 60
MAX_NAME = 120


def field_key(header: str) -> str:
    """The letters and digits of a column's name, in ASCII and shortened without becoming equal to others.

    Queries into JSON need ASCII on SQLite, and on PostgreSQL a key that is no number, which would be an index.
    """
    key = match_key(header)
    plain = unicodedata.normalize("NFKD", key).encode("ascii", "ignore").decode()
    if plain != key or not plain or len(plain) > MAX_KEY:
        plain = plain[: MAX_KEY - 12] + hashlib.sha256((key or header).encode()).hexdigest()[:12]
    return f"column{plain}"[:MAX_KEY] if plain.isdecimal() else plain


def fields_by_key(fields: Iterable[CustomField]) -> dict[str, CustomField]:
    """Fields by the keys of their first names, and of the names that ops gave them since."""
    fields = list(fields)
    return {field_key(field.name): field for field in fields} | {field.key: field for field in fields}


def is_taken(name: str) -> bool:
    """Whether an import would read a column of that name as a field of the portal."""
    key = match_key(name)
    return key in file_kind(ImportKind.PEOPLE).known_names or key in shipped_presets()["portal-contacts"].known


def check_name(field: CustomField, name: str) -> None:
    """Raises ValidationError if an import of an export would not find the field by this name again."""
    if is_taken(name):
        raise ValidationError(_("“%(name)s” is a field of the portal. Choose another name.") % {"name": name})
    others = CustomField.objects.filter(workspace=field.workspace_id).exclude(pk=field.pk)
    if field_key(name) in fields_by_key(others):
        raise ValidationError(
            _("“%(name)s” is too much like another custom field. Choose another name.") % {"name": name}
        )


def ensure_fields(workspace: Workspace, found: Collection["FoundColumn"]) -> dict[str, CustomField]:
    """Creates the fields of found columns that do not exist yet, and turns known ones into texts whose kind does not
    fit the columns. Returns them by key. Call it in the transaction that writes the values.

    Leaves out new ones if other imports have filled the workspace meanwhile.
    """
    fields = {field.key: field for field in workspace.custom_fields.all()}
    if all(_fits(fields.get(each["key"]), each) for each in found):
        return fields
    Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
    fields = {field.key: field for field in workspace.custom_fields.all()}
    last = workspace.custom_fields.aggregate(last=Max("position"))["last"] or 0
    for each in found:
        field = fields.get(each["key"])
        if field is None and len(fields) < MAX_CUSTOM_FIELDS:
            last += 1
            fields[each["key"]] = workspace.custom_fields.create(
                key=each["key"], name=_free_name(each["header"], fields), kind=each["kind"], position=last
            )
        elif field and not _fits(field, each):
            field.kind, field.choices = CustomField.Kind.TEXT, []
            field.save(update_fields=["kind", "choices"])
    return fields


def _fits(field: CustomField | None, found: "FoundColumn") -> bool:
    return field is not None and field.kind in (found["kind"], CustomField.Kind.TEXT)


def _free_name(header: str, fields: Mapping[str, CustomField]) -> str:
    taken = {field.name.lower() for field in fields.values()} | {field_key(field.name) for field in fields.values()}
    name, number = header[:MAX_NAME], 1
    while is_taken(name) or name.lower() in taken or field_key(name) in taken:
        suffix = " (extra)" if number == 1 else f" (extra {number})"
        name, number = header[: MAX_NAME - len(suffix)] + suffix, number + 1
    return name


def add_choices(fields: Mapping[str, CustomField], values: Iterable[Mapping[str, object]]) -> None:
    """Adds the values of fields that are choices to these."""
    choices = {key: field for key, field in fields.items() if field.kind == CustomField.Kind.CHOICE}
    if not choices:
        return
    rows = list(values)
    for key, field in choices.items():
        seen = {str(each[key]) for each in rows if key in each}
        if seen - set(field.choices):
            field.choices = sorted({*field.choices, *seen}, key=str.casefold)
            field.save(update_fields=["choices"])


def set_values(contact: Contact, texts: Mapping[str, str], kinds: Mapping[str, str]) -> None:
    """Sets custom values of an unsaved contact by key; "" removes one. A text that is not of its kind stays a text."""
    custom = dict(contact.custom)
    for key, text in texts.items():
        value = read_value(kinds.get(key, CustomField.Kind.TEXT), text)
        custom[key] = text if value is None else value
        if text == "":
            del custom[key]
    contact.custom = custom


def give_back_custom_values(values: Mapping[Contact, Mapping[str, str]]) -> None:
    """Takes locked contacts with texts as ContactChange has them."""
    changed = [contact for contact, fields in values.items() if any(name.startswith(PREFIX) for name in fields)]
    if not changed:
        return
    fields = CustomField.objects.filter(workspace=changed[0].workspace_id)
    kinds = dict(fields.values_list("key", "kind"))
    for contact in changed:
        texts = {key.removeprefix(PREFIX): text for key, text in values[contact].items() if key.startswith(PREFIX)}
        set_values(contact, texts, kinds)
    Contact.objects.bulk_update(changed, ["custom"], batch_size=500)


def erase_custom_values(contact: Contact) -> None:
    """Clears the values of an unsaved contact, and removes choices that nobody else has."""
    others = Contact.objects.filter(workspace=contact.workspace_id).exclude(pk=contact.pk)
    fields = CustomField.objects.filter(workspace=contact.workspace_id, kind=CustomField.Kind.CHOICE)
    for field in fields.filter(key__in=contact.custom):
        value = contact.custom[field.key]
        if value in field.choices and not others.filter(**{f"custom__{field.key}": value}).exists():
            field.choices = [choice for choice in field.choices if choice != value]
            field.save(update_fields=["choices"])
    contact.custom = {}
