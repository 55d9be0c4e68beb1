"""The script of a campaign and the calls a caller is to make a day: written once, taken along, shown while calling."""

import pytest

from campaigns.models import Campaign
from campaigns.planning import SCRIPT, copy_campaign, save_as_template, values_of_template
from tests.calls.views.call_form_pages import text, url
from tests.forms import edit_form

WORDS = {
    "script_opening": "Good morning",
    "script_objections": "No time?\nOffer Monday.",
    "script_close": "Agree a day",
}


def call_screen(campaign):
    return url("call", campaign, campaign.members.first().contact_id)


@pytest.fixture
def scripted(campaign):
    Campaign.objects.filter(pk=campaign.pk).update(**WORDS, calls_per_day=60, brief="Listen first")
    campaign.refresh_from_db()
    return campaign


def test_a_manager_writes_the_script_on_the_form_of_the_campaign(as_manager, campaign):
    shown = edit_form(as_manager.get(url("edit", campaign)))

    as_manager.post(url("edit", campaign), shown | WORDS | {"calls_per_day": "60"})

    campaign.refresh_from_db()
    assert {name: getattr(campaign, name).replace("\r\n", "\n") for name in WORDS} == WORDS
    assert campaign.calls_per_day == 60


@pytest.mark.parametrize("goal", ["0", "1001", "-1", "many"])
def test_a_goal_that_nobody_reaches_is_refused(as_manager, campaign, goal):
    shown = edit_form(as_manager.get(url("edit", campaign)))

    page = as_manager.post(url("edit", campaign), shown | {"calls_per_day": goal})

    assert page.context["form"].errors["calls_per_day"]


def test_the_call_screen_has_the_brief_on_top_and_the_script_folded_step_by_step(as_caller, scripted):
    page = text(as_caller.get(call_screen(scripted)))

    assert page.index('<details class="brief">') < page.index("<dt>Number</dt>")
    script = page.split('id="script"')[1].split("</details>")[0]
    assert [each.split("</dt>")[0] for each in script.split("<dt>")[1:]] == ["Opening", "Objections", "Close"]
    assert "No time?<br>Offer Monday." in script


def test_a_campaign_without_words_shows_neither(as_caller, campaign):
    page = text(as_caller.get(call_screen(campaign)))

    assert 'id="script"' not in page
    assert 'class="brief"' not in page


def test_copies_and_templates_take_them_along(scripted, manager):
    copied = copy_campaign(campaign=scripted, name="Copy", by=manager)
    of_template = values_of_template(save_as_template(campaign=scripted, name="Usual", by=manager))

    for name in (*SCRIPT, "calls_per_day"):
        assert getattr(copied, name) == of_template[name] == getattr(scripted, name)
