"""Finds the phrases of signals.suggestions.phrases in the notes of a call.

In a phrase a blank matches any white space, a hyphen also matches a blank, and “…” matches up to two words. Of
overlapping phrases the longest wins. A phrase that is negated, doubted, part of a question or about somebody else is
ignored: no suggestion is better than a wrong one.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from signals.capture.vocabulary import SignalType
from signals.suggestions.phrases import FALSE_MATCHES, PHRASES
from signals.suggestions.services import ExtractedSignal

PERSONAL_TYPES = {
    SignalType.MOVEMENT_STATE,
    SignalType.TIMING_WINDOW,
    SignalType.CONVERSATION_ACCESS,
    SignalType.RELATIONSHIP_PERMISSION,
}
"""Types that only the contact can speak to. A firm's stability and a reason to move may come from others."""


def _any(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w'’-])(?:{'|'.join(words.split('|'))})(?![\w'’])", re.IGNORECASE)


SENTENCE = re.compile(r"[^.!?;\n]+[.!?;]*")
CLAUSE_ENDS = re.compile(
    r"[,:()\"“”–—]|\s-\s|\b(?:but|although|though|however|yet|and|so|because|since)\b", re.IGNORECASE
)
NEGATION = _any(
    r"not|no|never|nor|neither|without|cannot|hardly|nothing|nobody|rarely|far from|instead of|rather than|stopped"
    r"|denie[sd]|refuse[sd]|no longer|\w+n['’]t"
)
DOUBT = _any(
    r"may|might|maybe|perhaps|possibly|unclear|wonder(?:s|ed)?|used to|last year|previously|formerly|once|years ago"
    r"|rumou?red|supposedly"
)
PAST = _any(r"last year|no longer|years ago|at the time|back then")
CONDITION = _any(r"if|whether|unless|in case")
THIRD_PARTY = _any(
    r"(?:[\w]+ )?(?:colleagues?|friends?|wife|husband|spouse|brother|sister|cousin|classmates?|assistant|secretary"
    r"|receptionist|predecessor|boss|clients?|everyone|everybody|others|team|associates|partners|people|someone"
    r"|somebody)(?: else)?"
)
NEGATED_AFTER = re.compile(r"\s+(?:is|was|are|were)(?:n['’]t|\s+(?:not|no|never|hardly)\b)", re.IGNORECASE)
REACH = 6
"""Number of words before a phrase, within its clause, that are searched for a negation or a doubt."""
MOVE = _any(
    r"mov(?:e|es|ed|ing)|leav(?:e|es|ing)|start(?:s|ing)?|switch(?:ing)?|chang(?:e|ing)|jump|go|out|join(?:ing)?"
)
APPOINTMENT = _any(
    r"call(?:s|ed|ing)?|ring|rang|speak|talk|meet(?:ing)?s?|coffee|lunch|catch(?:ing)? up|follow[ -]ups?|e-?mails?"
    r"|emailed|send|check(?:ing)?|trial|deal|closing|holidays?|leave of absence|parental leave|maternity leave"
    r"|office|house|home"
)
"""A period counts as a timing window only in a sentence with a word for a move and none for another appointment."""


@dataclass(frozen=True)
class Rule:
    """Phrases that indicate one value of a signal type."""

    name: str
    type: str
    value: str
    phrases: tuple[str, ...]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self.phrases, key=len, reverse=True)
        return re.compile(rf"(?<![\w'’-])(?:{'|'.join(map(_phrase_pattern, longest_first))})(?![\w'’])", re.IGNORECASE)


def _phrase_pattern(phrase: str) -> str:
    words = re.escape(phrase).replace(r"\-", r"[-\s]").replace("'", "['’]")
    return words.replace(r"\ …\ ", r"\s+(?:[\w'’-]+\s+){0,2}?").replace(r"\ ", r"\s+")


RULES = tuple(
    Rule(name, type_, value, phrases) for (type_, value), rules in PHRASES.items() for name, phrases in rules.items()
)
RULES_BY_NAME = {rule.name: rule for rule in RULES}
FALSE_MATCH = Rule("false match", "", "", FALSE_MATCHES)


@dataclass(frozen=True)
class _Match:
    rule: Rule
    start: int
    end: int

    def overrides(self, other: "_Match") -> bool:
        """Whether this match overlaps `other`, is longer, and is a false match or about the same type."""
        overlaps = self.start < other.end and other.start < self.end
        is_related = self.rule is FALSE_MATCH or self.rule.type == other.rule.type
        is_longer = (self.end - self.start, self.rule is FALSE_MATCH) > (
            other.end - other.start,
            other.rule is FALSE_MATCH,
        )
        return overlaps and is_related and is_longer


class PhraseExtractor:
    """The built-in implementation of signals.suggestions.services.Extractor."""

    def extract(self, text: str) -> Iterable[ExtractedSignal]:
        """Yields the first match of each rule, in the order of the text."""
        seen: set[str] = set()
        for sentence in SENTENCE.finditer(text):
            if sentence[0].rstrip().endswith("?"):
                continue
            for match in _asserted_matches(sentence[0]):
                if match.rule.name not in seen:
                    seen.add(match.rule.name)
                    span = (sentence.start() + match.start, sentence.start() + match.end)
                    yield ExtractedSignal(match.rule.type, match.rule.value, span, match.rule.name)

    def describe(self, rule: str) -> str:
        return ", ".join(RULES_BY_NAME[rule].phrases) if rule in RULES_BY_NAME else ""


def _asserted_matches(sentence: str) -> Iterator[_Match]:
    rules = (*RULES, FALSE_MATCH)
    matches = [_Match(rule, *found.span()) for rule in rules for found in rule.pattern.finditer(sentence)]
    for match in sorted(matches, key=lambda each: (each.start, each.end)):
        is_genuine = match.rule is not FALSE_MATCH and not any(other.overrides(match) for other in matches)
        if is_genuine and _is_asserted(sentence, match):
            yield match


def _is_asserted(sentence: str, match: _Match) -> bool:
    """Whether the sentence states the phrase of the contact, neither negated, doubted nor conditional."""
    before, after = sentence[: match.start], sentence[match.end :]
    clause = CLAUSE_ENDS.split(before)[-1]
    near = " ".join(clause.split()[-REACH:])
    if NEGATION.search(near) or DOUBT.search(near) or CONDITION.search(before) or NEGATED_AFTER.match(after):
        return False
    if match.rule.type in PERSONAL_TYPES and (THIRD_PARTY.search(near) or PAST.search(CLAUSE_ENDS.split(after)[0])):
        return False
    if match.rule.type == SignalType.TIMING_WINDOW and match.rule.value != "Unknown":
        return bool(MOVE.search(sentence)) and not APPOINTMENT.search(sentence)
    return True
