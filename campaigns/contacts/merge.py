from markets.models import Contact


def move_notes(*, keep: Contact, merged: Contact) -> None:
    """Moves notes, tasks, and what living audiences proposed, unless the same proposal names the kept contact. Boxes
    that were ticked for the merged contact are unticked, and bulk actions no longer undo what they did to it."""
    for rows in (merged.selected_for, merged.selected_on_lists, merged.bulk_actions):
        rows.all().delete()
    merged.notes.update(contact=keep)
    merged.tasks.update(contact=keep)
    merged.proposed_changes.filter(proposal__in=keep.proposed_changes.values("proposal")).delete()
    merged.proposed_changes.update(contact=keep)
