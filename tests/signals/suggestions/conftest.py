import pytest

from tests.factories import call
from tests.signals.suggestions.helpers import NOTES


@pytest.fixture
def conversation(campaign, caller):
    return call(campaign, disposition="future_potential", notes=NOTES, caller=caller)
