"""The benchmark of all pages visits every URL, and everything that a list offers."""

import pytest
from django.test import override_settings
from django.urls import get_resolver, include, path, reverse

from tests.access_rows import ROWS
from tests.benchmarks.bench_all import growth
from tests.benchmarks.bench_all.addresses import OUTSIDE, RULES, Visit, all_pages, ids_of, names_of, unvisited
from tests.benchmarks.bench_all.offers import exports, further_pages, read, row_count, variants
from tests.firms import firm

TOKENS = {"link_token": "a", "mail_token": "b", "invitation_token": "c", "calendar_token": "d"}
GIVEN = ("undecided", "suppression", "off_limits", "campaign_caller", "membership", "invitation", "link", "suggestion")
"""Ids that only addresses take that change something."""


class WithOneMore:
    """The URLs of the portal and one more."""

    urlpatterns = [path("w/<slug:slug>/", include([path("new/", lambda request, slug: None, name="brand_new")]))]


@pytest.fixture
def ours(db):
    return firm("Lisbon", "ours")


def test_every_address_that_answers_get_is_visited(ours):
    ids = ids_of(ours.workspace) | TOKENS

    visited = {visit.page for visit in all_pages("ours", ids, "manager")}

    answering = {row.name for row in ROWS if "GET" in row.methods.split()} | OUTSIDE.keys()
    assert answering - visited == set()
    assert visited | {name for name in names_of() if unvisited(name)} >= {
        name for name in names_of() if name not in RULES or "GET" in RULES[name].methods.split()
    }
    assert len(visited) > 80


def test_an_address_that_is_in_no_list_stops_the_benchmark(ours):
    with override_settings(ROOT_URLCONF=WithOneMore), pytest.raises(LookupError, match="brand_new"):
        list(all_pages("ours", {}, "viewer"))
    assert "brand_new" not in set(names_of(get_resolver()))


def test_each_role_visits_what_it_may_open(ours):
    ids = ids_of(ours.workspace)
    by_role = {role: {visit.page for visit in all_pages("ours", ids, role)} for role in ("viewer", "caller", "manager")}

    assert by_role["viewer"] < by_role["caller"] < by_role["manager"]
    assert {"dashboard", "search"} <= by_role["viewer"]
    assert "campaigns:next" in by_role["caller"] - by_role["viewer"]
    assert "audit" in by_role["manager"] - by_role["caller"]


@pytest.fixture
def says(client, ours):
    """What is asked for of a page, by its name, beside the page itself."""
    client.force_login(ours.manager)

    def of(name, **query):
        address = reverse(name, args=["ours"])
        html = client.get(address, query, follow=True).content.decode()
        visit, offers = Visit(name, "manager", address), read(address, html)
        found = [*variants(visit, offers), *exports(visit, offers), *further_pages(visit, offers, 0)]
        return [each.label.removeprefix(f"{name} ") for each in found]

    return of


def test_a_list_is_visited_with_each_choice_of_each_filter_each_sort_and_export(ours, says):
    asked = says("contacts:list")

    assert {"sort=firm", "sort=-firm", "_export=csv", "_export=xlsx", "#table", "q=ann"} <= set(asked)
    assert {f"audience=#{place}" for place in range(1, 1 + ours.workspace.audiences.count())} <= set(asked)
    assert {f"market=#{place}" for place in range(1, 1 + ours.workspace.markets.count())} <= set(asked)
    assert len(asked) == len(set(asked))


def test_a_list_with_past_days_is_visited_on_one_with_each_filter_too(says):
    asked = says("campaigns:list")

    assert "as_of" in asked
    assert {"as_of sort=name", "as_of sort=-name", "as_of status=active"} <= set(asked)
    assert {each for each in asked if each.startswith("period=")} == {
        "period=30d",
        "period=quarter",
        "period=year",
        "period=all",
    }


def test_the_second_and_the_last_page_are_visited():
    html = '<a href="?page=2" hx-get="?page=2">Next</a><a href="?sort=name&amp;page=41">Last</a>'
    visit = Visit("calls:list", "manager", "/w/ours/calls/")

    pages = further_pages(visit, read(visit.path, html), 0)

    assert [each.address for each in pages] == ["/w/ours/calls/?page=41", "/w/ours/calls/?page=2"]


def test_the_search_page_is_visited_as_the_palette_asks_it(says):
    asked = says("search")

    assert {"q=ann", "#results", "#palette-results", "q=typed #palette-results"} <= set(asked)


def test_the_forms_of_a_page_that_change_something_are_no_filters():
    html = '<form method="post"><input name="name"></form><form action="/search/"><input name="q"></form>'

    assert read("/w/ours/calls/", html).fields == {}


def test_a_list_says_how_many_rows_it_has():
    assert row_count('<data data-metric="rows" value="262729">262,729</data>') == 262729
    assert row_count("<p>No list</p>") is None


def test_a_page_whose_answer_does_not_grow_is_marked_above_the_limit():
    def figures(page, rows, in_all=500, p95=50, buffers=None, label=""):
        figures = {"page": page, "label": label or page, "role": "manager", "rows": rows, "in_all": in_all, "p95": p95}
        return figures | {"buffers": buffers or rows, "sql_ms": 0, "shown": 0}

    pages = ["contacts:list", "tasks:list", "queue", "review", "calls:list", "meetings:list"]
    one = [figures(page, 1000) for page in pages] + [figures("home", 1000, label="campaigns:detail period=30d")]
    ten = [
        figures("contacts:list", 1290),
        figures("tasks:list", 9000, in_all=5000),
        figures("queue", 1310),
        figures("review", 1000, p95=66),
        figures("calls:list", 9000),
        figures("meetings:list", 9000, buffers=1000),
        figures("home", 9000, label="campaigns:detail period=30d"),
    ]

    found = growth.grown(one, ten)

    assert {each.label for each in found if each.is_too_much} == {"queue", "review"}
    assert {each.label: each.answer for each in found}["tasks:list"] == "500 and 5,000 rows in all"
