"""Rows that two people edit at the same time."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from tests.config.ui.optimistic_locking.edit_tabs import LONG
from tests.factories import ContactFactory, booked, call


@pytest.fixture
def contact(workspace):
    return ContactFactory(workspace=workspace, full_name="Ann Lee", title="Associate", city="Boston")


@pytest.fixture
def made(campaign, caller):
    return call(campaign, caller=caller, notes=LONG, started_at=now() - timedelta(minutes=7))


@pytest.fixture
def meeting(campaign, caller):
    """It was to be an hour ago."""
    return booked(campaign, caller=caller)
