"""Notes suggest signals that can be captured, and a user decides each one once."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction
from django.urls import reverse

from calls.log.services import amend, void
from calls.log.validation import CallRefused
from calls.models import Call
from signals.models import Signal, SignalSuggestion
from signals.suggestions.services import ExtractedSignal, accept, get_extractor, refuse, suggest
from tests.factories import call, signal
from tests.signals.suggestions.helpers import NOTES, suggestion_of, values


class RingExtractor:
    """Finds one valid signal in “ring”, and four that the portal must discard."""

    def extract(self, text):
        at = text.find("ring")
        yield ExtractedSignal("conversation_access", "Inviting", (at, at + 4), "ring")
        yield ExtractedSignal("conversation_access", "Hungry", (0, 1), "no such value")
        yield ExtractedSignal("mood", "Inviting", (0, 1), "no such type")
        yield ExtractedSignal("firm_stability", "Stable", (5, 10_000), "beyond the end")
        yield ExtractedSignal("firm_stability", "Stable", (3, 3), "no words")

    def describe(self, rule):
        return "ring" if rule == "ring" else ""


class FailingExtractor:
    def extract(self, text):
        raise ValueError("It never worked.")

    def describe(self, rule):
        return ""


def test_notes_suggest_signals_with_their_sentence_and_words(conversation):
    first, second, third = suggest(conversation)

    assert (first.suggestion.value, first.words) == ("Compensation", "underpaid")
    assert (second.before, second.words) == ("Says that he is underpaid, and has started ", "asking around")
    assert (third.before, third.words, third.after) == ("", "Call him any time", "!")
    assert not Signal.objects.exists()


def test_they_are_kept_once_however_often_they_are_asked_for(conversation):
    assert values(conversation) == values(conversation) == ["Compensation", "Exploring", "Inviting"]
    assert SignalSuggestion.objects.count() == 3


@pytest.mark.parametrize("disposition", ["no_answer", "gatekeeper", "voicemail", "do_not_contact"])
def test_a_call_that_was_no_conversation_suggests_nothing(campaign, disposition):
    assert values(call(campaign, disposition=disposition, notes=NOTES)) == []


def test_a_voided_call_suggests_nothing_and_decides_nothing(conversation, caller):
    suggestion = suggestion_of(conversation, "Compensation")
    void(call=conversation, by=caller, reason="Twice")

    assert values(conversation) == []
    with pytest.raises(CallRefused, match="does not suggest Motivation Driver: Compensation any more"):
        accept(suggestion=suggestion, by=caller)


def test_a_type_that_was_captured_is_not_proposed(conversation):
    signal(conversation, type="movement_state", value="Active")

    assert values(conversation) == ["Compensation", "Inviting"]


def test_words_for_two_values_of_one_type_suggest_neither_but_a_move_has_many_reasons(campaign):
    notes = "Underpaid and burned out. Thinking about a move, then again happy where she is."

    assert values(call(campaign, disposition="future_potential", notes=notes)) == ["Compensation", "Flexibility"]


def test_what_would_contradict_the_outcome_is_not_proposed(campaign):
    made = call(campaign, disposition="not_interested", notes="Wants out, and underpaid.")

    assert values(made) == ["Compensation"]


def test_accepting_captures_the_signal_with_the_words_as_implied(conversation, manager):
    captured = accept(suggestion=suggestion_of(conversation, "Exploring"), by=manager)

    assert (captured.call, captured.type, captured.value) == (conversation, "movement_state", "Exploring")
    assert (captured.evidence, captured.confidence, captured.captured_by) == ("asking around", "medium", manager)
    assert conversation.campaign.days.get().signal_count == 1
    kept = SignalSuggestion.objects.get(value="Exploring")
    assert (kept.state, kept.decided_by, kept.words) == ("accepted", manager, "asking around")
    assert values(conversation) == ["Compensation", "Inviting"]


def test_what_was_refused_is_not_proposed_again(conversation, caller):
    refuse(suggestion=suggestion_of(conversation, "Exploring"), by=caller)

    assert values(conversation) == ["Compensation", "Inviting"]
    assert not Signal.objects.exists()
    assert SignalSuggestion.objects.get(value="Exploring").decided_by == caller


@pytest.mark.parametrize("again", [accept, refuse])
def test_a_suggestion_is_decided_once(conversation, caller, manager, again):
    suggestion = suggestion_of(conversation, "Exploring")
    accept(suggestion=suggestion, by=caller)

    with pytest.raises(CallRefused, match="Movement State: Exploring was accepted already by Caller"):
        again(suggestion=suggestion, by=manager)
    assert Signal.objects.count() == 1


def test_a_type_captured_meanwhile_cannot_be_accepted(conversation, caller):
    suggestion = suggestion_of(conversation, "Exploring")
    signal(conversation, type="movement_state", value="Active")

    with pytest.raises(CallRefused, match="any more"):
        accept(suggestion=suggestion, by=caller)
    refuse(suggestion=suggestion, by=caller)


def test_what_corrected_notes_no_longer_say_is_not_proposed_and_cannot_be_accepted(conversation, caller):
    suggestion = suggestion_of(conversation, "Exploring")
    amend(call=conversation, by=caller, reason="Mixed up", notes="Says that he is underpaid.")

    assert values(conversation) == ["Compensation"]
    with pytest.raises(CallRefused, match="it was changed meanwhile"):
        accept(suggestion=suggestion, by=caller)


def test_another_extractor_can_be_put_in(settings, conversation, caller):
    settings.SIGNAL_EXTRACTOR = "tests.signals.suggestions.test_services.RingExtractor"
    Call.objects.update(notes="Asked us to ring on Friday")
    conversation.refresh_from_db()

    (open_suggestion,) = suggest(conversation)
    accept(suggestion=open_suggestion.suggestion, by=caller)

    assert Signal.objects.get().evidence == open_suggestion.words == "ring"


def test_an_extractor_that_fails_leaves_the_page_as_it_is(settings, as_caller, conversation, caplog):
    settings.SIGNAL_EXTRACTOR = "tests.signals.suggestions.test_services.FailingExtractor"

    assert as_caller.get(reverse("calls:detail", args=["acme", conversation.pk])).status_code == 200
    assert "failed on the notes of call" in caplog.text


@pytest.mark.parametrize(
    "path", ["no.such.Thing", "signals.suggestions.phrase_matcher.Nothing", "signals.suggestions.services.suggest", "x"]
)
def test_an_extractor_that_cannot_be_made_is_said(settings, path):
    settings.SIGNAL_EXTRACTOR = path

    with pytest.raises(ImproperlyConfigured, match=f"SIGNAL_EXTRACTOR is “{path}”"):
        get_extractor()


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
def test_what_a_suggestion_can_never_be(conversation, broken):
    suggest(conversation)

    with pytest.raises(IntegrityError), transaction.atomic():
        SignalSuggestion.objects.filter(value="Exploring").update(**broken)


def test_a_rule_speaks_once_on_a_call(conversation):
    suggest(conversation)

    with pytest.raises(IntegrityError), transaction.atomic():
        SignalSuggestion.objects.update(rule="the same")
