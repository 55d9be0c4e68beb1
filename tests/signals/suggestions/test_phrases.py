"""Notes that suggest a value, and notes that must suggest nothing."""

import re

import pytest

from signals.capture.vocabulary import VALUES, SignalType
from signals.suggestions.phrase_matcher import RULES, RULES_BY_NAME, PhraseExtractor
from signals.suggestions.phrases import FALSE_MATCHES, PHRASES

MATCHING = [
    ("Not looking, thanks.", "Not Moving"),
    ("He is not looking for a new role at the moment.", "Not Moving"),
    ("She has no plans to move before her daughter finishes school.", "Not Moving"),
    ("Isn’t looking.", "Not Moving"),
    ("Staying put for now", "Not Moving"),
    ("Happy where they are. Polite.", "Not Moving"),
    ("Up for promotion this cycle, will not look.", "Not Moving"),
    ("Just moved in the spring.", ""),
    ("Just moved firms.", "Not Moving"),
    ("Does not plan to move.", "Not Moving"),
    ("Always happy to listen if the terms are right.", "Soft Listening"),
    ("Would listen after bonuses are paid.", "Soft Listening"),
    ("keeps an ear to the ground", "Soft Listening"),
    ("Would only go for the right opportunity.", "Soft Listening"),
    ("Could be tempted by the money.", "Soft Listening"),
    ("Exploring her options quietly.", "Exploring"),
    ("Has STARTED LOOKING around, two coffees so far.", "Exploring"),
    ("She is thinking about\nleaving.", ""),
    ("She is thinking  about leaving.", "Exploring"),
    ("Met with another firm last week.", "Exploring"),
    ("Not happy and wants out.", "Active"),
    ("Actively interviewing, third round on Monday.", "Active"),
    ("Said his CV is ready.", "Active"),
    ("Has an offer from a competitor.", "Active"),
    ("Looking to leave.", "Active"),
    ("Couldn't say when.", "Unknown"),
    ("Would go in a year or two.", "12+ months"),
    ("Could leave in nine months, once the fund has closed.", "6-12 months"),
    ("Thinks she could move in four months.", "3-6 months"),
    ("Could start next month.", "Within 3 months"),
    ("Would move as soon as there is an offer.", "Within 3 months"),
    ("We are below market and everyone knows.", "Compensation"),
    ("Unhappy with the bonus.", "Compensation"),
    ("Feels underpaid.", "Compensation"),
    ("Needs a bench behind her.", "Platform and Clients"),
    ("Curious about smaller firms with real client contact.", "Platform and Clients"),
    ("Clients have outgrown us.", "Platform and Clients"),
    ("Was passed over in the spring.", "Advancement"),
    ("Would move for a clear path to partner.", "Advancement"),
    ("Sees no path to partner.", "Advancement"),
    ("It isn't the same place since the merger.", "Culture and Leadership"),
    ("The group is toxic.", "Culture and Leadership"),
    ("Does not get on with the group head.", "Culture and Leadership"),
    ("Burned out.", "Flexibility"),
    ("Wants more flexibility.", "Flexibility"),
    ("Her partner's job is moving.", "Relocation"),
    ("Wants to be closer to family in Ohio.", "Relocation"),
    ("Worried about the merger.", "Firm Instability"),
    ("Honestly wants to teach.", "Other"),
    ("Does not take calls about moves.", "Closed"),
    ("Hung up.", "Closed"),
    ("Guarded but polite.", "Guarded"),
    ("Asked where we got the number.", "Guarded"),
    ("Happy to talk next week.", "Open"),
    ("Spoke openly about it.", "Open"),
    ("Was hoping you'd call.", "Inviting"),
    ("Keen to meet. Prefers a video call.", "Inviting"),
    ("No need to follow up.", "None"),
    ("Do not call again.", "None"),
    ("Try me again in the spring.", "Follow-up Allowed"),
    ("Happy to stay in touch.", "Follow-up Allowed"),
    ("Send me the good ones.", "Opportunities Welcome"),
    ("Keep her in mind.", "Opportunities Welcome"),
    ("Asked what we would do.", "Trusted Adviser"),
    ("Would not discuss the firm.", "Declined to Say"),
    ("Three partners have left since March.", "Unstable"),
    ("The finance group is gone.", "Unstable"),
    ("There is talk of a merger.", "Uncertain"),
    ("Not sure where the firm is heading.", "Uncertain"),
    ("The firm is doing fine.", "Stable"),
    ("Best year we have had.", "Stable"),
]

