from datetime import timedelta

import pytest
from django.utils.timezone import now

from campaigns.dispositions import Disposition
from tests.factories import MembershipFactory, call, member, signal
from tests.signals.sharing.shared import CANARIES, CONTACT_ID


@pytest.fixture
def full(campaign):
    """A campaign in which every field that could tell a person holds a canary."""
    name = {"user__first_name": "Ottoline", "user__last_name": "Wren"}
    caller = MembershipFactory(workspace=campaign.workspace, role="caller", **name).user
    campaign.brief, campaign.owner = CANARIES["brief"], caller
    campaign.save()
    contact = member(
        campaign,
        id=CONTACT_ID,
        full_name=CANARIES["name"],
        firm=CANARIES["firm_of_few"],
        title=CANARIES["title"],
        email=CANARIES["email"],
        phone=CANARIES["phone"],
        phone_e164="+" + CANARIES["number"],
    ).contact
    for value, days in (("Not Moving", 3), ("Active", 1)):
        made = call(
            campaign,
            contact,
            disposition=Disposition.FUTURE_POTENTIAL,
            notes=CANARIES["notes"],
            caller=caller,
            started_at=now() - timedelta(days=days),
        )
        signal(made, value=value, evidence=CANARIES["evidence"])
        signal(made, type="firm_stability", value="Unstable", evidence=CANARIES["evidence"])
    return campaign
