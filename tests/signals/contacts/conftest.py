"""Contacts for the tests of merging and erasing, and a clock for those of the timeline."""

from datetime import timedelta
from itertools import count

import pytest
import time_machine
from django.utils.timezone import now

from tests.factories import ContactFactory, member
from tests.signals.contacts.erasure_data import PERSON
from tests.signals.contacts.timeline_helpers import MONDAY


@pytest.fixture
def zelda(campaign):
    return member(campaign, **PERSON).contact


@pytest.fixture
def bob(workspace):
    return ContactFactory(workspace=workspace, full_name="Bob Stone", title="Partner", external_id="CRM-2")


@pytest.fixture
def robert(workspace):
    return ContactFactory(workspace=workspace, full_name="Robert Stone", firm="Acme LLP")


@pytest.fixture
def clock():
    """Stops the clock; each call moves it to the next full hour."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        hours = count(1)
        yield lambda: traveller.move_to(MONDAY + timedelta(hours=next(hours)))


@pytest.fixture
def person(clock, campaign):
    """A member enrolled when the clock stopped."""
    campaign.members.update(added_at=now())
    return campaign.members.order_by("pk").first().contact
