"""What is selected on a list stays selected over pages, orders and filters until it is cleared."""

import csv

import pytest
from django.urls import reverse

from campaigns.models import PeopleSelection, SelectedPerson
from signals.contacts.erasure import erase
from signals.contacts.merge import merge
from tests import factories
from tests.campaigns.bulk.pages import form_of, press
from tests.reading import metric


def test_a_selection_lasts_over_three_pages_an_order_and_a_filter(as_manager, people, contacts_url):
    page = press(as_manager, as_manager.get(contacts_url), tick=people[:2], to="?page=2")
    assert metric(page, "selected") == 2
    page = press(as_manager, page, tick=[people[30]], to="?page=3")
    page = press(as_manager, page, "tick", tick=[people[59]])
    assert metric(page, "selected") == 4
    page = as_manager.get(f"{contacts_url}?q=North&sort=-full_name")
    assert form_of(page)[1]["contact"] == [str(people[1].pk), str(people[0].pk)]
    page = press(as_manager, page, "tick", untick=[people[0]])

    assert metric(page, "selected") == 3
    assert metric(as_manager.get(contacts_url), "selected") == 3
    page = press(as_manager, page, "clear")
    assert metric(page, "selected") == 0
    assert not PeopleSelection.objects.exists()


def test_all_that_match_are_a_filter_and_somebody_who_comes_later_is_selected_too(as_manager, people, contacts_url):
    page = press(as_manager, as_manager.get(f"{contacts_url}?firm=North+LLP"), "all")
    assert metric(page, "selected") == metric(page, "rows") == 10
    assert not SelectedPerson.objects.exists()

    late = factories.ContactFactory(workspace=people[0].workspace, full_name="Person late", firm="North LLP")
    page = as_manager.get(f"{contacts_url}?firm=North+LLP")
    assert metric(page, "selected") == metric(page, "rows") == 11
    page = press(as_manager, page, "tick", untick=[late])

    assert metric(page, "selected") == 10
    page = press(as_manager, as_manager.get(f"{contacts_url}?q=059"), "tick", tick=[people[59]])
    assert metric(page, "selected") == 11
    page = press(as_manager, as_manager.get(f"{contacts_url}?firm=North+LLP"), "all")
    assert metric(page, "selected") == 12


def test_everybody_can_be_selected_but_one(as_manager, people, contacts_url):
    page = press(as_manager, as_manager.get(contacts_url), "all")
    assert metric(page, "selected") == 60
    page = press(as_manager, page, "tick", untick=[people[5]])

    assert metric(page, "selected") == 59
    assert len(form_of(page)[1]["contact"]) == 24


def test_the_page_is_selected_at_once(as_manager, people, contacts_url):
    assert metric(press(as_manager, as_manager.get(contacts_url), "page"), "selected") == 25


def test_each_tick_is_kept_at_once_by_scripts(as_manager, people, contacts_url):
    url, data = form_of(as_manager.get(contacts_url))

    answer = as_manager.post(url, data | {"contact": data["shown"][:3]}, headers={"HX-Request": "true"})

    assert metric(answer, "selected") == 3
    assert "<html" not in answer.content.decode()


def test_filters_that_find_the_same_are_counted_once_and_there_are_at_most_five(as_manager, people, contacts_url):
    for query in ("firm=North+LLP", "q=Person+00", "q=Person+01", "q=Person+02", "q=Person+03"):
        page = press(as_manager, as_manager.get(f"{contacts_url}?{query}"), "all")
    assert metric(page, "selected") == 40
    page = press(as_manager, as_manager.get(f"{contacts_url}?q=Person+04"), "all")

    assert "At most 5 filters" in page.content.decode()
    assert metric(page, "selected") == 40


def test_each_list_and_each_user_has_a_selection_of_its_own(
    client, manager, caller, market, campaign, people, contacts_url
):
    landscape = reverse("markets:landscape", args=["acme", market.pk])
    members = reverse("campaigns:members", args=["acme", campaign.pk])
    client.force_login(manager)
    press(client, client.get(contacts_url), "all")
    press(client, client.get(landscape), "page")

    assert [metric(client.get(url), "selected") for url in (contacts_url, landscape, members)] == [63, 25, 0]
    client.force_login(caller)
    assert [metric(client.get(url), "selected") for url in (contacts_url, landscape)] == [0, 0]


def test_whoever_leaves_the_list_is_not_selected_there_any_more(as_manager, manager, campaign, members_url):
    page = press(as_manager, as_manager.get(members_url), "all")
    assert metric(page, "selected") == 3
    campaign.members.filter(pk=campaign.members.first().pk).update(
        removed_at="2026-01-01T00:00Z", removed_reason="Moved"
    )

    assert metric(as_manager.get(members_url), "selected") == 2
    assert form_of(as_manager.get(f"{members_url}?state=removed"))[1]["shown"] == []


def test_exactly_the_selected_are_exported_with_the_columns_shown(as_manager, people, contacts_url):
    page = as_manager.get(f"{contacts_url}?columns=firm&sort=-full_name")
    answer = press(as_manager, page, "export", tick=[people[58], people[57]])

    rows = list(csv.reader(b"".join(answer.streaming_content).decode().splitlines()))
    assert rows == [["Name", "Firm"], ["Person 058", "South LLP"], ["Person 057", "South LLP"]]


def test_viewers_have_no_boxes_and_nobody_has_them_for_the_past(as_viewer, people, contacts_url):
    text = as_viewer.get(contacts_url).content.decode()

    assert 'id="bulk"' not in text
    assert 'name="contact"' not in text
    assert as_viewer.post(reverse("selection:change", args=["acme"])).status_code == 403


def test_a_past_day_has_no_boxes(as_manager, people, contacts_url):
    assert 'id="bulk"' not in as_manager.get(f"{contacts_url}?as_of=2020-01-01").content.decode()


def test_only_people_of_the_workspace_and_the_list_are_selected(
    as_manager, people, campaign, contacts_url, members_url
):
    foreign = factories.ContactFactory()
    page = press(as_manager, as_manager.get(contacts_url), "tick", tick=[foreign, people[0]])
    assert metric(page, "selected") == 1
    page = press(as_manager, as_manager.get(members_url), "tick", tick=[foreign, people[0]])
    assert metric(page, "selected") == 0


@pytest.mark.parametrize("name", ["market", "campaign"])
def test_a_list_of_another_workspace_does_not_exist(as_manager, people, name):
    foreign = factories.CampaignFactory()
    pk = foreign.pk if name == "campaign" else foreign.market_id

    for action in ("change", "tag", "add", "suppress"):
        url = reverse(f"selection:{action}", args=["acme"])
        assert as_manager.post(f"{url}?in_{name}={pk}").status_code == 404


def test_a_merge_an_erasure_and_an_unused_month_forget_selections(as_manager, manager, people, contacts_url):
    press(as_manager, as_manager.get(contacts_url), "tick", tick=people[:3])
    merge(keep=people[5], merged=people[0], by=manager, reason="Same person")
    erase(contact=people[1], by=manager, reason="Asked")
    assert SelectedPerson.objects.get().contact == people[2]

    press(as_manager, as_manager.get(f"{contacts_url}?q={people[2].email}"), "all")
    erase(contact=people[2], by=manager, reason="Asked")
    assert not PeopleSelection.objects.exists()
