"""Filters, columns and exports of lists of contacts."""

import pytest
from django.urls import reverse

from markets.custom_fields.fields import field_key
from markets.models import Contact, CustomField
from tests.commands import run_command
from tests.config.ui.lists.test_exports import content
from tests.factories import ContactFactory, MarketFactory, WorkspaceFactory
from tests.importing import finished_import

LINES = (
    "Name,Email,Size,Joined,Team,Größe",
    "Ann,ann@x.example,42,2024-01-31,Red,=1+1",
    "Ben,ben@x.example,43.5,2024-02-01,Blue,tall man",
    "Cy,cy@x.example,100,2023-01-01,Red,",
    "Di,di@x.example,,,Red,Tall",
    "Ed,ed@x.example,9,2025-01-01,Blue,small",
    "Fi,fi@x.example,,,Blue,x",
)


@pytest.fixture
def people(market):
    finished_import(market.workspace, *LINES, market=market.pk)
    return market.workspace.contacts


def names(client, name="contacts:list", args=(), **query):
    page = client.get(reverse(name, args=["acme", *args]), query)
    assert page.status_code == 200
    return [row.record.full_name for row in page.context["table"].rows]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"custom-team": "Red"}, ["Ann", "Cy", "Di"]),
        ({"custom-size-from": "42"}, ["Ann", "Ben", "Cy"]),
        ({"custom-size-from": "10", "custom-size-to": "43.5"}, ["Ann", "Ben"]),
        ({"custom-joined-from": "2024-01-31", "custom-joined-to": "2024-12-31"}, ["Ann", "Ben"]),
        ({f"custom-{field_key('Größe')}": "tall"}, ["Ben", "Di"]),
        ({"custom-nothing": "x"}, ["Ann", "Ben", "Cy", "Di", "Ed", "Fi"]),
    ],
)
def test_people_are_found_by_what_files_said(as_viewer, people, query, found):
    assert names(as_viewer, **query) == found


def test_values_that_a_person_typed_are_found_like_those_of_files(as_viewer, people):
    fi = people.get(full_name="Fi")
    fi.custom |= {field_key("Größe"): "very tall", "size": 50}
    fi.save()

    assert names(as_viewer, **{f"custom-{field_key('Größe')}": "very"}) == ["Fi"]
    assert names(as_viewer, **{"custom-size-from": "50"}) == ["Cy", "Fi"]


@pytest.mark.parametrize(
    "query",
    [
        {"custom-team": "Green"},
        {"custom-size-from": "tall"},
        {"custom-size-from": "1e999"},
        {"custom-size-to": "NaN"},
        {"custom-joined-from": "soon"},
        {f"custom-{field_key('Größe')}": "a\0b"},
        {"columns": "nothing"},
        {"sort": "custom_nothing"},
    ],
)
def test_bad_input_gets_a_notice(as_viewer, people, query):
    page = as_viewer.get(reverse("contacts:list", args=["acme"]), query)

    assert page.status_code == 200
    assert page.context["notices"]


def test_columns_are_shown_where_they_are_chosen_or_filtered_by(as_viewer, people):
    def shown(**query):
        page = as_viewer.get(reverse("contacts:list", args=["acme"]), query)
        return [column.header for column in page.context["table"].columns if column.name.startswith("custom")]

    assert shown() == []
    assert shown(columns=["team", "size"]) == ["Team", "Size"]  # in the order of the address
    assert shown(**{"custom-joined-from": "2024-01-01"}) == ["Joined"]
    assert names(as_viewer, columns="size", sort="-custom_size") == ["Cy", "Ben", "Ann", "Ed", "Di", "Fi"]


def test_hidden_fields_are_neither_filters_nor_columns(as_viewer, people):
    CustomField.objects.filter(key="team").update(is_hidden=True)

    page = as_viewer.get(reverse("contacts:list", args=["acme"]), {"custom-team": "Red", "_export": "csv"})

    header = content(page).decode().splitlines()[0]
    assert "Team" not in header
    assert "Size" in header


def test_a_landscape_is_filtered_by_them_too(as_viewer, market, people):
    ContactFactory(workspace=market.workspace, full_name="Gus", custom={"team": "Blue"})  # not in the market

    assert names(as_viewer, "markets:landscape", [market.pk], **{"custom-team": "Blue"}) == ["Ben", "Ed", "Fi"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_import_of_the_export_gives_the_same(as_viewer, workspace, people, tmp_path, kind):
    CustomField.objects.filter(key="size").update(name="Shoe size")
    elsewhere = MarketFactory(workspace=WorkspaceFactory(slug="elsewhere"))
    path = tmp_path / f"people.{kind}"
    path.write_bytes(content(as_viewer.get(reverse("contacts:list", args=["acme"]), {"_export": kind})))

    same = run_command("import_contacts", path, "--workspace", "acme", "--market", "M&A -- New York")
    run_command("import_contacts", path, "--workspace", "elsewhere", "--market", elsewhere.name)

    assert "6 unchanged" in same
    for ours in people.all():
        theirs = elsewhere.workspace.contacts.get(email=ours.email)
        assert theirs.custom == {key.replace("size", "shoesize"): value for key, value in ours.custom.items()}
    assert CustomField.objects.filter(workspace=workspace).count() == 4


def test_a_list_has_nothing_of_other_workspaces(as_viewer, workspace):
    other = WorkspaceFactory()
    CustomField.objects.create(workspace=other, key="canary", name="Zanzibar", kind="choice", choices=["Zanzibar"])
    ContactFactory(workspace=other, custom={"canary": "Zanzibar"})
    ContactFactory(workspace=workspace, full_name="Ann", custom={"canary": "Oslo"})

    page = as_viewer.get(reverse("contacts:list", args=["acme"]), {"custom-canary": "Zanzibar", "columns": "canary"})

    assert "custom_canary" not in page.content.decode()
    assert "<th" in page.content.decode()
    assert [row.record.full_name for row in page.context["table"].rows] == ["Ann"]
    assert Contact.objects.count() == 2
