"""A stopped clock, and a callback promised by a call."""

from datetime import timedelta

import pytest
import time_machine

from tests.calls.metrics.callbacks.pages import NOON
from tests.factories import call, member


@pytest.fixture(autouse=True)
def noon():
    """Stops the clock at noon of 10 March in the workspace."""
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def add_callback(campaign):
    """Adds a call after which the contact, by default a new one, is to be called back at a time."""

    def make(at, *, days_before=3, **fields):
        contact = fields.pop("contact", None) or member(campaign).contact
        started_at = fields.pop("started_at", NOON - timedelta(days=days_before))
        return call(
            campaign, contact, disposition="callback_requested", started_at=started_at, callback_at=at, **fields
        )

    return make
