from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext as _

from campaigns.models import Campaign, Mention, Note
from campaigns.notes.mentions import Mentions, find_mentions
from config.ui.formats import number
from markets.models import AuditAction, Contact, User, Workspace
from markets.workspaces.audit import record_event

MAX_LENGTH = 5000


@transaction.atomic
def write_note(
    *,
    workspace: Workspace,
    text: str,
    by: User | None,
    contact: Contact | None = None,
    campaign: Campaign | None = None,
) -> tuple[Note, Mentions]:
    """Adds a note about a person or a campaign, and the mentions in it. Raises ValidationError for an invalid text."""
    note = Note(workspace=workspace, contact=contact, campaign=campaign, text=_clean(text), written_by=by)
    note.save()
    return note, set_mentions(note)


@transaction.atomic
def edit_note(*, note: Note, text: str, by: User | None = None) -> Mentions:
    note.text, note.edited_at = _clean(text), now()
    note.save(update_fields=["text", "edited_at"])
    _record(AuditAction.NOTE_CHANGED, "Changed a note", note, by)
    return set_mentions(note)


@transaction.atomic
def delete_note(*, note: Note, by: User | None = None) -> None:
    """Empties the note. The row stays, and nobody is told of its mentions any more."""
    note.mentions.all().delete()
    note.text, note.deleted_at = "", now()
    note.save(update_fields=["text", "deleted_at"])
    _record(AuditAction.NOTE_DELETED, "Deleted a note", note, by)


def _record(action: AuditAction, summary: str, note: Note, by: User | None) -> None:
    about = note.contact or note.campaign
    record_event(workspace=note.workspace, user=by, action=action, summary=summary, subject=about)


def forget_campaign(campaign: Campaign) -> None:
    """Deletes the notes and tasks of a campaign that is deleted. Those about a person, too, stay with the person."""
    campaign.notes.exclude(contact=None).update(campaign=None)
    campaign.tasks.exclude(contact=None).update(campaign=None)
    Mention.objects.filter(workspace=campaign.workspace_id, note__in=campaign.notes.all()).delete()
    campaign.notes.all().delete()
    campaign.tasks.all().delete()


def set_mentions(note: Note) -> Mentions:
    """Adds the users whom the text names, except its author, and removes those whom it no longer names."""
    members = User.objects.filter(memberships__workspace=note.workspace_id, is_active=True).order_by("pk")
    found = find_mentions(note.text, members)
    told = [user for user in found.users if user.pk != note.written_by_id]
    note.mentions.exclude(user__in=told).delete()
    rows = [Mention(workspace_id=note.workspace_id, note=note, user=user) for user in told]
    Mention.objects.bulk_create(rows, ignore_conflicts=True)
    return found


def mentions_of(workspace: Workspace, user: User) -> QuerySet[Mention]:
    """Mentions of a user in notes that are not deleted."""
    return workspace.mentions.filter(user=user, note__in=workspace.notes.filter(deleted_at=None))


def mark_seen(mentions: QuerySet[Mention], moment: datetime | None = None) -> int:
    return mentions.filter(seen_at=None).update(seen_at=moment or now())


def mark_unseen(mentions: QuerySet[Mention], moment: datetime) -> int:
    """Those that were marked as read at the moment."""
    return mentions.filter(seen_at=moment).update(seen_at=None)


def _clean(text: str) -> str:
    text = text.strip()
    if not text:
        raise ValidationError(_("Write something first."))
    if len(text) > MAX_LENGTH:
        raise ValidationError(
            _("The note has %(text)s characters; at most %(max_length)s are kept.")
            % {"text": number(len(text)), "max_length": number(MAX_LENGTH)}
        )
    return text