NOT_MATCHING = [
    "",
    "Rang out.",
    "Good talk.",
    "Not exploring any options.",
    "Not actively looking.",
    "Is he actively looking?",
    "Asked whether she is actively looking.",
    "If the vote fails he wants out.",
    "Her colleague wants out.",
    "His wife is interviewing with a bank.",
    "Everyone wants out.",
    "Perhaps thinking about a move.",
    "He was actively looking last year, no longer.",
    "Used to be thinking about leaving.",
    "Not looking forward to the partner meeting.",
    "Just moved house, so call in the evening.",
    "Wants to leave it there.",
    "Looking to move house.",
    "Has started looking at the lease for a client.",
    "Call back next month.",
    "Meeting in four months.",
    "Send the deck as soon as possible.",
    "Wants to talk within two weeks.",
    "Leaves for holidays next month.",
    "Not underpaid, he says.",
    "Doesn't feel underpaid.",
    "Advises on below market rent.",
    "Culture: never toxic.",
    "No talk of a merger.",
    "The firm isn't struggling and nobody is leaving.",
    "Denies that partners are leaving.",
    "Advises on a merger between two lenders.",
    "Did not want to talk in the office.",
    "Not happy to talk on this line.",
    "Didn't say whether he has an offer.",
    "Has an offer on a house.",
    "Interviewing candidates all day.",
    "Unguardedly cheerful.",
    "Activelylooking.",
]


def values_in(notes):
    return {each.value for each in PhraseExtractor().extract(notes)}


@pytest.mark.parametrize(("notes", "value"), MATCHING)
def test_words_speak_for_a_value(notes, value):
    assert value in values_in(notes) if value else not values_in(notes)


@pytest.mark.parametrize("notes", NOT_MATCHING)
def test_what_is_negated_doubted_asked_or_about_somebody_else_suggests_nothing(notes):
    assert values_in(notes) == set()


def test_the_words_are_those_of_the_notes():
    notes = "Rang twice.\nShe said: wants   OUT, and is underpaid."

    found = [notes[slice(*each.span)] for each in PhraseExtractor().extract(notes)]

    assert found == ["wants   OUT", "underpaid"]


def test_a_phrase_says_each_of_its_forms():
    assert values_in("Unhappy with her last bonus.") == values_in("unhappy with bonus") == {"Compensation"}
    assert values_in("Unhappy with the way that he was treated over the bonus.") == set()


def test_the_table_covers_every_type_and_names_each_rule_and_phrase_once():
    phrases = [phrase for rules in PHRASES.values() for each in rules.values() for phrase in each]

    assert {type_ for type_, _ in PHRASES} == set(SignalType)
    assert all(value in VALUES[type_] for type_, value in PHRASES)
    assert len(phrases) >= 80
    assert len(set(phrases)) == len(phrases)
    assert len(RULES_BY_NAME) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_phrase_is_found_by_its_own_rule(rule):
    for phrase in rule.phrases:
        text = re.sub(" … ", " the ", phrase)

        assert rule.pattern.fullmatch(text), phrase
        assert phrase in PhraseExtractor().describe(rule.name)


def test_every_phrase_is_heard_where_it_stands_alone():
    for (type_, value), rules in PHRASES.items():
        for phrase in (phrase for phrases in rules.values() for phrase in phrases):
            text = re.sub(" … ", " the ", phrase)
            notes = f"Would move {text}" if type_ == SignalType.TIMING_WINDOW else text
            if not text.startswith("what would"):
                assert value in values_in(notes) or any(false_match in phrase for false_match in FALSE_MATCHES), phrase


def test_notes_of_any_length_are_read_in_time():
    assert len(list(PhraseExtractor().extract("not " * 2500))) == 0
    assert len(list(PhraseExtractor().extract("send the the " * 800))) == 0
