"""The order of what a search finds."""

import pytest

from markets.search import matching, ranked
from markets.search.ranking import FEW, MOST
from tests.factories import CampaignFactory, ContactFactory


def names(workspace, text):
    return [each.full_name for each in ranked(workspace.contacts.all(), text, workspace)]


def test_whole_words_come_before_beginnings_parts_and_typos(workspace):
    for name in ("Smalik Ross", "Malek Day", "Malikson Fox", "Ann Malik", "Nobody Else"):
        ContactFactory(workspace=workspace, full_name=name)

    assert names(workspace, "malik") == ["Ann Malik", "Malikson Fox", "Smalik Ross", "Malek Day"]


def test_equals_come_newest_first(workspace):
    for number in range(3):
        ContactFactory(workspace=workspace, full_name=f"Malik {number}")

    assert names(workspace, "malik") == ["Malik 2", "Malik 1", "Malik 0"]


def test_typos_are_left_out_when_enough_is_found_as_typed(workspace):
    for number in range(FEW):
        ContactFactory(workspace=workspace, full_name=f"Malik {number}")
    ContactFactory(workspace=workspace, full_name="Malek")

    assert len(names(workspace, "malik")) == FEW
    assert matching(workspace.contacts.all(), "malik", workspace).count() == FEW


@pytest.mark.parametrize("compared", [500, 5])
def test_of_many_the_recent_and_those_with_whole_words_are_ranked(workspace, monkeypatch, compared):
    monkeypatch.setattr("markets.search.ranking.COMPARED", compared)
    ContactFactory(workspace=workspace, full_name="Lo Wei")
    for number in range(MOST + 5):
        ContactFactory(workspace=workspace, full_name=f"Logan {number}")

    found = names(workspace, "lo")
    assert found[:3] == ["Lo Wei", "Logan 54", "Logan 53"]
    assert len(found) == min(MOST, compared + 1)


def test_campaigns_are_found_by_their_market_too(market):
    one = CampaignFactory(market=market, name="Market validation")
    CampaignFactory(workspace=market.workspace, market__workspace=market.workspace, name="Market validation")

    assert list(ranked(market.workspace.campaigns.all(), "york validation m&a", market.workspace)) == [one]


def test_an_outsiders_word_changes_nothing(workspace):
    """Whether typos are allowed depends on the rows of the workspace alone."""
    near, other = ContactFactory(workspace=workspace, full_name="Quarringtan"), ContactFactory()
    before = list(matching(workspace.contacts.all(), "quarrington", workspace))
    other.full_name = "Quarrington"
    other.save()

    assert before == list(matching(workspace.contacts.all(), "quarrington", workspace)) == [near]
    assert list(ranked(workspace.contacts.all(), "quarrington", workspace)) == [near]
