"""Numbers to repair: opened by an Incorrect Number, closed by a new number."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from calls.log.services import void
from calls.log.wrong_numbers import wrong_number_calls
from tests.factories import active_campaign, call, member_of
from tests.reading import metric


@pytest.fixture
def wrong(campaign, caller):
    return call(campaign, disposition="incorrect_number", caller=caller)


def list_of(client, **query):
    return client.get(reverse("repairs:list", args=["acme"]), query)


def save(client, contact, phone, query=""):
    return client.post(reverse("repairs:save", args=["acme", contact.pk]) + query, {"phone": phone}, follow=True)


def test_an_incorrect_number_opens_an_item_with_who_found_it_where(as_viewer, campaign, wrong, caller):
    page = list_of(as_viewer).content.decode()

    assert metric(list_of(as_viewer), "rows") == 1
    for words in (str(wrong.contact), wrong.dialled, str(caller), str(campaign)):
        assert words in page
    assert reverse("calls:detail", args=["acme", wrong.pk]) in page
    assert "New number" not in page, "a viewer repairs nothing"


def test_a_new_number_closes_the_item_and_opens_the_person_everywhere(as_caller, campaign, market, wrong):
    other = active_campaign(market=market)
    member_of(other, wrong.contact)
    members = campaign.workspace.campaign_contacts.filter(contact=wrong.contact)
    assert members.callable().count() == 0

    answer = save(as_caller, wrong.contact, "(212) 555-0199")

    assert "can be reached at (212) 555-0199 from now on, in every campaign" in answer.content.decode()
    assert members.callable().count() == 2
    assert metric(list_of(as_caller), "rows") == 0
    assert metric(list_of(as_caller, state="repaired"), "rows") == 1
    assert metric(list_of(as_caller, state="all"), "rows") == 1


@pytest.mark.parametrize("typed", ["", "not a number", "12", "x" * 100, "\x00"])
def test_what_is_no_number_is_refused_with_a_sentence(as_caller, wrong, typed):
    answer = save(as_caller, wrong.contact, typed)

    assert answer.status_code == 200
    assert f"{wrong.contact}: " in answer.content.decode()
    assert metric(list_of(as_caller), "rows") == 1


def test_the_wrong_number_itself_repairs_nothing(as_caller, wrong):
    answer = save(as_caller, wrong.contact, wrong.dialled)

    assert "is the number that turned out to be incorrect" in answer.content.decode()


def test_saving_comes_back_to_the_list_as_it_was(as_caller, wrong):
    answer = save(as_caller, wrong.contact, "(212) 555-0199", "?state=all&sort=-contact")

    assert answer.redirect_chain == [(reverse("repairs:list", args=["acme"]) + "?state=all&sort=-contact", 302)]


def test_a_number_found_wrong_twice_is_one_item_of_the_newest_call(campaign, wrong):
    again = call(campaign, wrong.contact, disposition="incorrect_number", started_at=now())

    assert list(wrong_number_calls(campaign.workspace)) == [again]


def test_each_number_of_a_person_is_an_item_and_as_many_are_open_as_people_lack_a_number(as_caller, campaign, wrong):
    save(as_caller, wrong.contact, "(212) 555-0199")
    wrong.contact.refresh_from_db()
    call(campaign, wrong.contact, disposition="incorrect_number", started_at=now())

    assert metric(list_of(as_caller, state="all"), "rows") == 2
    assert metric(list_of(as_caller), "rows") == campaign.workspace.contacts.with_wrong_phone().count() == 1
    assert "Numbers to repair <span>1</span>" in list_of(as_caller).content.decode()


def test_voiding_the_call_takes_the_item_back(as_manager, campaign, wrong, manager):
    void(call=wrong, by=manager, reason="Dialled wrongly")

    assert not wrong_number_calls(campaign.workspace).exists()
    assert not campaign.workspace.contacts.with_wrong_phone().exists()


@pytest.mark.parametrize("sort", ["contact", "firm", "dialled", "-started_at", "caller", "campaign"])
def test_the_list_is_sorted_by_each_column(as_viewer, wrong, sort):
    assert metric(list_of(as_viewer, sort=sort), "rows") == 1


def test_the_days_of_the_filter_are_those_of_the_call(as_viewer, wrong):
    tomorrow = (wrong.workspace.today() + timedelta(days=1)).isoformat()

    assert metric(list_of(as_viewer, **{"from": tomorrow}), "rows") == 0
