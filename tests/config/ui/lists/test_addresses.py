"""Addresses of lists: short, and one step back for each state that was chosen."""

import re

import pytest
from django.urls import reverse

from tests.factories import MarketFactory

LIST = {"HX-Request": "true", "HX-Target": "table"}


@pytest.fixture
def contacts(campaign):
    return reverse("contacts:list", args=["acme"])


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("?q=&market=&state=", ""),
        ("?q=ann&market=&state=called", "?q=ann&state=called"),
        ("?state=&q=%C3%9Cnal+%26+Co&page=2", "?q=%C3%9Cnal+%26+Co&page=2"),
        ("?column=a&column=&column=b", "?column=a&column=b"),
    ],
)
def test_a_filter_that_is_not_set_is_no_part_of_the_address(as_viewer, contacts, sent, kept):
    page = as_viewer.get(contacts + sent)

    assert page.status_code == 302
    assert page["Location"] == contacts + kept


@pytest.mark.parametrize("sent", ["", "?q=ann", "?q=ann&page=2&sort=-firm"])
def test_a_short_address_is_left_as_it_is(as_viewer, contacts, sent):
    assert as_viewer.get(contacts + sent).status_code == 200


@pytest.mark.parametrize("path", ["search/", "contacts/duplicates/", "", "campaigns/compare/"])
def test_every_page_has_a_short_address(as_viewer, campaign, path):
    assert as_viewer.get(f"/w/acme/{path}?q=&as_of=")["Location"] == f"/w/acme/{path}"
    assert as_viewer.get(f"/w/acme/{path}?q=", headers=LIST).status_code == 200


def test_nobody_else_is_led_to_a_short_address(client, outsider, campaign):
    client.force_login(outsider)

    assert client.get("/w/acme/contacts/?q=").status_code == 404


@pytest.mark.parametrize(
    ("before", "now", "replaced"),
    [
        ("?q=an", "?q=ann", True),
        ("?q=an&page=3", "?q=ann", True),
        ("?state=called&q=an", "?q=ann&state=called", True),
        ("", "?q=a", False),
        ("?q=a", "", False),
        ("?q=an", "?q=ann&state=called", False),
        ("?state=member", "?state=called", False),
    ],
)
def test_the_address_is_replaced_only_while_a_text_is_typed(as_viewer, contacts, before, now, replaced):
    page = as_viewer.get(contacts + now, headers=LIST | {"HX-Current-URL": f"http://testserver{contacts}{before}"})

    assert page.get("HX-Replace-Url", "") == (contacts + now if replaced else "")


@pytest.mark.parametrize(
    "current", ["http://[", "nonsense", "http://elsewhere.example/?q=an", "http://testserver/?%00"]
)
def test_an_address_of_a_page_that_is_none_changes_nothing(as_viewer, contacts, current):
    page = as_viewer.get(f"{contacts}?q=ann", headers=LIST | {"HX-Current-URL": current})

    assert page.status_code == 200
    assert "HX-Replace-Url" not in page


def chips(page):
    """(text, address) of each chip, the one for all of them last."""
    block = re.search(r'<div class="chips".*?</div>', page.content.decode(), re.DOTALL)
    found = re.findall(r'<a\s[^>]*?href="([^"]*)"[^>]*>(.*?)</a>', block[0], re.DOTALL) if block else []
    return [(re.sub(r"<[^>]*>", "", text), url.replace("&amp;", "&")) for url, text in found]


def test_a_filter_is_taken_away_alone_or_with_all_others(as_viewer, contacts, market):
    page = as_viewer.get(f"{contacts}?q=ann&market={market.pk}&sort=-firm&page=1")

    assert chips(page) == [
        ("Remove filter Search: ann ×", f"?market={market.pk}&sort=-firm"),
        ("Remove filter Market: M&amp;A -- New York ×", "?q=ann&sort=-firm"),
        ("Clear filters", "?sort=-firm"),
    ]


def test_a_list_without_filters_has_no_chips(as_viewer, contacts):
    assert chips(as_viewer.get(contacts)) == []


def test_a_filter_that_cannot_be_read_can_be_cleared(as_viewer, contacts):
    assert chips(as_viewer.get(f"{contacts}?market=abc")) == [("Clear filters", contacts)]


def test_where_people_are_chosen_a_chip_keeps_the_ticks(as_manager, campaign):
    MarketFactory(workspace=campaign.workspace)
    page = as_manager.get(reverse("campaigns:choose", args=["acme", campaign.pk]), {"q": "ann"}).content.decode()

    assert re.search(r'<button\s+name="to" value="/w/acme/campaigns/\d+/contacts/add/" hx-post', page)


def test_likely_duplicates_filter_as_the_other_lists_do(as_viewer, campaign):
    address = reverse("contacts:duplicates", args=["acme"])
    part = as_viewer.get(
        f"{address}?kind=phone&q=ann", headers=LIST | {"HX-Current-URL": f"http://testserver{address}"}
    )

    assert part.content.decode().lstrip().startswith('<div\n  id="table"')
    assert chips(part)[0] == ("Remove filter Search: ann ×", "?kind=phone")
