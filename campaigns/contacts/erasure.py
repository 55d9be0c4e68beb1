from campaigns.models import (
    Absence,
    BulkActionPerson,
    Campaign,
    CampaignContact,
    CampaignTemplate,
    Note,
    ProposedChange,
    SelectedContact,
    SelectedPerson,
    StatusChange,
    Task,
)
from campaigns.planning import SCRIPT
from markets.contacts.erasure import ERASED_TEXT, Identity
from markets.contacts.erasure.texts import FreeTexts

FREE_TEXTS: FreeTexts = {
    Absence: ("removed_reason",),
    Campaign: ("brief", *SCRIPT),
    CampaignContact: ("added_reason", "removed_reason"),
    CampaignTemplate: ("brief", "goals", *SCRIPT),
    Note: ("text",),
    ProposedChange: ("reason",),
    StatusChange: ("reason",),
    Task: ("title",),
}
"""The texts of this app that may name a person whom their row is not about."""


def erase_notes(identity: Identity) -> None:
    """Replaces the texts of notes and tasks about the person."""
    contact = identity.contact
    Note.objects.filter(workspace=contact.workspace_id, contact=contact).exclude(text="").update(text=ERASED_TEXT)
    Task.objects.filter(workspace=contact.workspace_id, contact=contact).update(title=ERASED_TEXT)


def erase_memberships(identity: Identity) -> None:
    contact = identity.contact
    members = CampaignContact.objects.filter(contact=contact)
    for model in (SelectedContact, SelectedPerson, BulkActionPerson):
        model._default_manager.filter(workspace=contact.workspace_id, contact=contact).delete()
    members.exclude(removed_reason="").update(removed_reason=ERASED_TEXT)
    members.exclude(added_reason="").update(added_reason=ERASED_TEXT)  # may quote a firm or a custom field
    contact.proposed_changes.exclude(reason="").update(reason=ERASED_TEXT)
    Absence.objects.filter(contact=contact).update(removed_reason=ERASED_TEXT)
