"""A stopped clock and a second caller, for the tests that ask for them."""

import pytest
import time_machine

from tests.factories import MembershipFactory, utc


@pytest.fixture
def noon():
    """Stops the clock at noon of a Wednesday in New York, where the workspace is."""
    with time_machine.travel(utc(2026, 11, 25, 17), tick=False) as clock:
        yield clock


@pytest.fixture
def other(workspace):
    return MembershipFactory(workspace=workspace, role="caller", user__first_name="Otto").user
