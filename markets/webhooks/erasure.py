from markets.contacts.erasure import Identity
from markets.models import WebhookDelivery, WebhookEvent


def erase_webhook_events(identity: Identity) -> None:
    """Removes the IDs that other systems have of the person from events, delivered or not, and what receivers answered.

    The events stay, with the number of the person here: a dialer has to learn that somebody is not to be called.
    """
    workspace = identity.contact.workspace_id
    events = WebhookEvent.objects.filter(workspace=workspace, contact=identity.contact)
    WebhookDelivery.objects.filter(workspace=workspace, event__in=events).update(answer="", problem="")
    for event in events:
        event.data["contact"]["external_id"] = ""
        if "dialer_call_id" in event.data:
            event.data["dialer_call_id"] = ""
        event.save(update_fields=["data"])
