"""The notice after saving takes the call back, and its form begins with what it said."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils.timezone import now

from calls.models import Call
from markets.models import Suppression
from tests.calls.views.call_form_pages import text, url
from tests.calls.views.test_call_form import posted
from tests.factories import active_campaign, call

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def person(campaign):
    return campaign.members.order_by("pk").first().contact


def undo(client, made, **options):
    return client.post(reverse("calls:undo", args=["acme", made.pk]), **options)


def test_the_notice_offers_to_undo_and_to_correct_the_call(as_caller, campaign, person):
    page = text(as_caller.post(url("call", campaign, person.pk), posted(campaign), follow=True))

    made = Call.objects.get()
    assert f"Recorded: No Answer, {person}." in page
    assert f'form="undo" formaction="{reverse("calls:undo", args=["acme", made.pk])}"' in page
    assert '<form id="undo" method="post">' in page
    assert reverse("calls:correct", args=["acme", made.pk]) in page


def test_a_name_that_is_markup_stays_words_in_the_notice(as_caller, campaign, person):
    person.full_name = "Ann <b>Lee</b>"
    person.save()

    page = text(as_caller.post(url("call", campaign, person.pk), posted(campaign), follow=True))

    assert "Recorded: No Answer, Ann &lt;b&gt;Lee&lt;/b&gt;." in page


def test_the_queue_and_the_page_without_people_have_the_form_of_the_button_too(as_caller, market):
    campaign = active_campaign(1, market=market)
    person = campaign.members.get().contact

    for then in ("next", "stop"):
        page = as_caller.post(url("call", campaign, person.pk), posted(campaign, then=then), follow=True)
        assert 'form="undo"' in text(page)
        assert '<form id="undo" method="post">' in text(page)


def test_an_undone_call_is_voided_and_its_form_begins_with_what_it_said(as_caller, campaign, person):
    meeting_at = "2026-12-02T10:00"
    said = {
        "disposition": "meeting_booked",
        "notes": "Has time at ten",
        "talk_seconds": "95",
        "movement_state": "Exploring",
        "movement_state_evidence": "I would look",
    }
    as_caller.post(url("call", campaign, person.pk), posted(campaign, meeting_at=meeting_at, **said))
    made = Call.objects.get()

    answer = undo(as_caller, made)

    made.refresh_from_db()
    assert (made.void_reason, made.voided_by) == ("Undone right after it was recorded", made.caller)
    assert urlsplit(answer.url).path == url("call", campaign, person.pk)
    page = as_caller.get(answer.url)
    form = page.context["form"]
    assert "Undone: Meeting Booked" in text(page)
    assert {name: str(form[name].value()) for name in said} == said
    assert f'name="meeting_at" value="{meeting_at}"' in text(page)
    assert str(form["request_key"].value()) != str(made.request_key)


def test_do_not_contact_is_taken_back_with_its_suppression(as_caller, campaign, person):
    as_caller.post(url("call", campaign, person.pk), posted(campaign, disposition="do_not_contact"))
    assert Suppression.objects.filter(lifted_at=None).exists()

    undo(as_caller, Call.objects.get())

    assert not Suppression.objects.filter(lifted_at=None).exists()


@pytest.mark.parametrize("whose", ["another_callers", "yesterdays"])
def test_only_ones_own_call_of_today_is_undone(as_caller, campaign, person, caller, other, whose):
    whom, at = (other, now()) if whose == "another_callers" else (caller, now() - timedelta(days=1))
    made = call(campaign, person, caller=whom, started_at=at)

    assert undo(as_caller, made).status_code == 403
    made.refresh_from_db()
    assert made.voided_at is None


def test_a_call_that_is_undone_twice_says_so(as_caller, campaign, person, caller):
    made = call(campaign, person, caller=caller, started_at=now())
    undo(as_caller, made)

    page = undo(as_caller, made, follow=True)

    assert 'class="notice error"' in text(page)
    assert page.redirect_chain[-1][0] == reverse("calls:detail", args=["acme", made.pk])


def test_the_form_begins_with_no_call_but_ones_own_undone_one(as_caller, campaign, person, caller):
    standing = call(campaign, person, caller=caller, notes="Stands")

    for undone in (standing.pk, "x", 0, "9" * 30):
        page = as_caller.get(url("call", campaign, person.pk), {"undone": undone})
        assert page.context["form"]["notes"].value() is None
