import csv
import io

import pytest
from django.urls import reverse

from tests.factories import call


@pytest.fixture
def people(as_viewer, campaign):
    call(campaign, disposition="gatekeeper")
    return reverse("contacts:list", args=["acme"])


def headers(client, url, **query):
    return [column.header for column in client.get(url, query).context["table"].columns]


def test_a_list_of_people_begins_with_where_each_stands(as_viewer, people, campaign, market):
    standing = ["Last outcome", "Last call", "Movement State", "Next step", "Assigned to"]

    assert headers(as_viewer, people) == ["Name", "Firm", *standing, "Campaigns"]
    assert headers(as_viewer, reverse("markets:landscape", args=["acme", market.pk]))[2:7] == standing
    of_members = headers(as_viewer, reverse("campaigns:members", args=["acme", campaign.pk]))
    assert of_members == ["Name", "Firm", "Attempts", *standing, "Call"]


def test_the_address_says_which_columns_are_shown_and_in_which_order(as_viewer, people):
    assert headers(as_viewer, people, columns=["email", "last_outcome"]) == ["Name", "Email", "Last outcome"]


@pytest.mark.parametrize(
    ("move", "order"),
    [
        ({"up": "city"}, ["firm", "city", "email"]),
        ({"down": "firm"}, ["email", "firm", "city"]),
        ({"up": "firm"}, ["firm", "email", "city"]),
        ({"down": "city"}, ["firm", "email", "city"]),
        ({"up": "elsewhere"}, ["firm", "email", "city"]),
    ],
)
def test_a_column_is_moved_by_one_place(as_viewer, people, move, order):
    answer = as_viewer.get(people, {"columns": ["firm", "email", "city"], "q": "Person", **move})

    assert answer.status_code == 302
    parts = answer.url.partition("?")[2].split("&")
    assert [part for part in parts if part != "q=Person"] == [f"columns={name}" for name in order]


def test_an_unknown_column_gets_a_notice_and_the_others_are_shown(as_viewer, people):
    page = as_viewer.get(people, {"columns": ["salary", "city"]})

    assert page.context["notices"] == ["There is no column “salary” to show."]
    assert [column.name for column in page.context["table"].columns] == ["full_name", "city"]


def test_columns_known_only_now_are_left_out_of_a_past_day(as_viewer, people):
    page = as_viewer.get(people, {"as_of": "2020-01-31", "columns": ["city", "next_step"]})

    assert [column.name for column in page.context["table"].columns] == ["full_name", "city"]
    assert "only known as of now" in page.context["notices"][0]
    assert headers(as_viewer, people, as_of="2020-01-31")[:3] == ["Name", "Firm", "Title"]


def test_a_list_is_sorted_by_what_has_an_order_in_the_database(as_viewer, people):
    assert as_viewer.get(people, {"sort": "email"}).context["notices"] == []  # although it is hidden
    assert (
        "There is no column “next_step” to sort by"
        in as_viewer.get(people, {"sort": "next_step"}).context["notices"][0]
    )


def exported(client, url, **query):
    lines = csv.reader(io.StringIO(client.get(url, {"_export": "csv", **query}).getvalue().decode()))
    return [*lines]


def test_an_export_has_the_chosen_columns(as_viewer, people, campaign):
    header, first, *_ = exported(as_viewer, people, columns=["last_outcome", "next_step", "in_campaigns", "firm"])

    assert header == ["Name", "Last outcome", "Next step", "Campaigns", "Firm"]
    assert first[1:4] == ["Gatekeeper", "", "Ongoing coverage · M&A -- New York"]


def test_an_export_of_a_list_without_chosen_columns_has_what_an_import_reads(as_viewer, people):
    header, *_ = exported(as_viewer, people)

    assert header[:4] == ["Name", "Firm", "Title", "Seniority"]
    assert "Last outcome" not in header


def test_the_members_of_a_campaign_export_the_chosen_columns_too(as_viewer, campaign):
    call(campaign, disposition="future_potential")
    url = reverse("campaigns:members", args=["acme", campaign.pk])

    header, *rows = exported(as_viewer, url, columns=["movement", "email", "next_step"])

    assert header == ["Name", "Movement State", "Email", "Next step"]
    assert {row[3] for row in rows} == {"", "Call for the first time"}
