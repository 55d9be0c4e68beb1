"""A workspace that resembles ours as much as it can, forbids what ours allows, and is untidy. No concern of ours."""

from datetime import timedelta

from django.test import Client
from django.utils.timezone import now

from signals.contacts.erasure import erase
from tests.access_rows import ROWS, url_of
from tests.factories import SuppressionFactory
from tests.markets.audit.posting import posted

MAKING = """markets:create contacts:create audiences:create imports:create suppressions:create notes:contact
    tasks:create tags:rename tags:contact tags:campaign off_limits:create campaigns:create campaigns:copy
    campaigns:save_template campaigns:template_create webhooks:create team"""


def make_alike(twin, ours):
    people = [each.workspace.contacts.order_by("pk") for each in (ours, twin)]
    for one, another in zip(*people, strict=True):
        twin.workspace.contacts.filter(pk=another.pk).update(phone=one.phone, phone_e164=one.phone_e164)
    # The twin has imported the file of our draft.
    draft = ours.workspace.imports.get(pk=ours.ids["import"])
    twin.workspace.imports.filter(pk=twin.ids["ended_import"]).update(sha256=draft.sha256, kind=draft.kind)
    add_what_our_forms_will_make(twin)
    protect_everybody(twin)
    neglect(twin)


def add_what_our_forms_will_make(twin):
    """Ours must neither be refused for it nor use it."""
    client = Client()
    client.force_login(twin.manager)
    for row in ROWS:
        if row.name in MAKING.split():
            url = url_of(row, "twin", twin.ids)
            client.post(url, posted(client, row, url, twin.ids, []))


def protect_everybody(twin):
    """Whoever is known to us, or will be, is on the twin's do-not-call list, off-limits or erased there."""
    people = list(twin.workspace.contacts.all())
    for keys in [{"email": person.email} for person in people if person.email]:
        SuppressionFactory(workspace=twin.workspace, **keys)
    for number in {person.phone_e164 for person in people} - {""} | {"+12125550177"}:
        if not twin.workspace.suppressions.filter(phone_e164=number).exists():
            SuppressionFactory(workspace=twin.workspace, phone_e164=number)
    for firm in {person.firm for person in people} - {""}:
        twin.workspace.off_limits.create(firm=firm, reason="Lisbon client", requested_by="Lisbon boss")
    erase(contact=twin.workspace.contacts.get(email="ann@lee.example"), by=twin.manager, reason="Request 204")


def neglect(twin):
    """Its callbacks are overdue, its people are old, and what is stored of its calls is wrong."""
    workspace, long_ago = twin.workspace, now() - timedelta(days=400)
    workspace.campaign_contacts.update(callback_due_at=now() - timedelta(hours=1), attempt_count=9)
    workspace.contacts.update(created_at=long_ago, wrong_phone="+12125550100")
