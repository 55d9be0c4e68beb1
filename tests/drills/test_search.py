"""P1 for the search: whatever others write, it finds the same. Short: two texts in each list."""

import os
from urllib.parse import urlencode

import pytest
import time_machine
from django.urls import reverse
from django.utils.timezone import now

from markets.models import Contact, ContactPoint, Workspace
from markets.search.matching import Search
from tests.access_rows import url_of
from tests.factories import CampaignFactory, ContactFactory, MarketFactory, call, member, signal
from tests.firms import firm
from tests.isolation.conftest import PAGES
from tests.isolation.walk import content_of, visit

IS_FULL = os.environ.get("DRILL") == "full"
WORD, NEAR, NUMBER = "Quarrington", "Quarringtan", "2125550177"
"""What others write, what is one typo away from it in our rows, and a number of theirs."""
IN_LISTS = ["quarrington", "555 0177"]
TEXTS = [
    *IN_LISTS,
    *(
        "quarrington notes",
        "quarr",
        "quarringtn",
        "quarrington@p.example",
        "quarrington llp",
        "new campaign quarrington",
        "%",
    ),
    *("call next quarrington", "quarrington words", "quarrington lisbon", "0177"),
]
PALETTE = {"HX-Request": "true", "HX-Target": "palette-results"}


@pytest.fixture
def ours(db):
    with time_machine.travel(now(), tick=False):
        ours = firm("Lisbon", "ours")
        market = MarketFactory(workspace=ours.workspace, practice_area=NEAR)
        CampaignFactory(workspace=ours.workspace, market=market, name=f"{NEAR} campaign")
        campaign = ours.workspace.campaigns.get(pk=ours.ids["campaign"])
        person = member(campaign, full_name=f"{NEAR} person", firm=f"{NEAR} LLP").contact
        made = call(campaign, person, notes=f"{NEAR} notes", disposition="future_potential")
        signal(made, evidence=f"{NEAR} words")
        yield ours


def add_others():
    """Everything that others can write, each text of which holds the word."""
    workspace = firm(WORD, "theirs").workspace
    person = ContactFactory(workspace=workspace, full_name=WORD, firm=WORD, phone=NUMBER, phone_e164=f"+1{NUMBER}")
    ContactPoint.objects.create(workspace=workspace, contact=person, kind="phone", typed="(212) 555-0177")


def lists_of(client, ours):
    """The addresses of all lists that can be searched."""
    urls = [url_of(row, "ours", ours.ids) for row in PAGES]
    return [url for url in urls if b'id="id_q"' in visit(client, url).body]


def observed(client, lists, texts=TEXTS):
    """By address and text, what the search page, the palette and the lists show."""
    page, found = reverse("search", args=["ours"]), {}
    for text in texts:
        query = urlencode({"q": text})
        found["palette", text] = content_of(client.get(f"{page}?{query}", headers=PALETTE))
        for url in [page, *(lists if IS_FULL or text in IN_LISTS else [])]:
            found[url, text] = visit(client, f"{url}?{query}").body
    return found


def differences(one, other):
    return [key for key in one if one[key] != other[key]]


@pytest.mark.promise("P1")
def test_no_word_of_an_outsider_changes_what_a_search_shows(client, ours, figure, monkeypatch):
    client.force_login(ours.manager)
    lists = lists_of(client, ours)
    assert len(lists) >= 15
    alone = observed(client, lists)
    add_others()
    assert differences(alone, observed(client, lists)) == []

    monkeypatch.setattr(Search, "rows", lambda search, model: model._default_manager.order_by())
    without_typos = differences(observed(client, lists, IN_LISTS), alone)
    assert len(without_typos) >= 5  # that others have the word as typed takes our near ones away
    monkeypatch.setattr(Workspace, "contacts", property(lambda workspace: Contact.objects))
    shown = differences(observed(client, lists, IN_LISTS), alone)
    assert len(shown) > len(without_typos)
    figure(
        f"0 of {len(alone)} answers to {len(TEXTS)} texts changed with what others wrote, in {len(lists)} lists, "
        "the search page and the palette",
        control=f"of the answers to two texts {len(without_typos)} changed without the condition of the search, and "
        f"{len(shown)} with everybody's people",
    )
