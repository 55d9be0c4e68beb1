"""Who records a person whom somebody recorded minutes ago is told so, before and after."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from calls.log.services import void
from tests.calls.views.call_form_pages import text, url
from tests.calls.views.test_call_form import posted
from tests.factories import call

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def person(campaign):
    return campaign.members.order_by("pk").first().contact


def test_the_screen_and_the_notice_name_who_recorded_the_person_minutes_ago(as_caller, campaign, person, other, noon):
    call(campaign, person, disposition="voicemail", caller=other)
    noon.shift(timedelta(minutes=5))
    sentence = f"{other} recorded Voicemail for {person} at 12:00."
    assert sentence in text(as_caller.get(url("call", campaign, person.pk)))

    page = text(as_caller.post(url("call", campaign, person.pk), posted(campaign), follow=True))

    assert f"{sentence} Undo yours if both are the same call." in page


def test_ones_own_call_from_another_tab_counts_too(as_caller, campaign, person):
    as_caller.post(url("call", campaign, person.pk), posted(campaign))

    page = text(as_caller.post(url("call", campaign, person.pk), posted(campaign), follow=True))

    assert f"You recorded No Answer for {person} at 12:00." in page


def test_what_was_undone_imported_or_recorded_before_is_not_named(as_caller, campaign, person, caller, noon):
    call(campaign, person, caller=caller)
    noon.shift(timedelta(minutes=11))
    void(call=call(campaign, person, caller=caller), by=caller, reason="Mistake")
    call(campaign, person, caller_name="dialer")

    page = text(as_caller.post(url("call", campaign, person.pk), posted(campaign), follow=True))

    assert f"for {person} at" not in page
    assert now().minute == 11
