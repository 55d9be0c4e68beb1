"""The pages of suggestions: deciding on a call's page and beside the next contact, and the rules."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from calls.models import Call
from signals.models import Signal, SignalSuggestion
from signals.suggestions.services import accept, refuse, suggest
from tests.factories import call, member
from tests.reading import metric, numbers
from tests.signals.suggestions.helpers import NOTES, decide, suggestion_of


def test_the_page_of_a_call_shows_the_words_marked_and_takes_decisions(as_caller, conversation):
    page = as_caller.get(reverse("calls:detail", args=["acme", conversation.pk])).content.decode()
    assert "has started <mark>asking around</mark>." in page

    answer = decide(as_caller, SignalSuggestion.objects.get(value="Exploring"), "accept", follow=True)
    decide(as_caller, SignalSuggestion.objects.get(value="Inviting"), "refuse")

    assert "Captured: Movement State: Exploring." in answer.content.decode()
    assert [each.value for each in Signal.objects.all()] == ["Exploring"]
    assert set(SignalSuggestion.objects.values_list("value", "state")) == {
        ("Compensation", "open"),
        ("Exploring", "accepted"),
        ("Inviting", "refused"),
    }


def test_words_that_are_markup_stay_words(as_caller, campaign):
    made = call(campaign, disposition="future_potential", notes="<b>Wants <i> out</i></b>. <u>Underpaid</u>")

    page = as_caller.get(reverse("calls:detail", args=["acme", made.pk])).content.decode()

    assert "&lt;u&gt;<mark>Underpaid</mark>&lt;/u&gt;" in page


@pytest.mark.parametrize(
    ("decision", "sentence"),
    [("", "“” decides nothing"), ("maybe", "“maybe” decides nothing; choose Accept or Refuse")],
)
def test_a_decision_that_is_none_is_said(as_caller, conversation, decision, sentence):
    answer = decide(as_caller, suggestion_of(conversation, "Exploring"), decision, follow=True)

    assert sentence in answer.content.decode()
    assert not SignalSuggestion.objects.exclude(state="open").exists()


def test_a_second_decision_hears_what_happened(as_caller, conversation):
    suggestion = suggestion_of(conversation, "Exploring")
    decide(as_caller, suggestion, "refuse")

    answer = decide(as_caller, suggestion, "accept", follow=True)

    assert "was refused already by Caller" in answer.content.decode()


def test_a_viewer_is_asked_nothing_and_makes_no_suggestion(as_viewer, conversation):
    page = as_viewer.get(reverse("calls:detail", args=["acme", conversation.pk])).content.decode()

    assert "Suggested signals" not in page
    assert not SignalSuggestion.objects.exists()


def test_a_saved_call_leads_to_what_its_notes_suggest_and_only_its_own_person_shows_it(as_caller, campaign):
    campaign.calls_from, campaign.calls_until, campaign.calls_on_weekends = 0, 24, True
    campaign.save()
    contact = campaign.members.order_by("pk").first().contact
    there = now().astimezone(campaign.workspace.zone)
    form = {"disposition": "future_potential", "direction": "outbound", "started_at": f"{there:%Y-%m-%dT%H:%M}"}
    url = reverse("campaigns:call", args=["acme", campaign.pk, contact.pk])

    page = as_caller.post(url, form | {"notes": NOTES}, follow=True).content.decode()

    made = reverse("calls:detail", args=["acme", Call.objects.get().pk])
    assert f'<a href="{made}#suggestions">Review suggested signals</a>' in page
    assert "Suggested signals" not in page, "they are another person's"
    for of_the_person in (url, made):
        assert "Accept Movement State: Exploring" in as_caller.get(of_the_person).content.decode()


def test_a_decision_beside_the_next_person_brings_only_what_is_left(as_caller, conversation):
    swap = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "suggestions"}

    page = decide(as_caller, suggestion_of(conversation, "Exploring"), "accept", follow=True, **swap).content.decode()

    panel = page.split('id="suggestions"')[1].split("</section>")[0]
    assert "Captured: Movement State: Exploring." in panel
    assert "Accept Motivation Driver: Compensation" in panel
    assert "hx-target" in panel


def test_what_others_recorded_or_what_is_hours_old_is_not_shown_beside_the_person(as_manager, conversation, manager):
    suggest(conversation)
    url = reverse("campaigns:call", args=["acme", conversation.campaign_id, conversation.contact_id])
    assert "Suggested signals" not in as_manager.get(url).content.decode()
    Call.objects.update(caller=manager)
    assert "Suggested signals" in as_manager.get(url).content.decode()

    SignalSuggestion.objects.update(suggested_at=now() - timedelta(hours=2))

    assert "Suggested signals" not in as_manager.get(url).content.decode()


def test_managers_see_how_often_each_rule_is_accepted_and_every_number_opens_its_rows(as_manager, campaign, caller):
    for n in range(5):
        made = call(campaign, member(campaign).contact, disposition="future_potential", notes=NOTES)
        if n < 4:
            (accept if n else refuse)(suggestion=suggestion_of(made, "Exploring"), by=caller)
        suggest(made)

    page = as_manager.get(reverse("signals:rules", args=["acme"]))

    about = "rule:asking around"
    shown = {name: value for each, name, value, _ in numbers(page) if each == about}
    assert shown == {"proposed": 5, "accepted": 3, "refused": 1, "share_accepted": 0.75}
    assert "3 of 4 · 30.1–95.4 % · few decisions" in page.content.decode()
    assert "testing the market" in page.content.decode()
    assert {v for each, name, v, _ in numbers(page) if (each, name) == ("rule:underpaid", "share_accepted")} == {None}
    for _, name, value, href in numbers(page):
        if href:
            rows = metric(as_manager.get(href), "rows")
            assert rows == (3 if name == "share_accepted" else value)


@pytest.mark.parametrize("sort", ["rule", "-share_accepted", "proposed"])
def test_the_rules_can_be_sorted_and_exported(as_manager, conversation, caller, sort):
    accept(suggestion=suggestion_of(conversation, "Exploring"), by=caller)
    url = reverse("signals:rules", args=["acme"])

    lines = as_manager.get(f"{url}?sort={sort}&_export=csv").getvalue().decode().splitlines()

    assert lines[0] == "Rule,Speaks for,Phrases,Proposed,Accepted,Refused,Share accepted"
    assert sorted(line.split(",")[0] for line in lines[1:]) == ["any time", "asking around", "underpaid"]
    assert as_manager.get(f"{url}?sort={sort}").status_code == 200


def test_the_rules_of_some_days_open_the_suggestions_of_those_days(as_manager, conversation):
    suggest(conversation)
    SignalSuggestion.objects.filter(value="Inviting").update(suggested_at=now() - timedelta(days=40))
    since = conversation.workspace.today() - timedelta(days=7)

    page = as_manager.get(f"{reverse('signals:rules', args=['acme'])}?from={since}")

    assert metric(page, "rows") == 2
    assert all(f"from={since}" in href for _, name, _, href in numbers(page) if href)
