"""The page of a living audience: its rule, and the decisions about its proposals."""

from html import unescape

import pytest
from django.urls import reverse

from campaigns.living import open_changes, propose
from campaigns.living.services import version_of
from campaigns.models import Campaign
from tests.campaigns.living.building import PARTNERS, associate, coverage, in_landscape
from tests.factories import CampaignFactory, SuppressionFactory, active_campaign
from tests.reading import lengths_of_lists, numbers

BROKEN = PARTNERS | {"conditions": [{"kind": "custom", "field": "tier", "op": "is", "value": "A"}]}


@pytest.fixture
def ongoing(market):
    """One to join, one to leave."""
    campaign = coverage(market)
    in_landscape(market, seniority="Partner", full_name="Ann")
    associate(campaign, full_name="Bob")
    propose(campaign)
    return campaign


def url_of(campaign, name="audience"):
    return reverse(f"campaigns:{name}", args=["acme", campaign.pk])


def contacts(campaign):
    return [each.contact_id for each in open_changes(campaign.workspace)]


def said(answer):
    return [str(message) for message in answer.context["messages"]]


def test_the_page_has_the_rule_in_sentences_and_the_proposal_with_reasons(as_viewer, ongoing):
    page = unescape(as_viewer.get(url_of(ongoing)).content.decode())

    for words in ("Seniority is", "Ann", "Seniority is Partner", "Bob", "Seniority is not"):
        assert words in page
    assert "Accept selected" not in page, "viewers only look"


def test_the_counts_on_the_campaign_and_the_overview_open_their_people(as_manager, ongoing):
    rows = lengths_of_lists(as_manager)
    for url in (url_of(ongoing, "detail"), reverse("dashboard", args=["acme"])):
        waiting = [each for each in numbers(as_manager.get(url)) if each[1] in ("to_join", "to_leave")]
        assert [value for _, _, value, _ in waiting] == [1, 1]
        assert [rows(href) for _, _, _, href in waiting] == [1, 1]


def test_some_or_all_are_accepted_or_refused(as_manager, ongoing):
    for name in ("Cat", "Dan"):
        in_landscape(ongoing.market, seniority="Partner", full_name=name)
    propose(ongoing)
    decide = url_of(ongoing, "audience_decide")
    ann = open_changes(ongoing.workspace).get(contact__full_name="Ann").contact_id
    bob = open_changes(ongoing.workspace).get(contact__full_name="Bob").contact_id

    one = as_manager.post(decide, {"contact": [ann], "decision": "accept"}, follow=True)
    other = as_manager.post(decide, {"contact": [bob], "decision": "refuse"}, follow=True)
    rest = as_manager.post(decide + "?change=join", {"everybody": "accept"}, follow=True)

    assert said(one) == ["1 person joined Ongoing coverage."]
    assert said(other) == ["1 person refused; they are not proposed again while nothing changes."]
    assert said(rest) == ["2 people joined Ongoing coverage."]
    assert ongoing.members.current().count() == 5


def test_who_is_skipped_is_named(as_manager, ongoing):
    change = open_changes(ongoing.workspace).get(contact__full_name="Ann")
    SuppressionFactory(workspace=ongoing.workspace, contact=change.contact)

    answer = as_manager.post(url_of(ongoing, "audience_decide"), {"everybody": "accept"}, follow=True)

    assert said(answer) == ["1 person left Ongoing coverage. Skipped: Ann is on the do-not-call list now."]


@pytest.mark.parametrize("posted", [{}, {"contact": ["x", "999999"], "decision": "accept"}, {"decision": "\0"}])
def test_nonsense_decides_nothing(as_manager, ongoing, posted):
    answer = as_manager.post(url_of(ongoing, "audience_decide"), posted, follow=True)

    assert said(answer) == ["Nobody was chosen, or somebody else has decided already. Nothing was changed."]
    assert len(contacts(ongoing)) == 2


def test_a_saved_audience_turns_it_on_and_shows_who_would_join(as_manager, market):
    campaign = active_campaign(market=market, kind="coverage")
    in_landscape(market, seniority="Partner", full_name="Ann")
    audience = campaign.workspace.audiences.create(name="Partners", rule=PARTNERS)
    page = as_manager.get(url_of(campaign))
    seen = page.context["form"]["seen"].value()

    answer = as_manager.post(
        url_of(campaign, "audience_rule"), {"use": f"audience-{audience.pk}", "seen": seen}, follow=True
    )

    campaign.refresh_from_db()
    assert (campaign.is_living, campaign.rule) == (True, PARTNERS)
    assert "Ann" in answer.content.decode()
    off = as_manager.post(url_of(campaign, "audience_rule"), {"use": "off", "seen": version_of(campaign)}, follow=True)
    assert "is off. Its people stay." in off.content.decode()


def test_a_stale_or_unknown_choice_changes_nothing(as_manager, ongoing):
    for posted in ({"use": "off", "seen": "stale"}, {"use": "audience-999", "seen": ""}, {}):
        as_manager.post(url_of(ongoing, "audience_rule"), posted)

    assert Campaign.objects.get(pk=ongoing.pk).is_living


def test_a_rule_that_does_not_work_any_more_is_explained_and_changes_nothing(as_manager, ongoing):
    Campaign.objects.filter(pk=ongoing.pk).update(rule=BROKEN)

    page = as_manager.get(url_of(ongoing))
    checked = as_manager.post(url_of(ongoing, "audience_check"), follow=True)
    decided = as_manager.post(url_of(ongoing, "audience_decide"), {"everybody": "accept"}, follow=True)

    assert "This audience doesn't work any more, so nobody is proposed." in page.content.decode()
    assert "tier" in page.content.decode()
    for answer in (checked, decided):
        assert said(answer)[0].startswith("This audience doesn't work any more, so nothing was changed.")
    assert len(contacts(ongoing)) == 2


def test_it_can_be_checked_at_once(as_manager, ongoing):
    in_landscape(ongoing.market, seniority="Partner", full_name="Cat")

    assert "Cat" in as_manager.post(url_of(ongoing, "audience_check"), follow=True).content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": "validation"}, "Only ongoing coverage has a living audience"),
        ({"kind": "coverage"}, "No audience yet"),
        ({"kind": "coverage", "rule": PARTNERS, "is_living": True}, "proposals start once it is active"),
    ],
)
def test_other_campaigns_say_why_there_is_none(as_manager, market, fields, words):
    draft = CampaignFactory(market=market, **fields)

    assert words in as_manager.get(url_of(draft)).content.decode()
    assert "proposes nobody" in said(as_manager.post(url_of(draft, "audience_check"), follow=True))[0]
