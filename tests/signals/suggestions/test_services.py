"""What notes suggest is decided by a person, once, and only where it can be captured."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.timezone import now

from calls.log.services import amend, void
from calls.log.validation import CallRefused
from calls.models import Call
from signals.models import Signal, SignalSuggestion
from signals.suggestions.services import ExtractedSignal, accept, get_extractor, refuse, suggest
from tests.factories import call, member, signal
from tests.reading import metric, numbers

NOTES = "Good talk. Says that he is underpaid, and has started asking around. Call him any time!"


class EveryRing:
    """Hears a wish to be called wherever somebody writes “ring”; its other findings cannot be."""

    def extract(self, text):
        at = text.find("ring")
        yield ExtractedSignal("conversation_access", "Inviting", (at, at + 4), "ring")
        yield ExtractedSignal("conversation_access", "Hungry", (0, 1), "no such value")
        yield ExtractedSignal("mood", "Inviting", (0, 1), "no such type")
        yield ExtractedSignal("firm_stability", "Stable", (5, 10_000), "beyond the end")
        yield ExtractedSignal("firm_stability", "Stable", (3, 3), "no words")

    def describe(self, rule):
        return "ring" if rule == "ring" else ""


class Broken:
    def extract(self, text):
        raise ValueError("It never worked.")

    def describe(self, rule):
        return ""


@pytest.fixture
def talked(campaign, caller):
    return call(campaign, disposition="future_potential", notes=NOTES, caller=caller)


def values(of_call):
    """As the page of the call asks: anew."""
    return [each.suggestion.value for each in suggest(Call.objects.get(pk=of_call.pk))]


def suggestion_of(of_call, value):
    return next(each.suggestion for each in suggest(of_call) if each.suggestion.value == value)


def decide(client, suggestion, decision, **more):
    return client.post(reverse("signals:decide", args=["acme", suggestion.pk]), {"decision": decision}, **more)


def test_notes_suggest_signals_with_their_sentence_and_words(talked):
    first, second, third = suggest(talked)

    assert (first.suggestion.value, first.words) == ("Compensation", "underpaid")
    assert (second.before, second.words) == ("Says that he is underpaid, and has started ", "asking around")
    assert (third.before, third.words, third.after) == ("", "Call him any time", "!")
    assert not Signal.objects.exists()


def test_they_are_kept_once_however_often_they_are_asked_for(talked):
    assert values(talked) == values(talked) == ["Compensation", "Exploring", "Inviting"]
    assert SignalSuggestion.objects.count() == 3


@pytest.mark.parametrize("disposition", ["no_answer", "gatekeeper", "voicemail", "do_not_contact"])
def test_a_call_that_was_no_conversation_suggests_nothing(campaign, disposition):
    assert values(call(campaign, disposition=disposition, notes=NOTES)) == []


def test_a_voided_call_suggests_nothing_and_decides_nothing(talked, caller):
    suggestion = suggestion_of(talked, "Compensation")
    void(call=talked, by=caller, reason="Twice")

    assert values(talked) == []
    with pytest.raises(CallRefused, match="does not suggest Motivation Driver: Compensation any more"):
        accept(suggestion=suggestion, by=caller)


def test_a_type_that_was_captured_is_not_proposed(talked):
    signal(talked, type="movement_state", value="Active")

    assert values(talked) == ["Compensation", "Inviting"]


def test_words_for_two_values_of_one_type_suggest_neither_but_a_move_has_many_reasons(campaign):
    notes = "Underpaid and burned out. Thinking about a move, then again happy where she is."

    assert values(call(campaign, disposition="future_potential", notes=notes)) == ["Compensation", "Flexibility"]


def test_what_would_contradict_the_outcome_is_not_proposed(campaign):
    made = call(campaign, disposition="not_interested", notes="Wants out, and underpaid.")

    assert values(made) == ["Compensation"]


def test_accepting_captures_the_signal_with_the_words_as_implied(talked, manager):
    captured = accept(suggestion=suggestion_of(talked, "Exploring"), by=manager)

    assert (captured.call, captured.type, captured.value) == (talked, "movement_state", "Exploring")
    assert (captured.evidence, captured.confidence, captured.captured_by) == ("asking around", "medium", manager)
    assert talked.campaign.days.get().signal_count == 1
    kept = SignalSuggestion.objects.get(value="Exploring")
    assert (kept.state, kept.decided_by, kept.words) == ("accepted", manager, "asking around")
    assert values(talked) == ["Compensation", "Inviting"]


def test_what_was_refused_is_not_proposed_again(talked, caller):
    refuse(suggestion=suggestion_of(talked, "Exploring"), by=caller)

    assert values(talked) == ["Compensation", "Inviting"]
    assert not Signal.objects.exists()
    assert SignalSuggestion.objects.get(value="Exploring").decided_by == caller


@pytest.mark.parametrize("again", [accept, refuse])
def test_a_suggestion_is_decided_once(talked, caller, manager, again):
    suggestion = suggestion_of(talked, "Exploring")
    accept(suggestion=suggestion, by=caller)

    with pytest.raises(CallRefused, match="Movement State: Exploring was accepted already by Caller"):
        again(suggestion=suggestion, by=manager)
    assert Signal.objects.count() == 1


def test_a_type_captured_meanwhile_cannot_be_accepted(talked, caller):
    suggestion = suggestion_of(talked, "Exploring")
    signal(talked, type="movement_state", value="Active")

    with pytest.raises(CallRefused, match="any more"):
        accept(suggestion=suggestion, by=caller)
    refuse(suggestion=suggestion, by=caller)


def test_what_corrected_notes_no_longer_say_is_not_proposed_and_cannot_be_accepted(talked, caller):
    suggestion = suggestion_of(talked, "Exploring")
    amend(call=talked, by=caller, reason="Mixed up", notes="Says that he is underpaid.")

    assert values(talked) == ["Compensation"]
    with pytest.raises(CallRefused, match="it was changed meanwhile"):
        accept(suggestion=suggestion, by=caller)


def test_another_extractor_can_be_put_in(settings, talked, caller):
    settings.SIGNAL_EXTRACTOR = "tests.signals.suggestions.test_services.EveryRing"
    Call.objects.update(notes="Asked us to ring on Friday")
    talked.refresh_from_db()

    (proposal,) = suggest(talked)
    accept(suggestion=proposal.suggestion, by=caller)

    assert Signal.objects.get().evidence == proposal.words == "ring"


def test_an_extractor_that_fails_leaves_the_page_as_it_is(settings, as_caller, talked, caplog):
    settings.SIGNAL_EXTRACTOR = "tests.signals.suggestions.test_services.Broken"

    assert as_caller.get(reverse("calls:detail", args=["acme", talked.pk])).status_code == 200
    assert "failed on the notes of call" in caplog.text


@pytest.mark.parametrize(
    "path", ["no.such.Thing", "signals.suggestions.phrase_matcher.Nothing", "signals.suggestions.services.suggest", "x"]
)
def test_an_extractor_that_cannot_be_made_is_said(settings, path):
    settings.SIGNAL_EXTRACTOR = path

    with pytest.raises(ImproperlyConfigured, match=f"SIGNAL_EXTRACTOR is “{path}”"):
        get_extractor()


def test_the_page_of_a_call_shows_the_words_marked_and_takes_decisions(as_caller, talked):
    page = as_caller.get(reverse("calls:detail", args=["acme", talked.pk])).content.decode()
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
def test_a_decision_that_is_none_is_said(as_caller, talked, decision, sentence):
    answer = decide(as_caller, suggestion_of(talked, "Exploring"), decision, follow=True)

    assert sentence in answer.content.decode()
    assert not SignalSuggestion.objects.exclude(state="open").exists()


def test_a_second_decision_hears_what_happened(as_caller, talked):
    suggestion = suggestion_of(talked, "Exploring")
    decide(as_caller, suggestion, "refuse")

    answer = decide(as_caller, suggestion, "accept", follow=True)

    assert "was refused already by Caller" in answer.content.decode()


def test_a_viewer_is_asked_nothing_and_makes_no_suggestion(as_viewer, talked):
    page = as_viewer.get(reverse("calls:detail", args=["acme", talked.pk])).content.decode()

    assert "Suggested by the notes" not in page
    assert not SignalSuggestion.objects.exists()


def test_saving_a_call_shows_what_its_notes_suggest_beside_the_next_person(as_caller, campaign):
    contact = campaign.members.order_by("pk").first().contact
    there = now().astimezone(campaign.workspace.zone)
    form = {"disposition": "future_potential", "direction": "outbound", "started_at": f"{there:%Y-%m-%dT%H:%M}"}
    url = reverse("campaigns:call", args=["acme", campaign.pk, contact.pk])

    posted = form | {"notes": NOTES, "outside_hours_reason": "Asked for it"}
    page = as_caller.post(url, posted, follow=True).content.decode()

    assert "Its notes suggest signals." in page
    assert "Accept Movement State: Exploring" in page
    assert f'<a href="{reverse("calls:detail", args=["acme", Call.objects.get().pk])}">{contact}</a>' in page


def test_a_decision_beside_the_next_person_brings_only_what_is_left(as_caller, talked):
    swap = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "suggestions"}

    page = decide(as_caller, suggestion_of(talked, "Exploring"), "accept", follow=True, **swap).content.decode()

    panel = page.split('id="suggestions"')[1].split("</section>")[0]
    assert "Captured: Movement State: Exploring." in panel
    assert "Accept Motivation Driver: Compensation" in panel
    assert "hx-target" in panel


def test_what_others_recorded_or_what_is_hours_old_is_not_shown_beside_the_next_person(as_manager, talked, manager):
    suggest(talked)
    url = reverse("campaigns:next", args=["acme", talked.campaign_id])
    assert "Suggested by the notes" not in as_manager.get(url).content.decode()
    Call.objects.update(caller=manager)
    assert "Suggested by the notes" in as_manager.get(url).content.decode()

    SignalSuggestion.objects.update(suggested_at=now() - timedelta(hours=2))

    assert "Suggested by the notes" not in as_manager.get(url).content.decode()


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
def test_the_rules_can_be_sorted_and_exported(as_manager, talked, caller, sort):
    accept(suggestion=suggestion_of(talked, "Exploring"), by=caller)
    url = reverse("signals:rules", args=["acme"])

    lines = as_manager.get(f"{url}?sort={sort}&_export=csv").getvalue().decode().splitlines()

    assert lines[0] == "Rule,Speaks for,Phrases,Proposed,Accepted,Refused,Share accepted"
    assert sorted(line.split(",")[0] for line in lines[1:]) == ["any time", "asking around", "underpaid"]
    assert as_manager.get(f"{url}?sort={sort}").status_code == 200


def test_the_rules_of_some_days_open_the_suggestions_of_those_days(as_manager, talked):
    suggest(talked)
    SignalSuggestion.objects.filter(value="Inviting").update(suggested_at=now() - timedelta(days=40))
    since = talked.workspace.today() - timedelta(days=7)

    page = as_manager.get(f"{reverse('signals:rules', args=['acme'])}?from={since}")

    assert metric(page, "rows") == 2
    assert all(f"from={since}" in href for _, name, _, href in numbers(page) if href)


@pytest.mark.parametrize(
    "broken",
    [
        {"state": "accepted"},
        {"decided_at": datetime(2026, 1, 2, tzinfo=UTC)},
        {"state": "maybe"},
        {"rule": ""},
        {"value": "Hungry"},
    ],
    ids=str,
)
def test_what_a_suggestion_can_never_be(talked, broken):
    suggest(talked)

    with pytest.raises(IntegrityError), transaction.atomic():
        SignalSuggestion.objects.filter(value="Exploring").update(**broken)


def test_a_rule_speaks_once_on_a_call(talked):
    suggest(talked)

    with pytest.raises(IntegrityError), transaction.atomic():
        SignalSuggestion.objects.update(rule="the same")
