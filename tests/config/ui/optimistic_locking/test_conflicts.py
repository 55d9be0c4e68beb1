"""Two people, or two tabs, edit the same thing: no word of either is lost."""

import threading
from functools import partial

import pytest
from django.db import connection, connections, transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse

from campaigns.forms import CampaignForm
from campaigns.models import Campaign
from markets.models import ContactChange
from tests.config.ui.optimistic_locking.edit_tabs import LONG, again, edit_url, stored, tab, text_of
from tests.factories import CampaignFactory, MarketFactory
from tests.forms import edit_form


def test_of_two_tabs_on_one_contact_the_second_sees_both_values_and_loses_nothing(as_manager, contact):
    first, second = tab(as_manager, contact), tab(as_manager, contact)
    first(title="Partner")

    answer = second(title="Counsel", firm="North LLP")

    assert answer.status_code == 409
    assert stored(contact, "title", "firm") == ("Partner", "")
    difference = answer.context["form"].conflicts[0]
    assert (difference.label, difference.stored, difference.typed) == ("Title", "Partner", "Counsel")
    form = edit_form(answer)
    assert (form["title"], form["firm"]) == ("Counsel", "North LLP"), "what was typed is still in the form"
    for words in ("Someone else changed this while you were editing", "Save mine", "Keep stored values"):
        assert words in text_of(answer)


def test_one_click_saves_mine_and_another_keeps_the_stored_values(as_manager, contact):
    first, second = tab(as_manager, contact), tab(as_manager, contact)
    first(title="Partner")
    answer = second(title="Counsel", firm="North LLP")

    kept_at = reverse("contacts:detail", args=["acme", contact.pk])
    assert f'href="{kept_at}">Keep stored values' in text_of(answer)
    assert again(answer, as_manager, contact).status_code == 302

    assert stored(contact, "title", "firm") == ("Counsel", "North LLP")


def test_a_page_with_a_conflict_can_be_stale_itself(as_manager, contact):
    first, second, third = (tab(as_manager, contact) for _ in range(3))
    first(title="Partner")
    answer = second(title="Counsel")
    assert third(title="Of Counsel").status_code == 409
    tab(as_manager, contact)(title="Chair")

    answer = again(answer, as_manager, contact)

    assert answer.status_code == 409
    assert answer.context["form"].conflicts[0].stored == "Chair"
    assert again(answer, as_manager, contact).status_code == 302
    assert stored(contact, "title") == ("Counsel",)


def test_different_fields_of_two_tabs_are_both_kept_and_the_second_is_told(as_manager, contact):
    first, second = tab(as_manager, contact), tab(as_manager, contact)
    first(title="Partner")

    answer = second(city="Albany")

    assert answer.status_code == 302
    assert stored(contact, "title", "city") == ("Partner", "Albany")
    page = text_of(as_manager.get(answer["Location"]))
    assert "While you were editing, someone else changed Title (now “Partner”). That is kept." in page


def test_without_the_other_change_both_saves_go_through(as_manager, contact):
    """The control of the tests above."""
    assert tab(as_manager, contact)(title="Partner").status_code == 302
    assert tab(as_manager, contact)(title="Counsel").status_code == 302

    assert stored(contact, "title") == ("Counsel",)


def test_the_same_value_typed_twice_is_no_conflict(as_manager, contact):
    first, second = tab(as_manager, contact), tab(as_manager, contact)
    first(title="Partner")

    assert second(title="Partner").status_code == 302


def test_a_form_that_nobody_touched_changes_nothing(as_manager, contact):
    first, second = tab(as_manager, contact), tab(as_manager, contact)
    first(title="Partner")
    before = stored(contact, "title", "updated_at", "person_fields")

    assert second().status_code == 302

    assert stored(contact, "title", "updated_at", "person_fields") == before
    assert ContactChange.objects.count() == 1


def test_who_changed_it_and_when_is_said(client, manager, as_manager, contact):
    second = tab(as_manager, contact)
    tab(as_manager, contact)(title="Partner")

    page = text_of(second(title="Counsel"))

    assert f'class="sub">{manager}, ' in page


def test_an_error_beside_a_conflict_is_shown_with_it_once_that_is_decided(as_manager, contact):
    second = tab(as_manager, contact)
    tab(as_manager, contact)(title="Partner")

    answer = second(title="Counsel", timezone="Mars/Base")
    answer = again(answer, as_manager, contact)

    assert "is not a time zone" in text_of(answer)
    assert edit_form(answer)["title"] == "Counsel"
    assert again(answer, as_manager, contact, timezone="").status_code == 302
    assert stored(contact, "title") == ("Counsel",)


def test_what_others_changed_is_in_the_form_that_comes_back_with_an_error(as_manager, contact):
    second = tab(as_manager, contact)
    tab(as_manager, contact)(title="Partner")

    answer = second(email="nobody")

    assert answer.status_code == 200
    assert edit_form(answer)["title"] == "Partner"
    assert "someone else changed Title (now “Partner”)" in text_of(answer)


