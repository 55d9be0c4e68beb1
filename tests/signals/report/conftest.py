from datetime import timedelta

import pytest
from django.utils.timezone import now

from campaigns.lifecycle.transitions import change_status
from campaigns.models import Status
from tests.factories import active_campaign, call, member, signal


@pytest.fixture
def campaign(market):
    """Active, with five people: a meeting booked, one for later, one who declined, one silent, one not called."""
    campaign = active_campaign(market=market, workspace=market.workspace, name="Market validation", brief="Who moves?")
    campaign.members.all().delete()
    people = {
        "Ada Booker": ("meeting_booked", "Alpha LLP"),
        "Ben Later": ("future_potential", "Alpha LLP"),
        "Cy Nolan": ("not_interested", "Beta LLP"),
        "Di Silent": ("no_answer", "Beta LLP"),
        "Ed Uncalled": ("", ""),
    }
    for name, (outcome, firm) in people.items():
        contact = member(campaign, full_name=name, firm=firm, title="Partner").contact
        if not outcome:
            continue
        made = call(campaign, contact, disposition=outcome, started_at=now() - timedelta(days=3))
        if outcome == "meeting_booked":
            signal(made, value="Active", evidence="I want out by spring")
    return campaign


@pytest.fixture
def person(campaign):
    return lambda name: campaign.workspace.contacts.get(full_name=name)


@pytest.fixture
def complete(campaign, manager):
    def complete():
        """The campaign's report after it was completed."""
        change_status(campaign=campaign, to=Status.COMPLETED, by=manager, reason="Enough was heard")
        return campaign.reports.get()

    return complete
