"""Forms that record who changed which fields of a row, in the transaction that saves it."""

from typing import Any, ClassVar

from django import forms
from django.db import transaction

from config.ui.english import in_english
from markets.models import AuditAction, User, Workspace
from markets.workspaces.audit import record_event


class RecordedForm(forms.ModelForm):  # type: ignore[type-arg] # not generic at run time
    """Comes before the other base classes. The view sets `by`."""

    added: ClassVar[AuditAction | None] = None
    changed: ClassVar[AuditAction]
    by: User | None = None

    @transaction.atomic
    def save(self, commit: bool = True) -> Any:
        is_new, fields = self.instance.pk is None, sorted(self.changed_data)
        row = super().save(commit)
        action = (self.added or self.changed) if is_new else self.changed
        if is_new or fields:
            with in_english():
                name = str(row._meta.verbose_name)
            record_event(
                workspace=row if isinstance(row, Workspace) else row.workspace,
                user=self.by,
                action=action,
                subject=row,
                summary=f"Added the {name}" if is_new else f"Changed the {name}: {fields_in_words(fields)}",
                details={} if is_new else {"fields": fields},
            )
        return row


def fields_in_words(names: list[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names)
