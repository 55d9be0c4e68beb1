import re

from campaigns.models import Note, Task
from markets.contacts.erasure import ERASED_TEXT, Identity

MAX_TITLE = 200


def erase_notes(identity: Identity) -> None:
    """Replaces the texts of notes and tasks about the person, and the person's name in those about others.

    A text that still says who the person is, for example by an address, is replaced as a whole.
    """
    workspace, contact = identity.contact.workspace_id, identity.contact
    notes = Note.objects.filter(workspace=workspace, deleted_at=None)
    notes.filter(contact=contact).update(text=ERASED_TEXT)
    for note in notes.exclude(contact=contact):
        _replace(note, "text", identity)
    tasks = Task.objects.filter(workspace=workspace)
    tasks.filter(contact=contact).update(title=ERASED_TEXT)
    for task in tasks.exclude(contact=contact):
        _replace(task, "title", identity)


def _replace(row: Note | Task, field: str, identity: Identity) -> None:
    text: str = getattr(row, field)
    if not identity.appears_in([text, *text.split()]):
        return
    label = f"Erased person {identity.contact.pk}"
    for name in sorted(identity.names, key=len, reverse=True):
        pattern = r"\s+".join(map(re.escape, name.split()))
        text = re.sub(rf"\b{pattern}\b", label, text, flags=re.IGNORECASE)
    if identity.appears_in([text, *text.split()]):
        text = ERASED_TEXT
    setattr(row, field, text[:MAX_TITLE] if field == "title" else text)
    row.save(update_fields=[field])
