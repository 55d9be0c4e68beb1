"""The rule of a living audience, edited by rows as a browser without scripts does it."""

import pytest
from django.urls import reverse

from campaigns.audience import Rule
from campaigns.living import set_living
from campaigns.models import Campaign
from tests.campaigns.living.building import PARTNERS, in_landscape
from tests.campaigns.rule_pages import people_found, press
from tests.factories import active_campaign


@pytest.fixture
def coverage(market):
    return active_campaign(market=market, kind="coverage", name="Coverage")


@pytest.fixture
def url(coverage):
    return reverse("campaigns:audience_edit", args=["acme", coverage.pk])


def test_the_rule_is_shown_as_rows_changed_and_saved(as_manager, market, manager, coverage, url):
    set_living(campaign=coverage, rule=PARTNERS, by=manager)
    in_landscape(market, seniority="Partner")
    associate = in_landscape(market, seniority="Associate")

    page = as_manager.get(url)
    assert people_found(page) == 1
    answer = press(as_manager, url, page, "save", rule__0__values="Associate")

    coverage.refresh_from_db()
    assert answer.url == reverse("campaigns:audience", args=["acme", coverage.pk])
    assert "Associate" in str(Rule.parse(coverage.rule, coverage.workspace).sentences(coverage.workspace).line)
    joining = coverage.audience_proposals.get().changes.filter(change="join")
    assert [each.contact for each in joining] == [associate]


def test_saving_a_first_rule_turns_it_on(as_manager, coverage, url):
    page = as_manager.get(url)
    page = press(as_manager, url, page, "update", rule__0__kind="number")
    press(as_manager, url, page, "save")

    coverage.refresh_from_db()
    assert coverage.is_living
    assert coverage.rule == {"version": 1, "match": "all", "conditions": [{"kind": "number"}]}


def test_what_prevents_saving_is_said_and_nothing_changes(as_manager, manager, coverage, url):
    set_living(campaign=coverage, rule=PARTNERS, by=manager)
    stale = as_manager.get(url)
    empty = as_manager.post(url, {"do": "save", "rule-match": "all"})
    set_living(campaign=coverage, rule=PARTNERS | {"match": "any"}, by=manager)

    answer = press(as_manager, url, stale, "save")

    assert "Add at least one condition" in empty.text
    assert (empty.status_code, answer.status_code) == (400, 400)
    assert "Someone else changed the living audience" in answer.text
    assert Campaign.objects.get(pk=coverage.pk).rule["match"] == "any"


def test_a_campaign_without_a_living_audience_has_no_rule_to_edit(as_manager, market):
    validation = active_campaign(market=market)

    answer = as_manager.get(reverse("campaigns:audience_edit", args=["acme", validation.pk]), follow=True)

    assert "Only ongoing coverage has a living audience" in answer.text
