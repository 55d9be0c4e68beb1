import pytest
from django.urls import reverse

from tests import factories


@pytest.fixture
def people(market):
    """60 people of the market: the first ten of North LLP, the others of South LLP."""
    contacts = [
        factories.ContactFactory(
            workspace=market.workspace,
            full_name=f"Person {number:03}",
            firm="North LLP" if number < 10 else "South LLP",
        )
        for number in range(60)
    ]
    for contact in contacts:
        market.market_contacts.create(workspace=market.workspace, contact=contact)
    return contacts


@pytest.fixture
def contacts_url():
    return reverse("contacts:list", args=["acme"])


@pytest.fixture
def members_url(campaign):
    return reverse("campaigns:members", args=["acme", campaign.pk])