def test_a_market_and_a_campaign_are_compared_too(as_manager, manager, workspace):
    market = MarketFactory(workspace=workspace)
    draft = CampaignFactory(market=market, brief=LONG, kind="validation", owner=None)
    one, two = tab(as_manager, market), tab(as_manager, draft)
    tab(as_manager, market)(seniority="Partners")
    tab(as_manager, draft)(brief=LONG + "\nAnd more.", kind="follow_up", owner=str(manager.pk))

    of_market = one(seniority="Associates")
    of_campaign = two(brief="Mine:\n" + LONG, kind="coverage", starts_on="2026-03-01")

    assert (of_market.status_code, of_campaign.status_code) == (409, 409)
    differences = {each.label: each for each in of_campaign.context["form"].conflicts}
    assert differences.keys() == {"Brief", "Kind"}
    assert (differences["Kind"].stored, differences["Kind"].typed) == ("Follow-up", "Ongoing coverage")
    assert differences["Brief"].typed == "Mine:\n" + LONG
    assert edit_form(of_campaign)["owner"] == str(manager.pk)
    assert again(of_campaign, as_manager, draft).status_code == 302
    assert again(of_market, as_manager, market).status_code == 302
    assert stored(draft, "brief", "kind", "owner") == ("Mine:\n" + LONG, "coverage", manager)
    assert stored(market, "seniority") == ("Associates",)


def test_market_and_campaign_save_without_the_other_change(as_manager, workspace):
    market = MarketFactory(workspace=workspace)
    draft = CampaignFactory(market=market, brief=LONG)

    assert tab(as_manager, market)(seniority="Associates").status_code == 302
    assert tab(as_manager, draft)(brief="Mine:\n" + LONG).status_code == 302

    assert stored(draft, "brief") == ("Mine:\n" + LONG,)


DAMAGED = {
    "empty": "",
    "NUL": "title=\0",
    "JSON": '{"title": ["Associate"]}',
    "nested": "[" * 100_000,
    "huge": "title=1 " * 200_000,
    "digits": "9" * 10_000,
    "no value": "title",
    "no name": "=",
    "another's": "practice_area=0123456789ab",
    "surrogate": "title=\\ud800",
    "signs": "title=\U0001f600 \u202e <script>alert(1)</script>",
}


@pytest.mark.parametrize("version", DAMAGED.values(), ids=DAMAGED)
def test_a_version_that_cannot_be_read_shows_both_values(as_manager, contact, version):
    answer = tab(as_manager, contact)(title="Counsel", version=version)

    assert answer.status_code == 409
    assert stored(contact, "title") == ("Associate",)
    assert "It isn&#x27;t clear which values you saw" in text_of(answer)
    assert edit_form(answer)["title"] == "Counsel"
    assert again(answer, as_manager, contact).status_code == 302
    assert stored(contact, "title") == ("Counsel",)


def test_a_script_that_sends_no_version_is_shown_the_stored_values(as_manager, contact):
    answer = as_manager.post(edit_url(contact), {"full_name": "Ann Lee", "email": contact.email, "title": "Counsel"})

    assert answer.status_code == 409
    assert {each.label for each in answer.context["form"].conflicts} == {"Title", "Phone", "City"}


def test_what_is_deleted_meanwhile_is_not_found(as_manager, workspace):
    draft = CampaignFactory(market=MarketFactory(workspace=workspace))
    form = CampaignForm(edit_form(as_manager.get(edit_url(draft))), instance=draft, workspace=workspace)
    Campaign.objects.all().delete()

    with pytest.raises(Http404), transaction.atomic():
        form.is_valid()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time.")
@pytest.mark.parametrize("name", ["contact", "market", "campaign", "made"])
def test_of_two_who_save_at_once_one_wins_and_the_other_sees_it(request, manager, name):
    row = request.getfixturevalue(name)
    changes = {
        "contact": [{"title": "Partner"}, {"title": "Counsel"}],
        "market": [{"seniority": "Partners"}, {"seniority": "Associates"}],
        "campaign": [{"brief": "One"}, {"brief": "Two"}],
        "made": [{"notes": "One", "reason": "Misheard"}, {"notes": "Two", "reason": "Misheard"}],
    }[name]
    for _ in range(5):
        clients = [Client(), Client()]
        for each in clients:
            each.force_login(manager)
        tabs = [tab(each, row) for each in clients]

        statuses, values = at_once(*(partial(send, **typed) for send, typed in zip(tabs, changes, strict=True)))

        assert sorted(statuses) == [302, 409], "one wins, the other is shown the conflict"
        field, text = next(iter(changes[statuses.index(302)].items()))
        assert stored(row, field) == (text,)
        assert values[statuses.index(409)] == text
        reset = {field: "Before"}
        type(row).objects.filter(pk=row.pk).update(**reset)


def at_once(*sends):
    """Sends the forms together. Returns each answer's status, and the stored value that it shows."""
    barrier, statuses, values = threading.Barrier(len(sends)), [0] * len(sends), [""] * len(sends)

    def run(place, send):
        barrier.wait()
        try:
            answer = send()
            statuses[place] = answer.status_code
            if answer.status_code == 409:
                values[place] = answer.context["form"].conflicts[0].stored
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(sends)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses, values
