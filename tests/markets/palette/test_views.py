"""The search page and the options of the palette: what is found, by whom, and in how many statements."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from markets.search.ranking import MOST
from tests.factories import CampaignFactory, ContactFactory, MarketFactory, active_campaign, call, member, signal

PALETTE = {"HX-Request": "true", "HX-Target": "palette-results"}
ADDRESS = "/w/acme/search/"


@pytest.fixture
def filled(campaign, manager):
    """A person who was called, with notes and a signal, in an Active campaign."""
    person = campaign.members.order_by("pk").first().contact
    person.full_name, person.firm = "Ann Ingleby", "Malik LLP"
    person.save()
    made = call(campaign, person, disposition="future_potential", notes="Talks about a move to Boston", caller=manager)
    signal(made, evidence="I would listen to Boston")
    return campaign


def found(client, text, **headers):
    """(label, note, address) of each hit, by heading."""
    page = client.get(ADDRESS, {"q": text}, headers=headers or PALETTE)
    assert page.status_code == 200
    groups = {}
    for part in page.content.decode().split('class="palette-heading"')[1:]:
        heading = re.search(r">([^<]+)<", part)[1]
        hits = re.findall(r'href="([^"]*)"><span>([^<]*)</span> <span class="soft">([^<]*)</span>', part)
        groups[heading] = [(unescape(label), unescape(note), unescape(url)) for url, label, note in hits]
    return groups


def test_a_person_comes_with_firm_and_last_outcome(as_viewer, filled):
    (label, note, url), *_ = found(as_viewer, "ingleby")["People"]

    assert (label, note) == ("Ann Ingleby", "Malik LLP · Future Potential")
    assert "Ann Ingleby" in as_viewer.get(url).content.decode()


def test_each_kind_is_found_and_opens(as_viewer, filled):
    expected = {
        "Firms": ("malik", "Malik LLP", "1 person"),
        "Campaigns": ("ongoing", "Ongoing coverage", "M&A -- New York · Active"),
        "Markets": ("york", "M&A -- New York", ""),
        "Notes of calls": ("boston", "Talks about a move to Boston", "Ann Ingleby · Future Potential"),
        "Signals": ("boston", "I would listen to Boston", "Ann Ingleby · Movement State: Exploring"),
        "Pages": ("duplicates", "Likely duplicates", ""),
    }
    for heading, (text, label, note) in expected.items():
        (hit, says, url), *_ = found(as_viewer, text)[heading]

        assert hit == label
        assert says.startswith(note)
        assert as_viewer.get(url).status_code == 200


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("settings", "Settings"),
        ("imports", "Imports"),
        ("audit", "Audit log"),
        ("tags", "Tags"),
        ("tasks", "Tasks due"),
        ("callback", "Callbacks due"),
        ("up next", "Call queue"),
        ("dnc", "Do not call"),
        ("accuracy sugg", "Suggestion accuracy"),
        ("labels", "Tags"),
    ],
)
def test_pages_are_found_by_what_they_are_called_and_also_called(as_manager, workspace, text, label):
    (address,) = [url for name, _, url in found(as_manager, text)["Pages"] if name == label]

    assert as_manager.get(address).status_code == 200


def test_the_page_shows_the_same_without_scripts(as_viewer, filled):
    page = as_viewer.get(ADDRESS, {"q": "ingleby"}).content.decode()

    assert "<h1>Search</h1>" in page
    assert 'name="q" value="ingleby"' in page
    assert re.search(r'<a href="/w/acme/contacts/\d+/">Ann Ingleby</a>', page)


def test_the_header_of_every_page_leads_there(as_viewer, campaign):
    page = as_viewer.get(reverse("campaigns:list", args=["acme"])).content.decode()

    assert re.search(r'<form class="find" method="get" action="/w/acme/search/"', page)


def test_nothing_found_says_so(as_viewer, filled):
    assert "Nothing found for “qqqq”" in as_viewer.get(ADDRESS, {"q": "qqqq"}).content.decode()
    assert "Nothing found for “qqqq”" in as_viewer.get(ADDRESS, {"q": "qqqq"}, headers=PALETTE).content.decode()


def test_more_than_are_shown_are_said_and_lead_to_the_list(as_viewer, workspace):
    for number in range(11):
        ContactFactory(workspace=workspace, full_name=f"Bo Quill {number}", firm="")

    page = as_viewer.get(ADDRESS, {"q": "quill"}).content.decode()

    assert "More than 10 results for" in page
    assert 'href="/w/acme/contacts/?q=quill"' in page
    assert len(found(as_viewer, "quill")["People"]) == 5


@pytest.mark.parametrize("role", ["viewer", "caller", "manager"])
def test_nobody_is_offered_what_their_role_may_not_do(client, filled, role, request):
    client.force_login(request.getfixturevalue(role))
    CampaignFactory(market=filled.market)
    offered = {}
    for text in ["", "new", "call next", "import", "new campaign in york", "a", "on", "team", "ongoing"]:
        for hits in found(client, text).values():
            offered |= {url: label for label, _, url in hits}

    for url in offered:
        assert client.get(url).status_code == 200, url
    labels = set(offered.values())
    assert ("Import people" in labels) == (role == "manager")
    assert ("Audit log" in labels) == (role == "manager")
    assert ("New campaign in M&A -- New York" in labels) == (role == "manager")
    assert ("Call next in Ongoing coverage" in labels) == (role != "viewer")


def test_an_action_is_found_by_its_verb_and_by_what_it_is_about(as_manager, filled):
    MarketFactory(workspace=filled.workspace, practice_area="Tax", geography="London")

    def actions(text):
        return [label for label, _, _ in found(as_manager, text).get("Actions", [])]

    assert actions("new campaign york") == ["New campaign in M&A -- New York"]
    assert actions("new tax") == ["New campaign in Tax -- London"]
    assert "Call next in Ongoing coverage" in actions("call")
    assert actions("import peop") == ["Import people"]


def test_what_a_page_is_called_by_is_no_mistyped_name(as_viewer, workspace):
    ContactFactory(workspace=workspace, full_name="Marke Tilden", firm="Marke LLP")

    assert [label for label, _, _ in found(as_viewer, "markee")["People"]] == ["Marke Tilden"]
    assert found(as_viewer, "market").keys() == {"Pages"}


def test_firms_are_counted_whole_and_found_with_a_typo(as_viewer, workspace):
    for number in range(3):
        ContactFactory(workspace=workspace, full_name=f"Person {number}", firm="Quillon & Vance")
    ContactFactory(workspace=workspace, full_name="Quillon Vance", firm="Elsewhere")

    for text in ("quillon vance", "quilon vance", "vance qill"):
        assert [hit[:2] for hit in found(as_viewer, text)["Firms"]] == [("Quillon & Vance", "3 people")]


@pytest.mark.parametrize("frequent", [1000, 2])
@pytest.mark.parametrize("newest", [2000, 6, 2])
def test_the_newest_notes_are_shown_whether_few_or_many_have_the_word(as_viewer, filled, monkeypatch, frequent, newest):
    monkeypatch.setattr("markets.palette.own_text.FREQUENT", frequent)
    monkeypatch.setattr("markets.palette.own_text.NEWEST", newest)
    for number in range(8):
        call(filled, notes=f"Zurich {number}", started_at=now() - timedelta(hours=8 - number))

    shown = [label for label, _, _ in found(as_viewer, "zurich")["Notes of calls"]]
    assert shown == [f"Zurich {number}" for number in (7, 6, 5, 4, 3)]


def test_a_draft_is_not_called(as_caller, filled):
    CampaignFactory(market=filled.market, name="A draft to come")

    assert "Actions" not in found(as_caller, "draft to come")


def test_a_passage_of_long_notes_shows_the_word(as_viewer, filled):
    call(filled, notes="Nothing in particular. " * 30 + "Asked about Zurich twice. " + "Then goodbye. " * 30)

    ((label, _, _),) = found(as_viewer, "zurich")["Notes of calls"]

    assert "Zurich" in label
    assert len(label) < 130


def test_only_the_own_workspace_is_searched(as_viewer, filled, outsider):
    other = outsider.memberships.get().workspace
    ContactFactory(workspace=other, full_name="Zoe Zanzibar", firm="Zanzibar LLP")
    CampaignFactory(market=MarketFactory(workspace=other, practice_area="Zanzibar"), name="Zanzibar")

    assert found(as_viewer, "zanzibar") == {}


def test_the_same_people_and_firms_elsewhere_change_nothing(as_viewer, filled):
    ContactFactory(workspace=filled.workspace, full_name="Annabel Roe")
    texts = ("malik", "ann ingleby", "boston", "ann", "inglebi")
    before = [found(as_viewer, text) for text in texts]
    for _ in range(3):
        other = active_campaign()
        person = member(other, full_name="Ann Ingleby", firm="Malik LLP").contact
        call(other, person, disposition="future_potential", notes="Talks about a move to Boston")

    ContactFactory.create_batch(MOST, workspace=other.workspace, full_name="Ann Smith")

    assert [found(as_viewer, text) for text in texts] == before
    assert all(before[:4])


def test_no_action_names_a_market_of_another_workspace(as_manager, filled):
    MarketFactory(practice_area="Zanzibar")

    assert found(as_manager, "new campaign zanzibar") == {}


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "x" * 15_000, "' OR 1=1 --", "%", "_", "\\", "ø" * 300, "{{ 7 }}"])
@pytest.mark.parametrize("headers", [{}, PALETTE], ids=["page", "palette"])
def test_no_text_is_too_much(as_manager, filled, text, headers):
    page = as_manager.get(ADDRESS, {"q": text}, headers=headers)

    assert page.status_code == 200
    assert len(page.content) < 60_000


def test_a_search_takes_few_statements_however_much_it_finds(as_manager, filled):
    def grow(rows):
        for number in range(rows):
            name = f"Osaka {number} of {rows}"
            CampaignFactory(market=MarketFactory(workspace=filled.workspace, geography=name), name=name)
            ContactFactory(workspace=filled.workspace, full_name=name, firm=f"{name} LLP")

    def statements(text):
        as_manager.get(ADDRESS, {"q": text}, headers=PALETTE)
        with CaptureQueriesContext(connection) as queries:
            as_manager.get(ADDRESS, {"q": text}, headers=PALETTE)
        return len(queries)

    texts = ["", "os", "osaka", "osakka llp", "call next osaka", "new campaign in osaka"]
    grow(10)  # of fewer, those with typos are looked for, too
    few = [statements(text) for text in texts]
    grow(20)

    assert [statements(text) for text in texts] == few
    assert few[0] <= 4
    assert max(few) <= 28
