from markets.contacts.erasure import ERASED_TEXT, Identity
from markets.models import OffLimits


def erase_off_limits(identity: Identity) -> None:
    """Replaces the texts of entries that are for the person or name them. They stay in force."""
    here = OffLimits.objects.filter(workspace=identity.contact.workspace_id)
    for entry in here:
        texts = [entry.reason, entry.requested_by, entry.lift_reason]
        is_own = entry.contact_id == identity.contact.pk
        if is_own or any(map(identity.is_in_text, texts)):
            entry.reason, entry.requested_by = ERASED_TEXT, ""
            entry.lift_reason = entry.lift_reason and ERASED_TEXT
            entry.save(update_fields=["reason", "requested_by", "lift_reason"])
