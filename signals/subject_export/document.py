"""Puts the export of a person together."""

import json
from datetime import datetime
from typing import Any, NamedTuple

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Field, ForeignKey, Model, QuerySet
from django.template.loader import render_to_string
from django.utils.timezone import now

from markets.models import AuditAction, Contact, User
from markets.workspaces.audit import mention, try_to_record_event
from signals.subject_export.sections import SECTIONS, Section, value_of

NOT_ABOUT_THE_PERSON = ("workspace", "contact", "call", "meeting", "merge", "pk")
"""Relations within the export, which the order of the rows and their dates say as well."""


class ExportedSection(NamedTuple):
    title: str
    rows: list[dict[str, Any]]


class Export(NamedTuple):
    contact: Contact
    made_at: datetime
    sections: list[ExportedSection]

    def as_json(self) -> str:
        data = {
            "workspace": str(self.contact.workspace),
            "contact": self.contact.pk,
            "made_at": self.made_at,
            **{section.title: section.rows for section in self.sections},
        }
        return json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)

    def as_page(self) -> str:
        """A page of its own, for a file."""
        return render_to_string("contacts/export_file.html", {"export": self, "workspace": self.contact.workspace})


def export_person(contact: Contact, *, by: User | None) -> Export:
    """All that is known of the person. That somebody exported it is recorded."""
    export = Export(contact, now(), [_section(each, contact) for each in SECTIONS])
    try_to_record_event(
        workspace=contact.workspace,
        user=by,
        action=AuditAction.CONTACT_EXPORTED,
        summary=f"Exported everything about {mention(contact)}",
        subject=contact,
        details={section.title: len(section.rows) for section in export.sections if section.rows},
    )
    return export


def _section(section: Section, contact: Contact) -> ExportedSection:
    rows = section.rows(contact)
    if isinstance(rows, QuerySet):
        related = [field.name for field in rows.model._meta.concrete_fields if isinstance(field, ForeignKey)]
        rows = rows.select_related(*related)
    return ExportedSection(section.title, [_row(row, section) for row in rows])


def _row(row: Model, section: Section) -> dict[str, Any]:
    values = {_label(field): value_of(row, field.name) for field in _fields(row, section)}
    return {label: value for label, value in values.items() if value not in (None, "", {}, [])}


def _fields(row: Model, section: Section) -> list["Field[Any, Any]"]:
    hidden = {*NOT_ABOUT_THE_PERSON, *section.left_out}
    shown = [field for field in row._meta.concrete_fields if field.name not in hidden and not field.primary_key]
    return [field for field in shown if not field.generated]  # made of the others


def _label(field: "Field[Any, Any]") -> str:
    label = str(field.verbose_name)
    return label[:1].upper() + label[1:]
