"""Writes events for webhooks into the outbox, in the transaction of what happened."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q

from config.db import bulk
from markets.models import Contact, EventKind, Suppression, Webhook, WebhookDelivery, WebhookEvent

BATCH = 1000


@dataclass(frozen=True)
class Fact:
    """What an event says. It is about a person (by id), or about another row, `subject`."""

    data: Mapping[str, Any]
    contact: int | None = None
    subject: Model | None = None
    once_key: str = ""

    @property
    def order_key(self) -> str:
        if self.contact:
            return f"contact:{self.contact}"
        assert self.subject, "an event is about something"
        return f"{self.subject._meta.model_name}:{self.subject.pk}"


Facts = Callable[[], Iterable[Fact]]


def publish(workspace: int, facts_by_kind: Mapping[EventKind, Facts]) -> None:
    """Writes events of some kinds for the active webhooks of the workspace (by id) that want them.

    Without such a webhook this is one short query: facts are read only if somebody wants them.
    """
    webhooks = list(Webhook.objects.active().filter(workspace=workspace))
    for kind, facts in facts_by_kind.items():
        if wanting := [each for each in webhooks if kind in each.kinds]:
            store_events(workspace, kind, list(facts()), wanting)


def store_events(workspace: int, kind: EventKind, facts: list[Fact], webhooks: Iterable[Webhook]) -> None:
    contacts = {fact.contact for fact in facts if fact.contact}
    rows = bulk.select(Contact, ["id", "external_id"], key="id", values=contacts, workspace_id=workspace)
    external_ids = dict(rows)
    events = WebhookEvent.objects.bulk_create(
        [
            WebhookEvent(
                workspace_id=workspace,
                kind=kind,
                contact_id=fact.contact,
                order_key=fact.order_key,
                once_key=fact.once_key,
                data=_data(fact, external_ids),
            )
            for fact in facts
        ],
        batch_size=BATCH,
    )
    WebhookDelivery.objects.bulk_create(
        [
            WebhookDelivery(workspace_id=workspace, webhook=webhook, event=event, order_key=event.order_key)
            for event in events
            for webhook in webhooks
        ],
        batch_size=BATCH,
    )


def _data(fact: Fact, external_ids: Mapping[int, str]) -> dict[str, Any]:
    if fact.contact is None:
        return dict(fact.data)
    contact = {"id": fact.contact, "external_id": external_ids.get(fact.contact, "")}
    return {"contact": contact, **fact.data}


def publish_suppressed(workspace: int, suppressions: Sequence[Suppression]) -> None:
    """Publishes whom new suppressions keep from being called: their own people, and whoever has the same number or
    address. A rule names nobody; each person that it covers has a suppression of their own."""

    def facts() -> Iterable[Fact]:
        own = {each.contact_id: each.pk for each in suppressions if each.contact_id and each.lifted_at is None}
        by_phone = {each.phone_e164: each.pk for each in suppressions if each.phone_e164 and each.lifted_at is None}
        by_email = {each.email: each.pk for each in suppressions if each.email and each.lifted_at is None}
        named = Contact.objects.filter(Q(phone_e164__in=by_phone) | Q(email__in=by_email), workspace=workspace)
        found = {
            contact: by_phone.get(phone) or by_email.get(email)
            for contact, phone, email in named.values_list("pk", "phone_e164", "email")
        }
        for contact, suppression in sorted((found | own).items()):
            yield Fact({"suppression": suppression}, contact=contact)

    if suppressions:
        publish(workspace, {EventKind.CONTACT_SUPPRESSED: facts})
