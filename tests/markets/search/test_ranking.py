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


def test_a_name_comes_before_a_firm_and_what_is_as_typed_before_a_typo(workspace):
    for name, firm in [
        ("Ada Fox", "Mercers LLP"),
        ("Bo Fox", "Mercer LLP"),
        ("Marcer Fox", ""),
        ("Cy Fox", "Marcer LLP"),
        ("Di Kilmercer", ""),
        ("Ed Mercerson", ""),
        ("Flo Mercer", ""),
        ("Gus Fox", "Kilmercer LLP"),
    ]:
        ContactFactory(workspace=workspace, full_name=name, firm=firm)

    in_the_name, in_the_firm = ["Flo Mercer", "Ed Mercerson", "Di Kilmercer"], ["Bo Fox", "Ada Fox", "Gus Fox"]
    assert names(workspace, "mercer") == [*in_the_name, *in_the_firm, "Marcer Fox", "Cy Fox"]


def test_a_firm_that_begins_as_typed_comes_behind_a_name_that_does(workspace):
    """Also if it came later, and if a word is in the firm of both."""
    ContactFactory(workspace=workspace, full_name="Quinn Lee", firm="Boston LLP")
    ContactFactory(workspace=workspace, full_name="Ann Lee", firm="Quinn Boston LLP")

    assert names(workspace, "quinn") == ["Quinn Lee", "Ann Lee"]
    assert names(workspace, "qui bos") == ["Quinn Lee", "Ann Lee"]


def test_a_first_and_a_last_name_are_names_too(workspace):
    ContactFactory(workspace=workspace, full_name="Q. L.", first_name="Quinn", last_name="Lee")
    ContactFactory(workspace=workspace, full_name="Ann Day", first_name="", last_name="", firm="Quinn LLP")

    assert names(workspace, "quinn") == ["Q. L.", "Ann Day"]


def test_a_further_number_comes_behind_the_number(workspace):
    own = ContactFactory(workspace=workspace, full_name="Own", phone="555 0123", phone_e164="")
    other = ContactFactory(workspace=workspace, full_name="Other")
    other.contact_points.create(workspace=workspace, kind="phone", typed="555 0123")

    assert list(ranked(workspace.contacts.all(), "555 0123", workspace)) == [own, other]


@pytest.mark.parametrize(("compared", "newest"), [(500, 20_000), (5, 20_000), (5, 10), (5, 2)])
def test_of_many_the_recent_and_those_with_whole_words_are_ranked(workspace, monkeypatch, compared, newest):
    monkeypatch.setattr("markets.search.ranking.COMPARED", compared)
    monkeypatch.setattr("markets.search.ranking.NEWEST", newest)
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
