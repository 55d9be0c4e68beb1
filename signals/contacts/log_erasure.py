"""Erases a person from the admin's log, which stores a label of every object changed."""

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from calls.contacts.erasure import meeting_ids_of
from calls.models import Call, Correction, Meeting
from campaigns.models import CampaignContact
from markets.contacts.erasure import Identity
from markets.contacts.erasure.texts import erase_in_row, rows_that_may_name
from markets.models import Contact, ContactMerge, MarketContact, OffLimits, Suppression
from signals.models import Signal

FREE_TEXTS = ("object_repr", "change_message")


def erase_admin_log(identity: Identity) -> None:
    contact = identity.contact

    def ids_of(model: type[Model]) -> list[int]:
        return list(model._default_manager.filter(contact=contact).values_list("pk", flat=True))

    rows: dict[type[Model], list[int]] = {
        Contact: sorted(identity.ids),
        Meeting: meeting_ids_of(contact),
        Correction: list(Correction.objects.filter(call__contact=contact).values_list("pk", flat=True)),
    }
    own = (Suppression, OffLimits, ContactMerge, Call, Signal, CampaignContact, MarketContact)
    rows |= {model: ids_of(model) for model in own}
    for model, ids in rows.items():
        entries = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(model))
        entries.filter(object_id__in=[str(key) for key in ids]).update(object_repr=identity.label)
    for entry in rows_that_may_name(LogEntry.objects.select_related("content_type"), FREE_TEXTS, identity):
        if _is_of_workspace(entry, identity.contact.workspace_id):
            erase_in_row(entry, FREE_TEXTS, identity)


def _is_of_workspace(entry: LogEntry, workspace: int) -> bool:
    """False if the object belongs to another workspace, where somebody of the same name may be."""
    model = entry.content_type.model_class() if entry.content_type else None
    if model is None or not any(field.name == "workspace" for field in model._meta.concrete_fields):
        return True
    found = model._default_manager.filter(pk=entry.object_id).values_list("workspace", flat=True).first()
    return found in (None, workspace)
