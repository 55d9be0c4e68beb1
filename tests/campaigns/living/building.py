"""Ongoing coverage with a living audience."""

from campaigns.living import set_living
from campaigns.models import Campaign
from markets.models import MarketContact
from tests.factories import ContactFactory, UserFactory, active_campaign, member

PARTNERS = {"version": 1, "match": "all", "conditions": [{"kind": "seniority", "op": "is", "values": ["Partner"]}]}


def coverage(market, rule=PARTNERS, **fields) -> Campaign:
    """Active coverage, of one partner, whose living audience is on."""
    campaign = active_campaign(market=market, name="Ongoing coverage", kind="coverage", **fields)
    campaign.members.get().contact.__class__.objects.filter(campaign_contacts__campaign=campaign).update(
        seniority="Partner"
    )
    set_living(campaign=campaign, rule=rule, by=UserFactory())
    return campaign


def in_landscape(market, **fields):
    contact = ContactFactory(workspace=market.workspace, **fields)
    MarketContact.objects.create(workspace=market.workspace, market=market, contact=contact)
    return contact


def associate(campaign, **fields):
    """A member whom the rule does not want."""
    return member(campaign, seniority="Associate", **fields).contact
