"""The summary is true for nobody, one and many."""

import pytest

from campaigns.lifecycle.transitions import change_status
from campaigns.models import Status
from signals.report.build import build
from tests.factories import CampaignFactory, active_campaign, call, calls, member, signal


def summary(campaign):
    return build(campaign)["summary"]["sentences"]


def test_a_draft_without_people(market):
    campaign = CampaignFactory(market=market, workspace=market.workspace, name="Empty")

    assert summary(campaign) == ["This is a validation campaign in M&A -- New York: no people."]


def test_one_person_who_was_not_called(market):
    campaign = active_campaign(market=market, workspace=market.workspace)

    assert summary(campaign)[1:] == [
        "The one person in it was not called yet.",
        "Next: decide about the person not called yet.",
    ]


def test_one_person_who_was_called_once(market):
    campaign = active_campaign(market=market, workspace=market.workspace)
    call(campaign, disposition="future_potential")

    sentences = summary(campaign)

    key = campaign.members.get().contact_id
    assert "The one person was called and spoken with." in sentences
    assert "1 call led to 1 conversation: a connection rate of 100.0 % (95 % interval 20.7–100.0 %)." in sentences
    assert "With fewer than 20 calls this rate is a rough one." in sentences
    assert "No meeting was booked." in sentences
    assert "1 person showed interest." in sentences
    assert f"It is {{person:{key}}}." in sentences
    assert "No hour of the day has 20 calls, too few to say when people answer best." in sentences
    assert sentences[-1] == "Next: follow up with the person who showed interest."


def test_calls_without_a_conversation(market):
    campaign = active_campaign(3, market=market, workspace=market.workspace)
    call(campaign, disposition="no_answer")

    sentences = summary(campaign)

    assert "1 of 3 people was called (33.3 %) and not reached." in sentences
    assert "1 call led to no conversations: a connection rate of 0.0 % (95 % interval 0.0–79.3 %)." in sentences
    assert "Nobody has shown interest so far." in sentences


def test_many(market):
    campaign = active_campaign(30, market=market, workspace=market.workspace)
    people = [each.contact for each in campaign.members.order_by("pk")]
    for place, contact in enumerate(people[:25]):
        made = call(campaign, contact, disposition="meeting_booked" if place < 4 else "no_answer")
        if place < 4:
            signal(made, value="Exploring")

    sentences = summary(campaign)

    assert "25 of 30 people were called (83.3 %); 4 of them were spoken with." in sentences
    assert "4 meetings were booked: 4 still to come or to be agreed." in sentences
    assert "4 people showed interest." in sentences
    assert any(sentence.startswith("The strongest are {person:") for sentence in sentences)
    assert any("connected best: 16.0 % of 25, which may be chance." in sentence for sentence in sentences)


def test_everybody_called(market):
    campaign = active_campaign(2, market=market, workspace=market.workspace)
    for each in campaign.members.all():
        call(campaign, each.contact, disposition="not_interested")

    assert "All 2 people were called; all of them were spoken with." in summary(campaign)


@pytest.mark.parametrize(
    ("made", "conversations", "words"),
    [(100, 5, "higher than in"), (100, 95, "lower than in"), (30, 15, "not clearly different from")],
)
def test_the_rate_is_compared_with_the_other_campaigns(market, made, conversations, words):
    calls(market, campaign="Other", made=made, conversations=conversations)
    own = calls(market, campaign="Own", made=30, conversations=15)

    assert any(f"That is {words} the market's other campaigns" in sentence for sentence in summary(own))


def test_no_sentence_claims_a_clear_hour_by_chance(market):
    campaign = active_campaign(market=market, workspace=market.workspace)
    for _ in range(20):
        call(campaign, disposition="no_answer")

    sentence = next(each for each in summary(campaign) if "hour of the day" in each)

    assert sentence == "No hour of the day stands out: there were no conversations in the hours called most."


def test_a_completed_campaign_says_when_it_was(market):
    campaign = active_campaign(market=market, workspace=market.workspace)
    member(campaign)
    change_status(campaign=campaign, to=Status.COMPLETED, by=None, reason="Done")

    assert "(since " in summary(campaign)[0]
