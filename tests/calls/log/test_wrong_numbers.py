"""Numbers to repair: opened by an Incorrect Number, closed by a new number."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from calls.log.services import void
from calls.log.wrong_numbers import wrong_number_calls, wrong_numbers_of
from markets.contacts.points import add_points
from markets.imports.contacts.extras import FurtherPoint
from tests.factories import ContactFactory, active_campaign, call, member_of
from tests.reading import metric


@pytest.fixture
def wrong(campaign, caller):
    return call(campaign, disposition="incorrect_number", caller=caller)


def list_of(client, **query):
    return client.get(reverse("repairs:list", args=["acme"]), query)


def save(client, contact, phone, query=""):
    return client.post(reverse("repairs:save", args=["acme", contact.pk]) + query, {"phone": phone}, follow=True)


def test_who_may_not_call_repairs_nothing(as_viewer, wrong):
    for state in ("open", "all"):
        page = list_of(as_viewer, state=state).content.decode()

        assert wrong.contact.full_name in page
        assert reverse("repairs:save", args=["acme", wrong.contact_id]) not in page


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


@pytest.fixture
def unreadable(workspace):
    fields = {"phone": "555-0142", "phone_e164": "", "phone_problem": "no_area_code"}
    return ContactFactory(workspace=workspace, **fields)


def test_a_phone_that_is_no_valid_number_is_listed_with_its_reason(as_caller, wrong, unreadable):
    page = list_of(as_caller).content.decode()

    assert metric(list_of(as_caller), "rows") == 2
    assert "Area code missing" in page
    assert "Found to be wrong" in page
    assert "Numbers to repair <span>2</span>" in page


@pytest.mark.parametrize(("reason", "rows"), [("no_area_code", 1), ("wrong", 1), ("masked", 0)])
def test_the_list_is_filtered_by_the_reason(as_viewer, wrong, unreadable, reason, rows):
    assert metric(list_of(as_viewer, reason=reason), "rows") == rows


def test_a_further_number_repairs_it_with_one_click(as_caller, campaign, unreadable):
    point = FurtherPoint("phone", "212-555-0150 x7", "+12125550150", "7")
    add_points(workspace=campaign.workspace_id, points={unreadable.pk: [point]})
    member = member_of(campaign, unreadable)
    assert 'value="212-555-0150 x7">Use 212-555-0150 x7</button>' in list_of(as_caller).content.decode()

    save(as_caller, unreadable, "212-555-0150 x7")

    unreadable.refresh_from_db()
    assert (unreadable.phone_e164, unreadable.phone_extension, unreadable.phone_problem) == ("+12125550150", "7", "")
    assert not unreadable.contact_points.exists()
    assert campaign.workspace.campaign_contacts.filter(pk=member.pk).callable().exists()
    assert metric(list_of(as_caller), "rows") == 0


def test_a_further_number_that_is_wrong_leaves_the_first_one_callable(campaign, wrong, unreadable):
    contact = member_of(campaign, ContactFactory(workspace=campaign.workspace)).contact
    add_points(workspace=campaign.workspace_id, points={contact.pk: [FurtherPoint("phone", "x", "+12125550150")]})

    call(campaign, contact, disposition="incorrect_number", dialled="+12125550150")

    assert not campaign.workspace.contacts.filter(pk=contact.pk).with_wrong_phone().exists()
    assert wrong_numbers_of(contact) == {"+12125550150"}


def test_voiding_the_call_takes_the_item_back(as_manager, campaign, wrong, manager):
    void(call=wrong, by=manager, reason="Dialled wrongly")

    assert not wrong_number_calls(campaign.workspace).exists()
    assert not campaign.workspace.contacts.with_wrong_phone().exists()


@pytest.mark.parametrize("sort", ["contact", "firm", "dialled", "reason", "-started_at", "caller", "campaign"])
def test_the_list_is_sorted_by_each_column(as_viewer, wrong, sort):
    assert metric(list_of(as_viewer, sort=sort), "rows") == 1


def test_the_days_of_the_filter_are_those_of_the_call(as_viewer, wrong):
    tomorrow = (wrong.workspace.today() + timedelta(days=1)).isoformat()

    assert metric(list_of(as_viewer, **{"from": tomorrow}), "rows") == 0
