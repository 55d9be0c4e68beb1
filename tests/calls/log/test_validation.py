"""When a callback may be due."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from calls.log import CallRefused
from calls.models import Call
from campaigns.dispositions import Disposition
from tests.factories import call


@pytest.mark.parametrize("after", [timedelta(0), timedelta(minutes=-1)])
def test_a_callback_is_due_after_its_call(campaign, after):
    """Not at its very moment either: such a callback would be due before the call had ended."""
    started_at = now() - timedelta(hours=1)

    with pytest.raises(CallRefused) as refused:
        call(
            campaign, disposition=Disposition.CALLBACK_REQUESTED, started_at=started_at, callback_at=started_at + after
        )

    assert refused.value.code == "callback_at"
    assert not Call.objects.exists()


def test_a_callback_may_be_due_a_second_after_its_call_started(campaign):
    started_at, callback_at = now() - timedelta(hours=1), now() - timedelta(hours=1) + timedelta(seconds=1)

    made = call(campaign, disposition=Disposition.CALLBACK_REQUESTED, started_at=started_at, callback_at=callback_at)

    assert made.callback_at == callback_at
