"""Suppressions: whom they cover, and what lifting one leaves in force."""

from markets.models import Contact
from markets.suppressions.erased_keys import ERASED_KEY_REASON
from markets.suppressions.services import lift, suppress
from signals.contacts.erasure import erase
from tests.factories import ContactFactory, SuppressionFactory, member


def test_lifting_a_suppression_keeps_a_contact_with_an_erased_key_suppressed(campaign):
    erased = member(campaign, phone="(212) 555-0142").contact
    suppress(contact=erased, by=None, reason="Asked not to be called")
    erase(contact=erased, by=None, reason="Request 204")
    contact = ContactFactory(workspace=campaign.workspace, phone="(212) 555-0142")
    suppression = suppress(contact=contact, by=None, reason="Left the firm")

    lift(suppression=suppression, by=None, reason="Came back")

    in_force = contact.suppressions.in_force()
    assert list(in_force.values_list("reason", flat=True)) == [ERASED_KEY_REASON]
    assert contact not in Contact.objects.callable()


def test_a_suppression_of_another_workspace_does_not_count(workspace):
    contact = ContactFactory(workspace=workspace, phone="(212) 555-0142", email="ann@people.example")
    SuppressionFactory(phone_e164=contact.phone_e164, email=contact.email)

    assert contact in workspace.contacts.callable()
    assert not workspace.contacts.suppressed().exists()
